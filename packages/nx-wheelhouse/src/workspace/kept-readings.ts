/** What the manifests of folders said, kept between two readings of one process: after an edit only the folder of the edit is read. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ManifestReading, readManifest } from '@nx-wheelhouse/python-packaging';
import { MANIFEST_FILES } from './manifest-files.js';
import { readText } from './read-text.js';

interface KeptReading {
  readonly reading: ManifestReading;
  /** of every file that was looked at, also of those that were not there; by absolute path */
  readonly stamps: ReadonlyMap<string, string>;
}

/** The readings of one workspace. */
export class KeptReadings {
  #kept = new Map<string, KeptReading>();

  /**
   * @param root of the workspace, absolute
   * @param folders relative to it; what is kept of others is forgotten
   * @returns by folder
   */
  read(root: string, folders: readonly string[]): ReadonlyMap<string, ManifestReading> {
    const current = folders.map((folder): [string, KeptReading] => {
      const kept = this.#kept.get(folder);
      return [folder, kept !== undefined && isCurrent(kept) ? kept : readFolder(root, folder)];
    });
    this.#kept = new Map(current);
    return new Map(current.map(([folder, { reading }]) => [folder, reading]));
  }
}

function isCurrent({ stamps }: KeptReading): boolean {
  for (const [path, stamp] of stamps) if (stampOf(path) !== stamp) return false;
  return true;
}

const ABSENT = 'absent';

/** Changes whenever the file does, as far as its file system tells. */
function stampOf(path: string): string {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? ABSENT : `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code); // a link in a circle, say: reading it will tell
  }
}

function readFolder(root: string, folder: string): KeptReading {
  const stamps = new Map<string, string>();
  const read = (file: string) => {
    const path = join(root, folder, file);
    // Before the file is read, so that a change in between is noticed.
    const stamp = stampOf(path);
    stamps.set(path, stamp);
    return stamp === ABSENT ? undefined : readText(path);
  };
  try {
    return { reading: readManifest({ read }), stamps };
  } catch (error) {
    // An unreadable file (permissions, a link in a circle, not UTF-8): this folder's problem only.
    const file = MANIFEST_FILES.find((name) => existsSync(join(root, folder, name))) ?? MANIFEST_FILES[0];
    const problem = { message: (error as Error).message, at: { file, line: undefined } };
    return { reading: { kind: 'broken', problem }, stamps };
  }
}
