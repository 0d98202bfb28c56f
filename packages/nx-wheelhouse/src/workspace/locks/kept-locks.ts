/** The one reader of locks: whoever asks, a lock is parsed once, and in a long-lived process again only when it has changed. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ClosureDigests, LockIndex, UnreadableLock } from '@nx-wheelhouse/python-packaging';
import { stampOf } from '../kept/stamps.js';
import { folderOf, pathIn, type WorkspaceWarning } from '../workspace.js';
import { LOCK_FORMATS, type LockFormat } from './lock-formats.js';

export interface LockFile {
  /** relative to the workspace root */
  readonly path: string;
  /** the lock and what it includes, relative to the workspace root */
  readonly files: readonly string[];
  readonly format: LockFormat;
  readonly content: LockContent;
}

/** `unreadable`: any change of the file counts. */
type LockContent =
  | { readonly kind: 'read'; readonly index: LockIndex; readonly digests: ClosureDigests; readonly whole: string }
  | { readonly kind: 'unreadable'; readonly whole: string; readonly warning: WorkspaceWarning };

interface KeptLock {
  /** `undefined`: a file of that name which is no lock */
  readonly lock: LockFile | undefined;
  /** of every file that was looked at, by absolute path */
  readonly stamps: ReadonlyMap<string, string>;
}

/** The locks of one workspace. */
export class KeptLocks {
  readonly #kept = new Map<string, KeptLock>();

  /**
   * @param root of the workspace, absolute
   * @param path of a file that is there, relative to it
   * @returns `undefined` where it is no lock
   */
  read(root: string, path: string): LockFile | undefined {
    let kept = this.#kept.get(path);
    if (kept === undefined || !isCurrent(kept)) {
      kept = readLockFile(root, path);
      this.#kept.set(path, kept);
    }
    return kept.lock;
  }
}

function isCurrent({ stamps }: KeptLock): boolean {
  return [...stamps].every(([path, stamp]) => stampOf(path).stamp === stamp);
}

function readLockFile(root: string, path: string): KeptLock {
  const name = posix.basename(path);
  const folder = folderOf(path);
  const stamps = new Map<string, string>();
  const read = (file: string) => {
    const absolute = join(root, folder, file);
    stamps.set(absolute, stampOf(absolute).stamp);
    return isFile(absolute) ? readFileSync(absolute, 'utf8') : undefined;
  };
  const format = LOCK_FORMATS.find(({ fileNames }) => fileNames.includes(name));
  if (format === undefined || !isFile(join(root, path))) return { lock: undefined, stamps };
  try {
    const text = format.parse(read, name);
    if (text.kind === 'unpinned') return { lock: undefined, stamps };
    const index = new LockIndex(text.lock);
    const digests = new ClosureDigests();
    const whole = digests.of([index.installed({ kind: 'everything' })]);
    const files = text.files.map((file) => posix.normalize(pathIn(folder, file)));
    return { lock: { path, files, format, content: { kind: 'read', index, digests, whole } }, stamps };
  } catch (error) {
    if (!(error instanceof UnreadableLock)) throw error;
    // A requirements.txt that cannot be read is a manifest's business, not a lock's.
    if (format.fileNames.includes('requirements.txt')) return { lock: undefined, stamps };
    const message = `${error.message}; every change of it now counts for every package under it`;
    const whole = createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
    const warning = { file: path, line: error.line, message };
    return { lock: { path, files: [path], format, content: { kind: 'unreadable', whole, warning } }, stamps };
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
