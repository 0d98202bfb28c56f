/**
 * What is staged: the files that git tracks or would track, and those that the package names, wherever they lie. So stale build folders,
 * ignored files and secrets are in no dist. The build host writes the stage: the user's tree is never written to.
 */
import { join, posix } from 'node:path';
import { listFiles, pathsBelow, type WorkspaceFiles } from '../workspace/files.js';
import { filesByPackage, foreignFiles, packageFolders } from '../workspace/ownership.js';
import { isOfRootPackage, type RootPackage, rootPackage } from '../workspace/root-package.js';
import { isTopDocument } from '../workspace/test-files.js';
import { type Package, pathIn, type Workspace } from '../workspace/workspace.js';
import { portableManifests } from './portable-manifest.js';
import { prefixInRepository, type RepositoryViews } from './repository-view.js';
import type { Pins } from './sibling-pins.js';

/** A file of the stage: a copy of one of the workspace (absolute; a link is followed, also one to a folder), or a text of ours. */
export type StagedFile =
  | { readonly path: string; readonly origin: string; readonly isLink: boolean }
  | { readonly path: string; readonly text: string };

/** What builds without ever asking git, unless for a version; meson-python and plugins such as setuptools-scm ask it for files. */
const WITHOUT_GIT: ReadonlySet<string> = new Set([
  'flit-core',
  'hatchling',
  'pdm-backend',
  'poetry-core',
  'setuptools',
  'uv-build',
  'wheel',
]);

export interface Stage {
  /** the package's folder in the stage; the folders above are those of the repository, so that `../../LICENSE` leads where it does there */
  readonly project: string;
  /** paths in the stage, `/` separators */
  readonly files: readonly StagedFile[];
}

/** The sources of a workspace's packages: git is asked once. */
export class Sources {
  readonly #files: WorkspaceFiles;
  readonly #owned: ReadonlyMap<string, readonly string[]>;
  readonly #folders: readonly string[];
  readonly #prefix: string;
  readonly #rootPackage: RootPackage | undefined;

  constructor(
    private readonly workspace: Workspace,
    private readonly repositories: RepositoryViews,
  ) {
    this.#files = listFiles(workspace.root);
    this.#owned = filesByPackage(workspace, this.#files);
    this.#folders = packageFolders(workspace);
    this.#prefix = prefixInRepository(workspace.root);
    this.#rootPackage = rootPackage(workspace, this.#owned);
  }

  stageOf(pkg: Package, pins: Pins): Stage {
    const project = posix.normalize(this.#prefix + pkg.root);
    const manifests = portableManifests(pkg, this.workspace, pins);
    const texts = new Map([...manifests].map(([path, text]) => [pathIn(pkg.root, path), text]));
    const files = this.#pathsFor(pkg).map((path): StagedFile => {
      const text = texts.get(path);
      if (text !== undefined) return { path: this.#prefix + path, text };
      return {
        path: this.#prefix + path,
        origin: join(this.workspace.root, path),
        isLink: this.#files.symlinks.has(path),
      };
    });
    return { project, files: [...files, ...this.#gitFile(pkg, project)] };
  }

  /** A package's own files, relative to its folder. */
  filesOf(pkg: Package): readonly string[] {
    const own = this.#owned.get(pkg.root) ?? [];
    const root = pkg.root === '.' ? this.#rootPackage : undefined;
    return root === undefined ? own : own.filter((path) => isOfRootPackage(root, path) || isTopDocument(path));
  }

  /** What the package's build may read, relative to the workspace root. */
  #pathsFor(pkg: Package): readonly string[] {
    const paths = pkg.manifest.mayReadAnyFile
      ? this.#allBelow(pkg.root)
      : this.filesOf(pkg).map((path) => pathIn(pkg.root, path));
    const foreign = foreignFiles(pkg, this.#files, this.#folders);
    const inFolders = foreign.folders.flatMap((folder) => this.#allBelow(folder));
    return [...new Set([...paths, ...foreign.named, ...inFolders])];
  }

  #allBelow(folder: string): readonly string[] {
    const dists = this.#folders.map((each) => pathIn(each, 'dist/'));
    return pathsBelow(this.#files.paths, folder).filter((path) => !dists.some((dist) => path.startsWith(dist)));
  }

  /** A version that is no constant may come from git, and so may the list of what goes into an sdist. */
  #gitFile(pkg: Package, project: string): StagedFile[] {
    const { version, buildSystem } = pkg.manifest;
    // Its version is Cargo's. Cargo asks git for the files, and leaves out those that a view of the repository does not look at.
    if (buildSystem.backend === 'maturin') return [];
    const isWithoutGit = buildSystem.requires.every(({ requirement }) => WITHOUT_GIT.has(requirement.name));
    if (version.kind !== 'dynamic' && isWithoutGit) return [];
    const link = this.repositories.linkFor(join(this.workspace.root, pkg.root));
    return link ? [{ path: posix.normalize(posix.join(project, link.up, '.git')), text: link.text }] : [];
  }
}
