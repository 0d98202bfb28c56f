/** What the manifests of folders said, kept from one graph to the next: after an edit only the folder of the edit is read. */
import { join, posix } from 'node:path';
import { type ManifestReading, readManifest } from '@nx-wheelhouse/python-packaging';
import { MANIFEST_FILES } from '../manifest-files.js';
import { Presence } from '../presence.js';
import { readText } from '../read-text.js';
import { pathIn } from '../workspace.js';
import { type Access, KeptReadings, type Look } from './kept-readings.js';

/** The readings of one workspace. */
export class KeptManifests extends KeptReadings<ManifestReading> {
  /**
   * @param cacheFolder absolute; `undefined`: they are kept in memory only
   * @param access `read`: what is read anew is not kept
   */
  constructor(cacheFolder?: string, access?: Access) {
    super(cacheFolder, 'manifests', access);
  }

  /**
   * @param root of the workspace, absolute
   * @param folders relative to it; what is kept of others is forgotten
   * @param presence of the files as they are now
   * @returns by folder
   */
  read(root: string, folders: readonly string[], presence = new Presence(root)): ReadonlyMap<string, ManifestReading> {
    this.begin(presence);
    const found = new Map(
      folders.map((folder) => [folder, this.of(root, folder, (look) => readFolder(root, folder, look))]),
    );
    this.end();
    return found;
  }
}

function readFolder(root: string, folder: string, look: Look): ManifestReading {
  const read = (file: string) => {
    const path = posix.normalize(pathIn(folder, file));
    return look(path) ? readText(join(root, path)) : undefined;
  };
  try {
    return readManifest({ read });
  } catch (error) {
    // An unreadable file (permissions, a link in a circle, not UTF-8): this folder's problem only.
    const file = MANIFEST_FILES.find((name) => look(pathIn(folder, name))) ?? MANIFEST_FILES[0];
    return { kind: 'broken', problem: { message: (error as Error).message, at: { file, line: undefined } } };
  }
}
