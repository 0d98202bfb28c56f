/** The one reader of locks: whoever asks, a lock is parsed once, and again only when it has changed. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ClosureDigests, type Lock, LockIndex, UnreadableLock } from '@nx-wheelhouse/python-packaging';
import { stampOf } from '../../stamps.js';
import { KeptReadings, type Look } from '../kept/kept-readings.js';
import { readText, UnreadableText } from '../read-text.js';
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

type LockContent =
  | { readonly kind: 'read'; readonly index: LockIndex; readonly digests: ClosureDigests; readonly whole: string }
  | UnreadableContent;

/** Any change of the file counts. */
interface UnreadableContent {
  readonly kind: 'unreadable';
  readonly whole: string;
  readonly warning: WorkspaceWarning;
}

/** What is kept of a lock: plain data. */
type LockReading =
  | { readonly kind: 'read'; readonly files: readonly string[]; readonly lock: Lock; readonly whole: string }
  | UnreadableContent
  /** a file of that name which is no lock */
  | { readonly kind: 'none' };

/** The locks of one workspace. */
export class KeptLocks extends KeptReadings<LockReading> {
  readonly #files = new WeakMap<LockReading, LockFile>();

  /** @param cacheFolder absolute; `undefined`: they are kept in memory only */
  constructor(cacheFolder?: string) {
    super(cacheFolder, 'locks');
  }

  /**
   * @param root of the workspace, absolute
   * @param path of a file that is there, relative to it
   * @returns `undefined` where it is no lock
   */
  read(root: string, path: string): LockFile | undefined {
    const reading = this.of(root, path, (look) => readLock(root, path, look));
    const known = this.#files.get(reading);
    if (known !== undefined) return known;
    const file = lockFile(path, reading);
    if (file !== undefined) this.#files.set(reading, file);
    return file;
  }
}

function lockFile(path: string, reading: LockReading): LockFile | undefined {
  const format = formatOf(path);
  if (reading.kind === 'none' || format === undefined) return undefined;
  if (reading.kind === 'unreadable') return { path, files: [path], format, content: reading };
  const { files, lock, whole } = reading;
  const content = { kind: 'read' as const, index: new LockIndex(lock), digests: new ClosureDigests(), whole };
  return { path, files, format, content };
}

function formatOf(path: string): LockFormat | undefined {
  return LOCK_FORMATS.find(({ fileNames }) => fileNames.includes(posix.basename(path)));
}

function readLock(root: string, path: string, look: Look): LockReading {
  const format = formatOf(path);
  const inWorkspace = (file: string) => posix.normalize(pathIn(folderOf(path), file));
  const read = (file: string) => (look(inWorkspace(file)) ? readText(join(root, inWorkspace(file))) : undefined);
  if (format === undefined || !look(path) || isFolder(join(root, path))) return { kind: 'none' };
  try {
    const text = format.parse(read, posix.basename(path));
    if (text.kind === 'unpinned') return { kind: 'none' };
    const whole = new ClosureDigests().of([new LockIndex(text.lock).installed({ kind: 'everything' })]);
    return { kind: 'read', files: text.files.map(inWorkspace), lock: text.lock, whole };
  } catch (error) {
    if (!(error instanceof UnreadableLock || error instanceof UnreadableText)) throw error;
    // A requirements.txt with a line that is none is a manifest's business, not a lock's.
    if (error instanceof UnreadableLock && format.fileNames.includes('requirements.txt')) return { kind: 'none' };
    const message = `${error.message}; every change of it now counts for every package under it`;
    const warning = { file: path, line: error.line, message };
    return { kind: 'unreadable', whole: digestOfBytes(join(root, path)), warning };
  }
}

/** Of a file that may not be read nobody sees the bytes; its stamp tells of a change. */
function digestOfBytes(path: string): string {
  let content: Buffer | string = stampOf(path).stamp;
  try {
    content = readFileSync(path);
  } catch {
    // the stamp, then
  }
  return createHash('sha256').update(content).digest('hex');
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false; // a link in a circle, say: reading it will tell
  }
}
