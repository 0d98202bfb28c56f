/** Which packages of a workspace depend on which others, by what their manifests declare. */
import type { ManifestReading } from '@nx-wheelhouse/python-packaging';
import { declarations } from './declarations.js';
import { LockedRequirements } from './locked-requirements.js';
import type { KeptLocks } from './locks/kept-locks.js';
import { SiblingFinder, type SourceTable } from './sibling-finder.js';
import { folderAt, sourcesOf } from './sources.js';
import { folderMatcher } from './uv-workspaces.js';
import { type Package, pathIn, type SiblingEdge, type UvWorkspaceRoot } from './workspace.js';

/**
 * All declared edges, by the folder of the package that declares them.
 * @param root absolute
 * @param readings all manifests, for the sources that a uv workspace's root states for its members
 */
export function siblingEdges(
  root: string,
  packages: ReadonlyMap<string, Package>,
  readings: ReadonlyMap<string, ManifestReading>,
  uvWorkspaces: readonly UvWorkspaceRoot[],
  locks: KeptLocks,
): ReadonlyMap<string, readonly SiblingEdge[]> {
  const siblings = new SiblingFinder(packages, (folder) => readings.has(folder), uvWorkspaces);
  const locked = new LockedRequirements(root, uvWorkspaces, locks);
  return new Map(
    [...packages.values()].map((pkg) => {
      const inherited = uvWorkspaces.filter(({ members }) => members.has(pkg.root)).map(({ root }) => root);
      const sources = [pkg.root, ...inherited].map((folder) => ({ folder, table: sourcesOf(readings.get(folder)) }));
      const inLock = locked.of(pkg);
      const lockedEdges = inLock?.filter(({ to }) => packages.has(to)) ?? [];
      const declared = [...declaredEdges(pkg, sources, siblings), ...memberEdges(pkg, packages), ...lockedEdges];
      const known = [...declared, ...sourceEdges(pkg, declared, siblings)];
      return [pkg.root, inLock === undefined ? [...known, ...possibleEdges(pkg, known, packages)] : known];
    }),
  );
}

function declaredEdges(pkg: Package, sources: readonly SourceTable[], siblings: SiblingFinder): SiblingEdge[] {
  const edges: SiblingEdge[] = [];
  for (const [kind, requirements] of declarations(pkg.manifest)) {
    for (const { requirement, at } of requirements) {
      for (const to of siblings.find(pkg, requirement, kind, sources))
        edges.push({ to, kind, extras: requirement.extras, file: pathIn(pkg.root, at.file), line: at.line });
    }
  }
  return edges;
}

/** The members of a hatch environment's workspace, which are named by their folders only. */
function memberEdges(pkg: Package, packages: ReadonlyMap<string, Package>): SiblingEdge[] {
  return pkg.manifest.installedFolders.flatMap(({ group, pattern, exclude, extras, at }) => {
    const [isMember, ...isExcluded] = [pattern, ...exclude].map((each) => folderMatcher(folderAt(pkg.root, each)));
    return [...packages.keys()]
      .filter((to) => to !== pkg.root && isMember?.(to) && !isExcluded.some((matches) => matches(to)))
      .map((to) => ({ to, kind: `group:${group}`, extras, file: pathIn(pkg.root, at.file), line: at.line }) as const);
  });
}

/** Sources without a declaration. What the root of a uv workspace states, it states for its members. */
function sourceEdges(pkg: Package, declared: readonly SiblingEdge[], siblings: SiblingFinder): SiblingEdge[] {
  if (pkg.manifest.uvWorkspace !== undefined) return [];
  const known = new Set(declared.map(({ to }) => to));
  const edges: SiblingEdge[] = [];
  for (const [name, statements] of pkg.manifest.sources) {
    const at = statements[0]?.at;
    if (at === undefined) continue;
    for (const to of siblings.findBySources(pkg, name, statements, pkg.root, 'source'))
      if (!known.has(to))
        edges.push({ to, kind: 'source', extras: [], file: pathIn(pkg.root, at.file), line: at.line });
  }
  return edges;
}

/** Where a list of requirements cannot be known at all, not even presumed, it may hold any package of the workspace. */
function possibleEdges(
  pkg: Package,
  known: readonly SiblingEdge[],
  packages: ReadonlyMap<string, Package>,
): SiblingEdge[] {
  const { dependencies, extras, presumed } = pkg.manifest;
  const open = [
    { list: dependencies, presumed: presumed.dependencies.length },
    { list: extras, presumed: presumed.extras.size },
  ].find((each) => each.list.kind === 'dynamic' && each.presumed === 0)?.list;
  if (open?.kind !== 'dynamic') return [];
  const reached = new Set([pkg.root, ...known.map(({ to }) => to)]);
  const { file, line } = open.at;
  return [...packages.keys()]
    .filter((to) => !reached.has(to))
    .map((to) => ({ to, kind: 'possible', extras: [], file: pathIn(pkg.root, file), line }));
}
