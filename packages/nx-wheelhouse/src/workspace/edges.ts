/** Which packages of a workspace depend on which others, by what their manifests declare. */
import { posix, win32 } from 'node:path';
import type {
  DeclaredRequirement,
  DependencySource,
  ManifestReading,
  NormalizedName,
} from '@nx-wheelhouse/python-packaging';
import { declarations } from './declarations.js';
import { LockedRequirements } from './locked-requirements.js';
import type { KeptLocks } from './locks/kept-locks.js';
import { folderAt, localPath, type Sources, sourcesOf } from './sources.js';
import { folderMatcher } from './uv-workspaces.js';
import { foldersUpFrom, type Package, pathIn, type SiblingEdge, type UvWorkspaceRoot } from './workspace.js';

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
  const siblings = new SiblingFinder(packages, uvWorkspaces);
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

/** A table of sources and the folder its paths are relative to. */
interface SourceTable {
  readonly folder: string;
  readonly table: Sources;
}

function declaredEdges(pkg: Package, sources: readonly SourceTable[], siblings: SiblingFinder): SiblingEdge[] {
  const edges: SiblingEdge[] = [];
  for (const [kind, requirements] of declarations(pkg.manifest)) {
    for (const { requirement, at } of requirements) {
      const to = siblings.find(pkg, requirement, sources);
      if (to === undefined) continue;
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
    const to = siblings.findBySources(pkg, name, statements, pkg.root);
    const at = statements[0]?.at;
    if (to === undefined || at === undefined || known.has(to)) continue;
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

/** Finds the package that a requirement means. */
class SiblingFinder {
  readonly #byName = new Map<NormalizedName, string[]>();

  constructor(
    private readonly packages: ReadonlyMap<string, Package>,
    private readonly uvWorkspaces: readonly UvWorkspaceRoot[],
  ) {
    for (const pkg of packages.values()) this.#byName.set(pkg.name, [...(this.#byName.get(pkg.name) ?? []), pkg.root]);
  }

  /** By source where one is stated, else by name: a name of the workspace means the workspace's package. */
  find(
    pkg: Package,
    requirement: DeclaredRequirement['requirement'],
    sources: readonly SourceTable[],
  ): string | undefined {
    if (requirement.source.kind === 'url') return this.#byPath(pkg, requirement);
    for (const { folder, table } of sources) {
      const statements = table.get(requirement.name);
      if (statements !== undefined) return this.findBySources(pkg, requirement.name, statements, folder);
    }
    return this.#named(pkg, requirement.name);
  }

  /** A list of sources (one per marker) means the sibling when any of them does. */
  findBySources(
    pkg: Package,
    name: NormalizedName,
    statements: readonly DependencySource[],
    folder: string,
  ): string | undefined {
    for (const source of statements) {
      if (source.kind === 'workspace') return this.#named(pkg, name);
      if (source.kind !== 'path') continue;
      const found = this.#inFolder(pkg, folderAt(folder, source.path));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Of several packages of one name, the one of the same uv workspace is meant, else the nearest. */
  #named(pkg: Package, name: NormalizedName): string | undefined {
    const folders = this.#byName.get(name) ?? [];
    if (folders.length < 2 || folders.includes(pkg.root)) return folders.includes(pkg.root) ? undefined : folders[0];
    const workspace = this.uvWorkspaces.find(({ members }) => members.has(pkg.root));
    return folders.find((folder) => workspace?.members.has(folder)) ?? nearest(pkg.root, folders);
  }

  #inFolder(pkg: Package, folder: string): string | undefined {
    return folder !== pkg.root && this.packages.has(folder) ? folder : undefined;
  }

  /**
   * `name @ file:../sibling`. A path that does not lead up may be written for the folder that a tool is started in, mostly the root; an
   * absolute one is of some other machine, and there the name tells.
   */
  #byPath(pkg: Package, requirement: DeclaredRequirement['requirement']): string | undefined {
    const path = localPath(requirement);
    if (path === undefined) return undefined;
    if (posix.isAbsolute(path) || win32.isAbsolute(path))
      return ARCHIVE.test(path) ? undefined : this.#named(pkg, requirement.name);
    const starts = path.startsWith('..') ? [pkg.root] : foldersUpFrom(pkg.root);
    const folders = starts.map((start) => this.#inFolder(pkg, folderAt(start, path)));
    return folders.find((folder) => folder !== undefined);
  }
}

const ARCHIVE = /\.(?:whl|zip|tar(?:\.\w+)?)$/;

/** The folder that has most of its path in common with another. */
function nearest(from: string, folders: readonly string[]): string | undefined {
  const steps = from.split('/');
  const shared = (folder: string) => {
    const other = folder.split('/');
    const parting = steps.findIndex((step, index) => step !== other[index]);
    return parting < 0 ? steps.length : parting;
  };
  return folders.toSorted((a, b) => shared(b) - shared(a))[0];
}
