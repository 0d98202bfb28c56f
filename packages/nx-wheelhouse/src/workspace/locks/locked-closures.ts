/** The closures that locks resolve for packages, by purpose: what the external nodes of the graph stand for. */
import { posix } from 'node:path';
import {
  type Closure,
  type DeclaredRequirement,
  dependencyOf,
  type LockedDependency,
  type LockedPackage,
  normalizeName,
  type Reach,
  type Selection,
  select,
} from '@nx-wheelhouse/python-packaging';
import type { Presence } from '../presence.js';
import { folderOf, type Package, pathIn, type Workspace, type WorkspaceWarning } from '../workspace.js';
import type { KeptLocks, LockFile } from './kept-locks.js';
import { folderInLock, LockFiles } from './lock-files.js';
import { type Purpose, purposesOf, requirementsFor, selectionOf } from './requirements-of.js';
import { findStale, requirementText } from './stale-lock.js';
import { TestEnvironments } from './test-environment.js';

export interface LockedClosure {
  readonly purpose: Purpose;
  /** the name of the external node */
  readonly node: string;
  /** hexadecimal; equal for equal closures */
  readonly digest: string;
}

/** What a package has locked. */
export interface PackageClosures {
  /** the lock, relative to the workspace root */
  readonly lock: string;
  /** the lock and what it includes */
  readonly lockFiles: readonly string[];
  /** run, each extra, test */
  readonly closures: readonly LockedClosure[];
}

export interface LockedClosures {
  /** by the package's folder; a package under no lock has none */
  readonly byPackage: ReadonlyMap<string, PackageClosures>;
  readonly warnings: readonly WorkspaceWarning[];
}

/**
 * Each lock says once what is wrong with it.
 * @param kept the locks of earlier readings
 */
export function lockedClosures(
  workspace: Workspace,
  kept?: KeptLocks,
  presence?: Presence,
  environments = new TestEnvironments(workspace),
): LockedClosures {
  const locks = new LockFiles(workspace, kept, presence);
  const warnings = new Map<string, WorkspaceWarning>();
  const byPackage = new Map<string, PackageClosures>();
  for (const pkg of workspace.packages.values()) {
    const lock = locks.of(pkg);
    if (lock === undefined) continue;
    const resolution = new Resolution(pkg, lock, workspace, environments);
    const closures = purposesOf(pkg).map((purpose) => ({
      purpose,
      node: `pypi:${pkg.project}/${purpose}`,
      digest: resolution.digestFor(purpose),
    }));
    byPackage.set(pkg.root, { lock: lock.path, lockFiles: lock.files, closures });
    const { warning } = resolution;
    if (warning) warnings.set(`${warning.file}:${warning.line}:${warning.message}`, warning);
  }
  return { byPackage, warnings: [...warnings.values()] };
}

/** What of a lock the tests of a package are to be run with. */
export type LockedTests =
  | { readonly kind: 'no-lock' }
  | { readonly kind: 'locked'; readonly lock: string; readonly packages: readonly LockedPackage[] }
  | { readonly kind: 'unknown'; readonly lock: string; readonly warning: WorkspaceWarning };

export function lockedTests(workspace: Workspace, pkg: Package): LockedTests {
  const lock = new LockFiles(workspace).of(pkg);
  if (lock === undefined) return { kind: 'no-lock' };
  const part = new Resolution(pkg, lock, workspace, new TestEnvironments(workspace)).closuresOfTests();
  return part.kind === 'unknown'
    ? { kind: 'unknown', lock: lock.path, warning: part.warning }
    : {
        kind: 'locked',
        lock: lock.path,
        packages: [...new Set(part.closures.flatMap(({ packages }) => [...packages]))],
      };
}

/** `unknown`: the whole lock counts, and why. */
type Part =
  | { readonly kind: 'known'; readonly closures: readonly Closure[] }
  | { readonly kind: 'unknown'; readonly warning: WorkspaceWarning };

/** One package under its lock. */
class Resolution {
  /** the first reason why some closure of the package is not known */
  warning: WorkspaceWarning | undefined;
  readonly #project: LockedPackage | undefined;

  constructor(
    readonly pkg: Package,
    readonly lock: LockFile,
    readonly workspace: Workspace,
    readonly environments: TestEnvironments,
  ) {
    const { content } = lock;
    this.#project = content.kind === 'read' ? content.index.projectIn(folderInLock(lock.path, pkg)) : undefined;
    this.warning = content.kind === 'unreadable' ? content.warning : this.#staleness();
  }

  /** The digest of the closure; of the whole lock where the closure is not known: never too little. */
  digestFor(purpose: Purpose): string {
    const { content } = this.lock;
    if (content.kind === 'unreadable' || this.warning !== undefined) return content.whole;
    const part = this.#part(purpose);
    if (part.kind === 'known') return content.digests.of(part.closures);
    this.warning ??= part.warning;
    return content.whole;
  }

  closuresOfTests(): Part {
    return this.warning === undefined ? this.#part('test') : { kind: 'unknown', warning: this.warning };
  }

  #part(purpose: Purpose): Part {
    const { pkg, lock } = this;
    if (lock.content.kind === 'unreadable') return { kind: 'unknown', warning: lock.content.warning };
    const { index } = lock.content;
    const { extras, groups } = selectionOf(pkg, purpose);
    const selection: Selection = purpose === 'test' ? { kind: 'everything' } : select(pkg.name, extras, groups);
    switch (lock.format.projects) {
      case 'described': {
        if (this.#project === undefined) return this.#unknown(`${lock.path} does not have this project`);
        const reach = index.reach(this.#startIn(this.#project, purpose), selection);
        return this.#known(reach, purpose === 'test' ? this.environments.closuresOf(pkg, index) : []);
      }
      case 'by-marker': {
        if (folderOf(lock.path) === pkg.root) {
          const on =
            selection.kind === 'only' ? { ...selection, groups: new Set(index.lock.defaultGroups) } : selection;
          return { kind: 'known', closures: [index.installed(on)] };
        }
        if (index.lock.edges.kind === 'unknown') {
          const { reason, at } = index.lock.edges;
          const message = `${reason}, so every change of ${lock.path} counts for every package that it is the lock of`;
          const file = at === undefined ? lock.path : posix.normalize(pathIn(folderOf(lock.path), at.file));
          return { kind: 'unknown', warning: { file, line: at?.line, message } };
        }
        return this.#fromManifest(purpose, selection);
      }
      case 'in-manifest':
        return this.#fromManifest(purpose, selection);
    }
  }

  #fromManifest(purpose: Purpose, selection: Selection): Part {
    const { content } = this.lock;
    const { dependencies } = this.pkg.manifest;
    if (content.kind === 'unreadable') return { kind: 'unknown', warning: content.warning };
    if (this.#project !== undefined) {
      const groups = [...this.pkg.manifest.groups.values()].flat().map(({ requirement }) => dependencyOf(requirement));
      const locked = purpose === 'test' ? groups.filter((one) => content.index.meantBy(one).length > 0) : [];
      return this.#known(content.index.reach([...this.#startIn(this.#project, purpose), ...locked], selection));
    }
    if (dependencies.kind === 'dynamic') {
      return this.#unknown(`what this package requires is not known without running code: ${dependencies.reason}`);
    }
    return this.#known(content.index.reach(this.#startFor(this.pkg, purpose, new Set()), selection));
  }

  /** The edges of a project that its lock describes. */
  #startIn({ dependencies, extras, groups }: LockedPackage, purpose: Purpose): readonly LockedDependency[] {
    if (purpose === 'run') return dependencies;
    if (purpose === 'test') {
      const more = [...extras.values(), ...groups.values()].flat();
      return [...dependencies, ...more.filter(({ name }) => this.environments.canBeUsedBy(this.pkg, name))];
    }
    return [...dependencies, ...(extras.get(normalizeName(purpose.slice('extra:'.length))) ?? [])];
  }

  /** Requirements as edges into the lock; for packages of the workspace that it does not hold, what those require. */
  #startFor(pkg: Package, purpose: Purpose, walked: Set<string>): LockedDependency[] {
    const { content } = this.lock;
    const step = `${pkg.root} ${purpose}`;
    if (walked.has(step) || content.kind === 'unreadable') return [];
    walked.add(step);
    const always = new Set(requirementsFor(pkg, 'run'));
    const required = requirementsFor(pkg, purpose, content.index.lock.lockedGroups).filter(
      (one) => purpose !== 'test' || always.has(one) || this.environments.canBeUsedBy(this.pkg, one.requirement.name),
    );
    return required.flatMap((declared) => {
      const { requirement } = declared;
      const isLocked = content.index.named(requirement.name).length > 0;
      const sibling = isLocked ? undefined : this.#localOf(pkg, declared);
      if (sibling === undefined) return [dependencyOf(requirement)];
      const purposes: Purpose[] = ['run', ...requirement.extras.map((extra): Purpose => `extra:${extra}`)];
      return purposes.flatMap((each) => this.#startFor(sibling, each, walked));
    });
  }

  /** The package of the workspace that a requirement means: a sibling, or the package itself, one of whose extras takes in another. */
  #localOf(pkg: Package, { requirement }: DeclaredRequirement): Package | undefined {
    if (requirement.name === pkg.name) return pkg;
    const siblings = pkg.siblings.map(({ to }) => this.workspace.packages.get(to));
    return siblings.find((sibling) => sibling?.name === requirement.name);
  }

  #staleness(): WorkspaceWarning | undefined {
    const { pkg, lock } = this;
    if (lock.content.kind === 'unreadable') return undefined;
    const { projects } = lock.format;
    // Another project's lock owes this package nothing but what that project takes from it.
    const isOwn = folderOf(lock.path) === pkg.root;
    if (projects === 'described' ? this.#project === undefined : !isOwn && this.#project !== undefined)
      return undefined;
    if (projects === 'by-marker' && lock.content.index.lock.edges.kind === 'unknown' && !isOwn) return undefined;
    const project = projects === 'described' ? this.#project : undefined;
    const wanted = requirementsFor(
      pkg,
      projects === 'by-marker' ? 'run' : 'test',
      lock.content.index.lock.lockedGroups,
    );
    const isLocal = (one: DeclaredRequirement) => this.#localOf(pkg, one) !== undefined;
    const stale = findStale(wanted, lock.content.index, project, isLocal);
    if (stale === undefined) return undefined;
    const { at } = stale.declared;
    const said = `${requirementText(stale.declared)} is required, which ${lock.path} ${stale.problem.replace(/^it /, '')}`;
    return this.#warning(said, at.file, at.line);
  }

  #known(reach: Reach, others: readonly Closure[] = []): Part {
    if (reach.kind === 'known') return { kind: 'known', closures: [reach.closure, ...others] };
    return this.#unknown(
      `${reach.from?.name ?? this.pkg.project} needs ${reach.dependency.name}, which ${this.lock.path} does not have`,
    );
  }

  #unknown(reason: string): Part {
    return { kind: 'unknown', warning: this.#warning(reason, undefined, undefined) };
  }

  /** @param file of the package; its manifest where none is to blame in particular */
  #warning(reason: string, file: string | undefined, line: number | undefined): WorkspaceWarning {
    const { pkg, lock } = this;
    const manifest = pkg.manifestFiles[0] ?? pkg.root;
    return {
      file: file === undefined ? manifest : pathIn(pkg.root, file),
      line,
      message: `${reason}: until you ${lock.format.refresh}, every change of that lock counts for this package`,
    };
  }
}
