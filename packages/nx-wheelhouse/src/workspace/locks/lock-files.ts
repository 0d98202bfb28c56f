/** Which lock a package is under. */
import { posix } from 'node:path';
import { Presence } from '../presence.js';
import { folderOf, foldersUpFrom, type Package, pathIn, type Workspace } from '../workspace.js';
import { KeptLocks, type LockFile } from './kept-locks.js';
import { LOCK_FORMATS } from './lock-formats.js';
import { declaredRequirements } from './requirements-of.js';

/** The locks of a workspace. */
export class LockFiles {
  readonly #read = new Map<string, LockFile | undefined>();
  readonly #paths = new Map<string, readonly string[]>();

  constructor(
    private readonly workspace: Workspace,
    private readonly kept = new KeptLocks(),
    private readonly presence = new Presence(workspace.root),
  ) {}

  /** @see docs/caching.md, "Which lock" */
  of(pkg: Package): LockFile | undefined {
    const uvWorkspace = this.workspace.uvWorkspaces.find(({ members }) => members.has(pkg.root));
    const shared = uvWorkspace && this.#at(pathIn(uvWorkspace.root, 'uv.lock'));
    if (shared !== undefined) return shared;
    for (const folder of foldersUpFrom(pkg.root)) {
      for (const path of this.#pathsIn(folder)) {
        const lock = this.#at(path);
        if (lock !== undefined && (folder === pkg.root || holds(lock, pkg))) return lock;
      }
    }
    return undefined;
  }

  #at(path: string): LockFile | undefined {
    if (this.#read.has(path)) return this.#read.get(path);
    const lock = this.presence.has(path) ? this.kept.read(this.workspace.root, path) : undefined;
    this.#read.set(path, lock);
    return lock;
  }

  /** Of files that may be locks, in the order in which they count. */
  #pathsIn(folder: string): readonly string[] {
    let paths = this.#paths.get(folder);
    if (paths === undefined) {
      paths = LOCK_FILES.map((file) => pathIn(folder, file)).filter((path) => this.presence.has(path));
      this.#paths.set(folder, paths);
    }
    return paths;
  }
}

const LOCK_FILES = LOCK_FORMATS.flatMap(({ fileNames }) => fileNames);

/** Whether a lock further up is there for a package too: it names its folder, or pins something that the package requires. */
function holds({ path, format, content }: LockFile, pkg: Package): boolean {
  if (content.kind === 'unreadable') return format.projects === 'by-marker';
  if (content.index.projectIn(folderInLock(path, pkg)) !== undefined) return true;
  if (format.projects !== 'by-marker') return false;
  const { dependencies, extras } = pkg.manifest;
  // What only running code would tell may be pinned here.
  if (dependencies.kind === 'dynamic' || extras.kind === 'dynamic') return true;
  return declaredRequirements(pkg).some(({ requirement }) => content.index.named(requirement.name).length > 0);
}

/** A package's folder as a lock names it. */
export function folderInLock(lockPath: string, pkg: Package): string {
  return posix.relative(folderOf(lockPath), pkg.root) || '.';
}
