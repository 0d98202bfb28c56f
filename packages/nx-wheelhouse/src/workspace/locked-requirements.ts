/** What uv.lock knows of requirements that a manifest leaves to its build backend: uv has asked the backend when it made the lock. */
import { posix } from 'node:path';
import type { Lock, LockedDependency } from '@nx-wheelhouse/python-packaging';
import type { KeptLocks } from './locks/kept-locks.js';
import { type EdgeKind, folderOf, type Package, pathIn, type SiblingEdge, type UvWorkspaceRoot } from './workspace.js';

/** Reads no lock unless a package has requirements that only its backend knows. */
export class LockedRequirements {
  /** @param root absolute */
  constructor(
    private readonly root: string,
    private readonly uvWorkspaces: readonly UvWorkspaceRoot[],
    private readonly kept: KeptLocks,
  ) {}

  /**
   * The siblings that the package's own lock, or that of its uv workspace, has for its dynamic requirements.
   * @returns `undefined` where no lock knows the package
   */
  of(pkg: Package): SiblingEdge[] | undefined {
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
    return undefined;
  }

  /** A lock that is not there or cannot be read says nothing here; that it is broken is said where closures are read from it. */
  #read(file: string): Lock | undefined {
    const content = this.kept.read(this.root, file)?.content;
    return content?.kind === 'read' ? content.index.lock : undefined;
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
