/**
 * What is staged: the files that git tracks or would track, and those that the package names, wherever they lie. So stale build folders,
 * ignored files and secrets are in no dist. The build host writes the stage: the user's tree is never written to.
 */
import { statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { gitRefusal, treeTellsModes } from '../git.js';
import { artifactFiles, artifactGlobs } from '../workspace/artifacts.js';
import { isListed, listFiles, pathsBelow, type WorkspaceFiles } from '../workspace/files.js';
import { type LinkedFile, Links } from '../workspace/links.js';
import { filesByPackage, foreignFiles, packageFolders } from '../workspace/ownership.js';
import { isOfRootPackage, type RootPackage, rootPackage } from '../workspace/root-package.js';
import { isTopDocument } from '../workspace/test-files.js';
import { type Package, pathIn, type Workspace } from '../workspace/workspace.js';
import { portableManifests } from './portable-manifest.js';
import { prefixInRepository, type RepositoryViews } from './repository-view.js';
import type { Pins } from './sibling-pins.js';

/**
 * A file of the stage: a copy of one that is no link (absolute), or a text of ours.
 * `executable`: whether it is, where the tree does not tell.
 */
export type StagedFile =
  | { readonly path: string; readonly origin: string; readonly executable?: boolean }
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
  /** the package's folder in the tree, absolute */
  readonly tree: string;
  /** the package's folder in the stage; the folders above are those of the repository, so that `../../LICENSE` leads where it does there */
  readonly project: string;
  /** paths in the stage, `/` separators */
  readonly files: readonly StagedFile[];
}

/** The sources of a workspace's packages: git is asked once. */
export class Sources {
  readonly #files: WorkspaceFiles;
  readonly #links: Links;
  readonly #owned: ReadonlyMap<string, readonly string[]>;
  readonly #folders: readonly string[];
  readonly #prefix: string;
  readonly #rootPackage: RootPackage | undefined;
  readonly #goesByIndex: boolean;

  /** @throws {UserError} when git refuses to say which files are sources */
  constructor(
    private readonly workspace: Workspace,
    private readonly repositories: RepositoryViews,
  ) {
    this.#files = listFiles(workspace.root);
    if (this.#files.blobs.size === 0) refuseWithoutGit(workspace.root);
    this.#links = new Links(workspace.root, this.#files);
    this.#owned = filesByPackage(workspace, this.#files);
    this.#folders = packageFolders(workspace);
    this.#prefix = prefixInRepository(workspace.root);
    this.#rootPackage = rootPackage(workspace, this.#owned);
    // On Windows no stage could have the bits either.
    this.#goesByIndex = process.platform !== 'win32' && !treeTellsModes(workspace.root);
  }

  stageOf(pkg: Package, pins: Pins): Stage {
    const project = posix.normalize(this.#prefix + pkg.root);
    const manifests = portableManifests(pkg, this.workspace, pins);
    const texts = new Map([...manifests].map(([path, text]) => [pathIn(pkg.root, path), text]));
    const files = this.#filesFor(pkg).map(({ path, origin }): StagedFile => {
      const text = texts.get(path);
      const staged = posix.normalize(this.#prefix + path);
      return text === undefined ? { path: staged, origin, ...this.#modeOf(origin) } : { path: staged, text };
    });
    return { tree: join(this.workspace.root, pkg.root), project, files: [...files, ...this.#gitFile(pkg, project)] };
  }

  /** By git's index, on a file system that has no executable bits or gives them to all: dists are the same from any. */
  #modeOf(origin: string): { readonly executable?: boolean } {
    if (!this.#goesByIndex) return {};
    const path = relative(this.workspace.root, origin).split(sep).join('/');
    return isListed(this.#files, path) ? { executable: this.#files.executables.has(path) } : {};
  }

  /** A package's own files, relative to its folder. */
  filesOf(pkg: Package): readonly string[] {
    const own = this.#owned.get(pkg.root) ?? [];
    const root = pkg.root === '.' ? this.#rootPackage : undefined;
    return root === undefined ? own : own.filter((path) => isOfRootPackage(root, path) || isTopDocument(path));
  }

  /**
   * @param path relative to the package's folder
   * @returns whether git has the file as it is: then it is known to whoever has the repository
   */
  isCommitted(pkg: Package, path: string): boolean {
    return this.#files.blobs.has(pathIn(pkg.root, path));
  }

  /** What the package's build may read. */
  #filesFor(pkg: Package): readonly LinkedFile[] {
    const paths = pkg.manifest.mayReadAnyFile
      ? this.#allBelow(pkg.root)
      : this.filesOf(pkg).map((path) => pathIn(pkg.root, path));
    const artifacts = artifactFiles(
      join(this.workspace.root, pkg.root),
      artifactGlobs(pkg, this.#owned.get(pkg.root) ?? []),
    ).map((path) => pathIn(pkg.root, path));
    const { named, folders, above } = foreignFiles(pkg, this.#files, this.#folders);
    const inFolders = folders.flatMap((folder) => this.#allBelow(folder));
    const inRepository = above.filter((path) => !posix.normalize(this.#prefix + path).startsWith('..'));
    return [
      ...[...new Set([...paths, ...artifacts, ...inFolders])].flatMap((path) => this.#filesAt(path)),
      ...[...named, ...inRepository].flatMap((path) => this.#filesNamed(path)),
    ];
  }

  #filesAt(path: string): readonly LinkedFile[] {
    if (this.#files.symlinks.has(path)) return this.#links.filesAt(path);
    return [{ path, origin: join(this.workspace.root, path) }];
  }

  /** What a manifest names is meant, also where git ignores it; of a folder, what git would track, or all where it ignores the whole. */
  #filesNamed(path: string): readonly LinkedFile[] {
    const found = statSync(join(this.workspace.root, path), { throwIfNoEntry: false });
    if (!found?.isDirectory() || this.#files.symlinks.has(path)) return this.#filesAt(path);
    const { paths, symlinks } = listFiles(this.workspace.root, path);
    return paths.flatMap((one) =>
      symlinks.has(one) ? this.#links.filesAt(one) : [{ path: one, origin: join(this.workspace.root, one) }],
    );
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

/** Where git is there and does not answer, nobody knows what it ignores: secrets, say. */
function refuseWithoutGit(workspaceRoot: string): void {
  const reason = gitRefusal(workspaceRoot);
  if (reason === undefined) return;
  const [first = '', ...more] = reason.split('\n');
  throw new UserError(
    `Git does not tell which files are sources: ${first.replace(/^fatal: /, '')}.`,
    {},
    first.includes('dubious ownership')
      ? `trust the repository (\`git config --global --add safe.directory ${workspaceRoot}\`), or let it be owned by who builds`
      : 'see what `git status` says, and mend the repository',
    more.join('\n').trim(),
  );
}
