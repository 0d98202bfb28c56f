/** Finds the packages of the workspace that a requirement means: by its source where one is stated, else by its name. */
import { posix, win32 } from 'node:path';
import {
  contains,
  type DependencySource,
  type NormalizedName,
  parseGitReference,
  type Requirement,
} from '@nx-wheelhouse/python-packaging';
import { folderAt, localPath, type Sources } from './sources.js';
import { meantTwins } from './twins.js';
import { type EdgeKind, foldersUpFrom, type Package, statedValue, type UvWorkspaceRoot } from './workspace.js';

/** A table of sources and the folder its paths are relative to. */
export interface SourceTable {
  readonly folder: string;
  readonly table: Sources;
}

export class SiblingFinder {
  readonly #byName = new Map<NormalizedName, string[]>();

  /** @param hasManifest whether a folder has a manifest, of a package or not */
  constructor(
    private readonly packages: ReadonlyMap<string, Package>,
    private readonly hasManifest: (folder: string) => boolean,
    private readonly uvWorkspaces: readonly UvWorkspaceRoot[],
  ) {
    for (const pkg of packages.values()) this.#byName.set(pkg.name, [...(this.#byName.get(pkg.name) ?? []), pkg.root]);
  }

  /**
   * The nearest table that has the name decides, as for uv. Where nothing in it is for this list the name counts: with the sibling
   * installed for another list, uv takes it here as well.
   * @param kind of the list that the requirement stands in
   * @returns the folder of the package; several where packages have one name, or sources are for one environment each; and none where the requirement means no package
   */
  find(pkg: Package, requirement: Requirement, kind: EdgeKind, sources: readonly SourceTable[]): readonly string[] {
    const { source, name } = requirement;
    if (source.kind === 'url')
      return [...this.#byReference(pkg, requirement), ...this.#inGit(pkg, name, source.url, kind)];
    for (const { folder, table } of sources) {
      const statements = table.get(name);
      if (statements === undefined) continue;
      const counting = statements.filter(({ only }) => only === undefined || only === kind);
      if (counting.length === 0 && statements.length > 0) break;
      return this.findBySources(pkg, name, counting, folder, kind);
    }
    return this.#named(pkg, name, requirement);
  }

  /** A list of sources (one per marker) means each sibling that any of them does. */
  findBySources(
    pkg: Package,
    name: NormalizedName,
    statements: readonly DependencySource[],
    folder: string,
    kind: EdgeKind,
  ): readonly string[] {
    const found = statements.flatMap((source) => {
      switch (source.kind) {
        case 'workspace':
          return this.#named(pkg, name);
        case 'path':
          return this.#atPath(pkg, name, source.path, [folderAt(folder, source.path)]);
        case 'git':
          return this.#inGit(pkg, name, source.reference, kind);
        default:
          return [];
      }
    });
    return [...new Set(found)];
  }

  /**
   * A repository that has a package of this name where ours has one is this repository, or a fork of it: what its branch gets is what
   * is in the tree. Its address would tell less: clones have any. A build is made with what git has, not with what is in the tree.
   */
  #inGit(pkg: Package, name: NormalizedName, url: string, kind: EdgeKind): readonly string[] {
    const reference = parseGitReference(url);
    if (reference === undefined || reference.isFixed || kind === 'build') return [];
    // The workspace may be a folder of the repository.
    const isThere = (root: string) => root === '.' || `/${reference.folder}`.endsWith(`/${root}`);
    return this.#named(pkg, name).filter(isThere);
  }

  /** `name @ file:../sibling`. A path that does not lead up may be written for the folder that a tool is started in, mostly the root. */
  #byReference(pkg: Package, requirement: Requirement): readonly string[] {
    const path = localPath(requirement);
    if (path === undefined) return [];
    const starts = path.startsWith('..') ? [pkg.root] : foldersUpFrom(pkg.root);
    const folders = starts.map((start) => folderAt(start, path));
    return this.#atPath(pkg, requirement.name, path, folders);
  }

  /**
   * The package of a path. An absolute one is of some other machine, and one that leads to no manifest was written before the package
   * moved: there the name tells.
   * @param folders that the path may mean
   */
  #atPath(pkg: Package, name: NormalizedName, path: string, folders: readonly string[]): readonly string[] {
    const found = folders.find((folder) => this.packages.has(folder));
    if (found !== undefined) return found === pkg.root ? [] : [found];
    const isOfAnotherMachine = posix.isAbsolute(path) || win32.isAbsolute(path);
    const isLost = folders.every((folder) => !folder.startsWith('..') && !this.hasManifest(folder));
    return !ARCHIVE.test(path) && (isOfAnotherMachine || isLost) ? this.#named(pkg, name) : [];
  }

  /** @param requirement whose versions tell twins apart where nothing else does */
  #named(pkg: Package, name: NormalizedName, requirement?: Requirement): readonly string[] {
    const folders = this.#byName.get(name) ?? [];
    if (folders.includes(pkg.root)) return [];
    const meant = meantTwins(pkg.root, folders, this.uvWorkspaces);
    const admitted = meant.length < 2 ? [] : meant.filter((folder) => this.#isAdmitted(folder, requirement));
    return admitted.length > 0 ? admitted : meant;
  }

  #isAdmitted(folder: string, requirement: Requirement | undefined): boolean {
    const version = this.packages.get(folder)?.manifest.version;
    const stated = version && statedValue(version);
    if (stated === undefined || requirement?.source.kind !== 'index') return false;
    return contains(requirement.source.specifiers, stated);
  }
}

const ARCHIVE = /\.(?:whl|zip|tar(?:\.\w+)?)$/;
