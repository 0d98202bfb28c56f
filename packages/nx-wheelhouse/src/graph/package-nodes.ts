/** A package as an Nx project: its name, tags, targets and named inputs, with the external nodes that these name. */
import { join, relative, sep } from 'node:path';
import type { CreateNodesResult, ProjectConfiguration } from '@nx/devkit';
import { UV_FILE, uvConstraints } from '../build/build-constraints.js';
import { pinnedSiblings, type SiblingPins } from '../build/sibling-pins.js';
import { recipesByPackage } from '../conda/recipe-files.js';
import { hasCondaTable } from '../conda/settings.js';
import { artifactGlobs } from '../workspace/artifacts.js';
import { builtFirst } from '../workspace/circles.js';
import { buildSiblings, testSiblings } from '../workspace/closures.js';
import type { WorkspaceFiles } from '../workspace/files.js';
import type { KeptTexts } from '../workspace/kept/kept-texts.js';
import { Links } from '../workspace/links.js';
import type { PackageClosures } from '../workspace/locks/locked-closures.js';
import type { TestEnvironments } from '../workspace/locks/test-environment.js';
import { packageFolders } from '../workspace/ownership.js';
import { packageSettings } from '../workspace/package-settings.js';
import { lastOf, publishOrder } from '../workspace/publish-order.js';
import { PytestFiles } from '../workspace/pytest-files.js';
import { rootPackage } from '../workspace/root-package.js';
import { isTestFile } from '../workspace/test-files.js';
import { TestSettings } from '../workspace/test-settings.js';
import { type Package, statedValue, type Workspace } from '../workspace/workspace.js';
import { executablesDigest } from './executable-files.js';
import {
  buildPinsNode,
  closureNode,
  type ExternalNode,
  type ExternalNodes,
  executablesNode,
  testSettingsNode,
  versionNode,
} from './external-nodes.js';
import { namedInputs } from './named-inputs.js';
import type { TargetNames } from './options.js';
import { PUBLISHABLE_TAG } from './publishable-tag.js';
import { packageTargets, type TargetFacts } from './targets.js';
import { programInput, toolchainInputs } from './toolchain-inputs.js';

/** What nodes are made from. */
export interface NodeSources {
  readonly workspace: Workspace;
  readonly files: WorkspaceFiles;
  /** the files of each package, see `filesByPackage` */
  readonly owned: ReadonlyMap<string, readonly string[]>;
  readonly closures: ReadonlyMap<string, PackageClosures>;
  /** of the tests */
  readonly environments: TestEnvironments;
  /** what earlier graphs of the same workspace have left */
  readonly texts: KeptTexts;
}

/** What the user has said of all packages. */
export interface NodeOptions {
  readonly names: TargetNames;
  readonly siblingPins: SiblingPins;
  readonly condaForAll: boolean;
}

/** Knows of the workspace as a whole what the nodes of its packages need. */
export class PackageNodes {
  readonly #folders: readonly string[];
  readonly #links: Links;
  readonly #root: ReturnType<typeof rootPackage>;
  readonly #pytestFiles: PytestFiles;
  readonly #testSettings: TestSettings;
  readonly #publishedBefore: ReturnType<typeof publishOrder>;
  readonly #recipes: ReturnType<typeof recipesByPackage>;
  /** the pins of build requirements, where they stand among much else in the root's manifest */
  readonly #buildPins: ExternalNode | undefined;
  readonly #scripts: ReturnType<typeof hashedScripts>;
  /** packages whose versions stand in the dists of others */
  readonly #areWritten: ReadonlySet<Package>;
  /** by lock what selects through its anchor, see `lockTarget` */
  readonly #behindLocks: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(
    private readonly sources: NodeSources,
    private readonly options: NodeOptions,
  ) {
    const { workspace, files, owned, environments, texts } = sources;
    const read = (path: string) => texts.read(workspace.root, path);
    this.#folders = packageFolders(workspace);
    this.#links = new Links(workspace.root, files);
    this.#root = rootPackage(workspace, owned, texts);
    this.#pytestFiles = new PytestFiles(files, read);
    this.#testSettings = new TestSettings(environments, read);
    this.#publishedBefore = publishOrder(workspace.packages);
    this.#recipes = recipesByPackage(workspace, files.paths);
    const pins = uvConstraints(workspace.root, texts);
    this.#buildPins = pins && buildPinsNode(pins);
    this.#scripts = hashedScripts(workspace.root);
    this.#areWritten = new Set([...workspace.packages.values()].flatMap((pkg) => this.#pinnedBy(pkg)));
    this.#behindLocks = this.#filesBehindLocks();
  }

  /** @returns beside the manifest that the package comes from */
  of(pkg: Package): readonly [file: string, result: CreateNodesResult] {
    const { files, owned } = this.sources;
    const own = owned.get(pkg.root) ?? [];
    const nodes = this.#ownNodes(pkg);
    const globs = artifactGlobs(pkg, own);
    const artifacts = globs.length === 0 ? undefined : programInput(this.#scripts.artifacts, [pkg.root, ...globs]);
    const project: ProjectConfiguration = {
      root: pkg.root,
      name: pkg.project,
      projectType: 'library',
      tags: pkg.manifest.isPrivate ? ['python'] : ['python', PUBLISHABLE_TAG],
      metadata: { technologies: ['python'], ...description(pkg) },
      release: { version: releaseVersion(pkg) },
      namedInputs: {
        ...namedInputs(pkg, files, this.#links, this.#folders, this.#root, artifacts, this.#scripts.outside),
        ...toolchainInputs(pkg, this.#scripts.fingerprint),
      },
      targets: packageTargets(this.#targetFacts(pkg, artifacts !== undefined, nodes)),
    };
    const externalNodes = this.#externalNodes(pkg, nodes);
    return [pkg.manifestFiles[0] ?? `${pkg.root}/pyproject.toml`, { projects: { [pkg.root]: project }, externalNodes }];
  }

  #targetFacts(pkg: Package, hasArtifacts: boolean, { executables, testSettings }: OwnNodes): TargetFacts {
    const { workspace, files, owned } = this.sources;
    const { packages } = workspace;
    const toldApart = this.#toldApart(pkg);
    const projects = (roots: readonly string[]) => roots.map((root) => packages.get(root)?.project ?? root);
    return {
      names: this.options.names,
      project: pkg.project,
      projectRoot: pkg.root,
      repositoryState: pkg.manifest.asksRepository
        ? programInput(this.#scripts.repository, repositoryOf(pkg, files))
        : undefined,
      hasArtifacts,
      executables: executables?.name,
      buildPins: this.#buildPins && { node: this.#buildPins.name, file: UV_FILE },
      makesDists: pkg.manifest.virtual === undefined,
      statesVersion: statedValue(pkg.manifest.version) !== undefined,
      siblingPins: this.#pinsOf(pkg),
      pinned: this.#pinnedBy(pkg).map((sibling) => ({
        project: sibling.project,
        versionNode: versionNode(sibling)?.name,
      })),
      isPrivate: pkg.manifest.isPrivate,
      hasTests: owned.get(pkg.root)?.some(isTestFile) === true,
      testConfiguration: this.#pytestFiles
        .above(pkg)
        .filter((path) => !toldApart.includes(path))
        .map((path) => `{workspaceRoot}/${path}`),
      testSettings: testSettings?.name,
      buildSiblings: projects(buildSiblings(pkg, packages)),
      builtFirst: projects(builtFirst(pkg, packages)),
      testSiblings: projects(testSiblings(pkg, packages)),
      publishSiblings: projects(lastOf(this.#publishedFirst(pkg), this.#publishedBefore)),
      conda: this.#condaFacts(pkg),
      locked: this.#lockFacts(pkg),
    };
  }

  #pinsOf(pkg: Package): string {
    return packageSettings(pkg).siblingPins ?? this.options.siblingPins;
  }

  /** The siblings whose versions are written into the package's dists. */
  #pinnedBy(pkg: Package): readonly Package[] {
    return this.#pinsOf(pkg) === 'as-declared' ? [] : pinnedSiblings(pkg, this.sources.workspace);
  }

  /** The folders of the siblings that have to be on an index before. */
  #publishedFirst(pkg: Package): readonly string[] {
    const { packages } = this.sources.workspace;
    const before = this.#publishedBefore.get(pkg.root) ?? [];
    return before.filter((root) => packages.get(root)?.manifest.isPrivate === false);
  }

  #condaFacts(pkg: Package): TargetFacts['conda'] {
    if (!this.#isForConda(pkg)) return undefined;
    const { packages } = this.sources.workspace;
    const siblings = this.#publishedFirst(pkg).flatMap((root) => packages.get(root) ?? []);
    return {
      manifests: [pkg, ...siblings].flatMap(({ manifestFiles }) => manifestFiles),
      recipes: this.#recipes.get(pkg.root) ?? [],
      siblings: siblings.filter((sibling) => this.#isForConda(sibling)).map(({ project }) => project),
      versionScript: this.#scripts.version,
    };
  }

  #isForConda(pkg: Package): boolean {
    return this.options.condaForAll || this.#recipes.has(pkg.root) || hasCondaTable(pkg);
  }

  #lockFacts(pkg: Package): TargetFacts['locked'] {
    const { workspace, closures } = this.sources;
    const locked = closures.get(pkg.root);
    const ofTests = locked?.closures.find(({ purpose }) => purpose === 'test');
    if (locked === undefined || ofTests === undefined) return undefined;
    const anchor = firstUnder(locked, closures);
    return {
      files: [...(this.#behindLocks.get(locked.lock) ?? [])],
      closure: ofTests.node,
      anchor: workspace.packages.get(anchor)?.project ?? anchor,
    };
  }

  #filesBehindLocks(): ReadonlyMap<string, ReadonlySet<string>> {
    const found = new Map<string, Set<string>>();
    for (const [root, { lock, lockFiles }] of this.sources.closures) {
      const files = found.get(lock) ?? new Set(this.#buildPins === undefined ? [] : [UV_FILE]);
      const pkg = this.sources.workspace.packages.get(root);
      for (const file of [...lockFiles, ...(pkg === undefined ? [] : this.#toldApart(pkg))]) files.add(file);
      found.set(lock, files);
    }
    return found;
  }

  /**
   * The manifests above a package that say something to its tests, and much else: a digest of what they say is hashed, and they select
   * through the lock anchor, where there is one.
   */
  #toldApart(pkg: Package): readonly string[] {
    if (this.options.names.lock === false || !this.sources.closures.has(pkg.root)) return [];
    return this.#pytestFiles.above(pkg).filter((path) => this.#testSettings.areIn(path));
  }

  #ownNodes(pkg: Package): OwnNodes {
    const { files, owned } = this.sources;
    const executables = executablesDigest(pkg, files, this.#links, this.#folders, owned.get(pkg.root) ?? []);
    const manifests = this.#toldApart(pkg);
    return {
      executables: executables === undefined ? undefined : executablesNode(pkg, executables),
      testSettings:
        manifests.length === 0 ? undefined : testSettingsNode(pkg, this.#testSettings.digestOf(pkg, manifests)),
    };
  }

  #externalNodes(pkg: Package, { executables, testSettings }: OwnNodes): ExternalNodes {
    const closures = this.sources.closures.get(pkg.root)?.closures ?? [];
    const version = this.#areWritten.has(pkg) ? versionNode(pkg) : undefined;
    const nodes = [...closures.map(closureNode), version, executables, testSettings, this.#buildPins];
    return Object.fromEntries(nodes.filter((node) => node !== undefined).map((node) => [node.name, node]));
  }
}

/** External nodes that stand for something of one package, where there is that. */
interface OwnNodes {
  readonly executables: ExternalNode | undefined;
  readonly testSettings: ExternalNode | undefined;
}

/** The programs whose output belongs to hashes, relative to the workspace root. */
function hashedScripts(workspaceRoot: string) {
  const inWorkspace = (...path: string[]) =>
    relative(workspaceRoot, join(__dirname, '..', ...path))
      .split(sep)
      .join('/');
  return {
    fingerprint: inWorkspace('toolchain', 'fingerprint.js'),
    version: inWorkspace('toolchain', 'plugin-version.js'),
    repository: inWorkspace('build', 'repository-fingerprint.js'),
    artifacts: inWorkspace('build', 'artifacts-fingerprint.js'),
    outside: inWorkspace('build', 'outside-fingerprint.js'),
  };
}

/** @returns the submodule, or other repository inside of the workspace's, that a package lies in; nothing for the workspace's own */
function repositoryOf({ root }: Package, { repositories }: WorkspaceFiles): string[] {
  const around = repositories.filter((folder) => root === folder || root.startsWith(`${folder}/`));
  return around.sort((one, other) => other.length - one.length).slice(0, 1);
}

/**
 * Each package says itself who versions it, so that the npm packages of a repository keep their own way. A version that no file
 * states comes from the tags.
 */
function releaseVersion({ manifest }: Package): NonNullable<NonNullable<ProjectConfiguration['release']>['version']> {
  const versionActions = 'nx-wheelhouse/release/version-actions';
  return manifest.version.kind === 'dynamic'
    ? { versionActions, currentVersionResolver: 'git-tag' }
    : { versionActions };
}

/** The first package under the same lock. */
function firstUnder({ lock }: PackageClosures, closures: ReadonlyMap<string, PackageClosures>): string {
  for (const [root, other] of closures) if (other.lock === lock) return root;
  return '.';
}

function description({ manifest }: Package): { description?: string } {
  const text = statedValue(manifest.description);
  return text === undefined ? {} : { description: text };
}
