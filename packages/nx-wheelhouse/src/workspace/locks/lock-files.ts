/** Which lock a package is under, and the locks themselves, each read once. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ClosureDigests, LockIndex, UnreadableLock } from '@nx-wheelhouse/python-packaging';
import { folderOf, type Package, pathIn, type Workspace, type WorkspaceWarning } from '../workspace.js';
import { LOCK_FORMATS, type LockFormat } from './lock-formats.js';
import { declaredRequirements } from './requirements-of.js';

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

/** The locks of a workspace. */
export class LockFiles {
  readonly #read = new Map<string, LockFile | undefined>();

  constructor(private readonly workspace: Workspace) {}

  /** @see docs/caching.md, "Which lock" */
  of(pkg: Package): LockFile | undefined {
    const uvWorkspace = this.workspace.uvWorkspaces.find(({ members }) => members.has(pkg.root));
    const shared = uvWorkspace && this.#at(pathIn(uvWorkspace.root, 'uv.lock'));
    if (shared !== undefined) return shared;
    for (const folder of upwards(pkg.root)) {
      for (const path of lockPathsIn(folder)) {
        const lock = this.#at(path);
        if (lock !== undefined && (folder === pkg.root || holds(lock, pkg))) return lock;
      }
    }
    return undefined;
  }

  #at(path: string): LockFile | undefined {
    if (this.#read.has(path)) return this.#read.get(path);
    const lock = readLockFile(this.workspace.root, path);
    this.#read.set(path, lock);
    return lock;
  }
}

/** Whether a lock further up is there for a package too: it names its folder, or pins something that the package requires. */
function holds({ path, format, content }: LockFile, pkg: Package): boolean {
  if (content.kind === 'unreadable') return format.projects === 'by-marker';
  if (content.index.projectIn(folderInLock(path, pkg)) !== undefined) return true;
  if (format.projects !== 'by-marker') return false;
  return declaredRequirements(pkg).some(({ requirement }) => content.index.named(requirement.name).length > 0);
}

/** A package's folder as a lock names it. */
export function folderInLock(lockPath: string, pkg: Package): string {
  return posix.relative(folderOf(lockPath), pkg.root) || '.';
}

function upwards(folder: string): string[] {
  const folders = [folder];
  for (let at = folder; at !== '.'; ) {
    at = folderOf(at);
    folders.push(at);
  }
  return folders;
}

function lockPathsIn(folder: string): string[] {
  return LOCK_FORMATS.flatMap(({ fileNames }) => fileNames).map((file) => pathIn(folder, file));
}

/** @returns `undefined` where there is no such file, or it is no lock */
function readLockFile(root: string, path: string): LockFile | undefined {
  const name = posix.basename(path);
  const format = LOCK_FORMATS.find(({ fileNames }) => fileNames.includes(name));
  if (format === undefined || !isFile(join(root, path))) return undefined;
  const folder = folderOf(path);
  const read = (file: string) => {
    const absolute = join(root, folder, file);
    return isFile(absolute) ? readFileSync(absolute, 'utf8') : undefined;
  };
  try {
    const text = format.parse(read, name);
    if (text.kind === 'unpinned') return undefined;
    const index = new LockIndex(text.lock);
    const digests = new ClosureDigests();
    const whole = digests.of([index.installed({ kind: 'everything' })]);
    const files = text.files.map((file) => posix.normalize(pathIn(folder, file)));
    return { path, files, format, content: { kind: 'read', index, digests, whole } };
  } catch (error) {
    if (!(error instanceof UnreadableLock)) throw error;
    // A requirements.txt that cannot be read is a manifest's business, not a lock's.
    if (format.fileNames.includes('requirements.txt')) return undefined;
    const message = `${error.message}; every change of it now counts for every package under it`;
    const whole = createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
    return {
      path,
      files: [path],
      format,
      content: { kind: 'unreadable', whole, warning: { file: path, line: error.line, message } },
    };
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
