/** Whether a lock is older than a manifest: it lacks a requirement, or holds it in versions that do not satisfy it. */
import {
  allDependencies,
  contains,
  type DeclaredRequirement,
  dependencyOf,
  formatRequirement,
  judgeMarker,
  type LockedDependency,
  type LockedPackage,
  type LockIndex,
} from '@nx-wheelhouse/python-packaging';

const DIRECT = /^(git|url|path|directory|file)\b/;

export interface StaleRequirement {
  readonly declared: DeclaredRequirement;
  /** such as `which uv.lock does not have` without the subject */
  readonly problem: string;
}

/**
 * @param requirements of the manifest
 * @param project the lock's own entry for it, where the lock has such entries
 * @param isLocal whether a requirement means a package of the workspace, whose version is no matter of the lock
 * @returns the first that the lock does not meet
 */
export function findStale(
  requirements: readonly DeclaredRequirement[],
  index: LockIndex,
  project: LockedPackage | undefined,
  isLocal: (declared: DeclaredRequirement) => boolean,
): StaleRequirement | undefined {
  const edges = project && byName(allDependencies(project));
  for (const declared of requirements) {
    const problem = problemOf(declared, index, project, edges, isLocal(declared));
    if (problem !== undefined) return { declared, problem };
  }
  return undefined;
}

function problemOf(
  { requirement }: DeclaredRequirement,
  index: LockIndex,
  project: LockedPackage | undefined,
  edges: ReadonlyMap<string, readonly LockedDependency[]> | undefined,
  isLocal: boolean,
): string | undefined {
  const { name, source, marker } = requirement;
  const own = edges?.get(name) ?? [];
  const isKnown =
    project === undefined ? index.named(name).length > 0 : (project.declared?.has(name) ?? own.length > 0);
  if (!isKnown) {
    // A requirement for an environment that the lock does not cover is in no lock; a package of the workspace need be in none but uv's.
    const mayBeMissing =
      (marker !== undefined && project?.declared === undefined) || (isLocal && project === undefined);
    return mayBeMissing ? undefined : 'it does not have';
  }
  if (isLocal || source.kind === 'url' || index.lock.overridden.has(name)) return undefined;
  const wanted = dependencyOf(requirement);
  const entries = project === undefined ? index.named(name) : own.flatMap((edge) => index.meantBy(edge));
  if (entries.length === 0) return undefined; // for no environment of the lock
  // An extra that the distribution does not have is on no edge, only among what was declared.
  const extras = new Set([...own.flatMap((edge) => edge.extras), ...(project?.declared?.get(name) ?? [])]);
  const missing = project && requirement.extras.find((extra) => !extras.has(extra));
  if (missing !== undefined) return `it has without the extra "${missing}"`;
  // A source other than an index takes the place of the specifier: whatever is there is meant.
  const satisfies = ({ version, localFolder, source }: LockedPackage) =>
    localFolder !== undefined ||
    DIRECT.test(source) ||
    version === undefined ||
    wanted.specifiers.every((set) => contains(set, version));
  if (entries.some(satisfies)) return undefined;
  const { requiresPython } = index.lock;
  if (marker !== undefined && requiresPython && judgeMarker(marker, { requiresPython }) === 'never') return undefined;
  return `it has in ${entries.map(({ version }) => version).join(' and ')} only`;
}

function byName(dependencies: readonly LockedDependency[]): ReadonlyMap<string, readonly LockedDependency[]> {
  const found = new Map<string, LockedDependency[]>();
  for (const dependency of dependencies)
    found.set(dependency.name, [...(found.get(dependency.name) ?? []), dependency]);
  return found;
}

/** The requirement as a person wrote it, for a message. */
export function requirementText({ requirement }: DeclaredRequirement): string {
  return formatRequirement(requirement);
}
