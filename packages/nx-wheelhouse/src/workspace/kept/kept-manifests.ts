/** What the manifests of folders said, kept from one graph to the next: after an edit only the folder of the edit is read. */
import { join, posix } from 'node:path';
import { type ManifestReading, readManifest } from '@nx-wheelhouse/python-packaging';
import { MANIFEST_FILES } from '../manifest-files.js';
import { Presence } from '../presence.js';
import { readText } from '../read-text.js';
import { pathIn } from '../workspace.js';
import { KeptFile } from './kept-file.js';
import { isSure, NONE, stampOf } from './stamps.js';

interface KeptReading {
  readonly reading: ManifestReading;
  /** of every file that was looked at, also of those that were not there; by path, relative to the workspace root */
  readonly stamps: ReadonlyMap<string, string>;
  /** when the last of them changed, in milliseconds of the epoch */
  readonly changed: number;
}

/** The readings of one workspace. */
export class KeptManifests {
  readonly #file: KeptFile<ReadonlyMap<string, KeptReading>>;
  #kept: ReadonlyMap<string, KeptReading> | undefined;

  /** @param cacheFolder absolute; `undefined`: they are kept in memory only */
  constructor(cacheFolder?: string) {
    this.#file = new KeptFile(cacheFolder, 'nx-wheelhouse-manifests');
  }

  /**
   * @param root of the workspace, absolute
   * @param folders relative to it; what is kept of others is forgotten
   * @param presence of the files as they are now
   * @returns by folder
   */
  read(root: string, folders: readonly string[], presence = new Presence(root)): ReadonlyMap<string, ManifestReading> {
    const before = this.#kept ?? this.#file.read() ?? new Map<string, KeptReading>();
    const started = Date.now();
    const current = new Map<string, KeptReading>();
    let isNew = folders.length !== before.size;
    for (const folder of folders) {
      const kept = before.get(folder);
      const isKept = kept !== undefined && isCurrent(root, kept, presence);
      current.set(folder, isKept ? kept : readFolder(root, folder, presence));
      isNew ||= !isKept;
    }
    if (isNew) this.#file.write(new Map([...current].filter(([, { changed }]) => isSure(changed, started))));
    this.#kept = current;
    return new Map([...current].map(([folder, { reading }]) => [folder, reading]));
  }
}

function isCurrent(root: string, { stamps }: KeptReading, presence: Presence): boolean {
  for (const [path, stamp] of stamps) {
    const { stamp: now } = presence.has(path) ? stampOf(join(root, path)) : NONE;
    if (now !== stamp) return false;
  }
  return true;
}

function readFolder(root: string, folder: string, presence: Presence): KeptReading {
  const stamps = new Map<string, string>();
  let lastChange = 0;
  const read = (file: string) => {
    const path = posix.normalize(pathIn(folder, file));
    // Before the file is read, so that a change in between is noticed.
    const { stamp, changed } = presence.has(path) ? stampOf(join(root, path)) : NONE;
    stamps.set(path, stamp);
    lastChange = Math.max(lastChange, changed);
    return stamp === NONE.stamp ? undefined : readText(join(root, path));
  };
  try {
    return { reading: readManifest({ read }), stamps, changed: lastChange };
  } catch (error) {
    // An unreadable file (permissions, a link in a circle, not UTF-8): this folder's problem only.
    const file = MANIFEST_FILES.find((name) => presence.has(pathIn(folder, name))) ?? MANIFEST_FILES[0];
    const problem = { message: (error as Error).message, at: { file, line: undefined } };
    return { reading: { kind: 'broken', problem }, stamps, changed: lastChange };
  }
}
