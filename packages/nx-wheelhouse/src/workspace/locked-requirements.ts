/** What uv.lock knows of requirements that a manifest leaves to its build backend: uv has asked the backend when it made the lock. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Lock, type LockedDependency, parseUvLock, UnreadableLock } from '@nx-wheelhouse/python-packaging';
import { type EdgeKind, folderOf, type Package, pathIn, type SiblingEdge, type UvWorkspaceRoot } from './workspace.js';

/** Reads each lock once, and none unless a package has requirements that only its backend knows. */
export class LockedRequirements {
  readonly #locks = new Map<string, Lock | undefined>();

  /** @param root absolute */
  constructor(
    private readonly root: string,
    private readonly uvWorkspaces: readonly UvWorkspaceRoot[],
  ) {}

  /** The siblings that the package's own lock, or that of its uv workspace, has for its dynamic requirements. */
  of(pkg: Package): SiblingEdge[] {
    const { dependencies, extras } = pkg.manifest;
    if (dependencies.kind !== 'dynamic' && extras.kind !== 'dynamic') return [];
    const shared = this.uvWorkspaces.filter(({ members }) => members.has(pkg.root)).map(({ root }) => root);
    for (const folder of new Set([pkg.root, ...shared])) {
      const file = pathIn(folder, 'uv.lock');
      const lock = this.#read(file);
      const inLock = posix.relative(folder, pkg.root) || '.';
      const locked = lock?.packages.find(({ localFolder }) => localFolder === inLock);
      if (lock === undefined || locked === undefined) continue;
      const edges = (kind: EdgeKind, requirements: readonly LockedDependency[]) =>
        requirements.flatMap((requirement) => siblingEdge(pkg, kind, requirement, lock, file));
      return [
        ...(dependencies.kind === 'dynamic' ? edges('runtime', locked.dependencies) : []),
        ...(extras.kind === 'dynamic'
          ? [...locked.extras].flatMap(([extra, requirements]) => edges(`extra:${extra}`, requirements))
          : []),
      ];
    }
    return [];
  }

  #read(file: string): Lock | undefined {
    if (!this.#locks.has(file)) this.#locks.set(file, readLock(join(this.root, file)));
    return this.#locks.get(file);
  }
}

/** A lock that is not there or cannot be read says nothing here; that it is broken is said where closures are read from it. */
function readLock(path: string): Lock | undefined {
  try {
    return parseUvLock(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof UnreadableLock || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

function siblingEdge(
  pkg: Package,
  kind: EdgeKind,
  { name, extras }: LockedDependency,
  lock: Lock,
  file: string,
): SiblingEdge[] {
  const local = lock.packages.find((each) => each.name === name && each.localFolder !== undefined)?.localFolder;
  const to = local === undefined ? undefined : posix.normalize(pathIn(folderOf(file), local));
  return to === undefined || to === pkg.root ? [] : [{ to, kind, extras, file, line: undefined }];
}
