/** The model of the workspace as Nx projects: names, targets, named inputs, external nodes. */
import { join, relative, sep } from 'node:path';
import type { CreateNodesResult, ProjectConfiguration } from '@nx/devkit';
import { CONSTRAINTS_FILE, constraintsFile } from '../build/build-constraints.js';
import { pinnedSiblings, type SiblingPins } from '../build/sibling-pins.js';
import { recipesByPackage } from '../conda/recipe-files.js';
import { hasCondaTable } from '../conda/settings.js';
import { artifactGlobs } from '../workspace/artifacts.js';
import { builtFirst } from '../workspace/circles.js';
import { buildSiblings, testSiblings } from '../workspace/closures.js';
import type { WorkspaceFiles } from '../workspace/files.js';
import type { KeptTexts } from '../workspace/kept/kept-texts.js';
import { Links } from '../workspace/links.js';
import type { LockedClosure, PackageClosures } from '../workspace/locks/locked-closures.js';
import { packageFolders } from '../workspace/ownership.js';
import { packageSettings } from '../workspace/package-settings.js';
import { lastOf, publishOrder } from '../workspace/publish-order.js';
import { PytestFiles } from '../workspace/pytest-files.js';
import { rootPackage } from '../workspace/root-package.js';
import { isTestFile } from '../workspace/test-files.js';
import { type BrokenPackage, type Package, statedValue, type Workspace } from '../workspace/workspace.js';
import { namedInputs } from './named-inputs.js';
import type { TargetNames } from './options.js';
import { PUBLISHABLE_TAG } from './publishable-tag.js';
import { packageTargets, type TargetFacts } from './targets.js';
import { programInput, toolchainInputs } from './toolchain-inputs.js';

/**
 * @param owned the files of each package, see `filesByPackage`
 * @param texts what earlier graphs of the same workspace have left
 * @returns one result per package, each beside the manifest it comes from
 */
export function projectNodes(
  workspace: Workspace,
  files: WorkspaceFiles,
  owned: ReadonlyMap<string, readonly string[]>,
  closures: ReadonlyMap<string, PackageClosures>,
  names: TargetNames,
  defaultPins: SiblingPins,
  everyPackageToConda: boolean,
  texts: KeptTexts,
): (readonly [file: string, result: CreateNodesResult])[] {
  const packages = [...workspace.packages.values()];
  const folders = packageFolders(workspace);
  const links = new Links(workspace.root, files);
  const root = rootPackage(workspace, owned, texts);
  const pytestFiles = new PytestFiles(files, (path) => texts.read(workspace.root, path));
  const before = publishOrder(workspace.packages);
  const scripts = hashedScripts(workspace.root);
  // The file by its name even where there is none yet: making it must not need another reading of the manifests.
  const constraintsFiles = [...new Set([CONSTRAINTS_FILE, constraintsFile(workspace.root, texts) ?? CONSTRAINTS_FILE])];
  const projectOf = (root: string) => workspace.packages.get(root)?.project ?? root;
  const isPublished = (root: string) => workspace.packages.get(root)?.manifest.isPrivate === false;
  const pinsOf = new Map(packages.map((pkg) => [pkg.root, packageSettings(pkg).siblingPins]));
  const pinnedBy = (pkg: Package) =>
    (pinsOf.get(pkg.root) ?? defaultPins) === 'as-declared' ? [] : pinnedSiblings(pkg, workspace);
  /** packages whose versions stand in the dists of others */
  const areWritten = new Set(packages.flatMap(pinnedBy));

  const recipes = recipesByPackage(workspace, files.paths);
  const isForConda = (pkg: Package) => everyPackageToConda || recipes.has(pkg.root) || hasCondaTable(pkg);
  const publishedBefore = (pkg: Package) => (before.get(pkg.root) ?? []).filter(isPublished);
  const condaFacts = (pkg: Package): TargetFacts['conda'] => {
    if (!isForConda(pkg)) return undefined;
    const siblings = publishedBefore(pkg).flatMap((root) => workspace.packages.get(root) ?? []);
    return {
      manifests: [pkg, ...siblings].flatMap(({ manifestFiles }) => manifestFiles),
      recipes: recipes.get(pkg.root) ?? [],
      siblings: siblings.filter(isForConda).map(({ project }) => project),
      versionScript: scripts.version,
    };
  };

  const packageNode = (pkg: Package): readonly [string, CreateNodesResult] => {
    const locked = closures.get(pkg.root);
    const ofTests = locked?.closures.find(({ purpose }) => purpose === 'test');
    const pins = pinsOf.get(pkg.root) ?? defaultPins;
    const globs = artifactGlobs(pkg, owned.get(pkg.root) ?? []);
    const artifacts = globs.length === 0 ? undefined : programInput(scripts.artifacts, [pkg.root, ...globs]);
    const project: ProjectConfiguration = {
      root: pkg.root,
      name: pkg.project,
      projectType: 'library',
      tags: pkg.manifest.isPrivate ? ['python'] : ['python', PUBLISHABLE_TAG],
      metadata: { technologies: ['python'], ...description(pkg) },
      release: { version: releaseVersion(pkg) },
      namedInputs: {
        ...namedInputs(pkg, files, links, folders, root, artifacts, scripts.outside),
        ...toolchainInputs(pkg, scripts.fingerprint, constraintsFiles),
      },
      targets: packageTargets({
        names,
        project: pkg.project,
        projectRoot: pkg.root,
        repositoryState: pkg.manifest.asksRepository
          ? programInput(scripts.repository, repositoryOf(pkg, files))
          : undefined,
        hasArtifacts: artifacts !== undefined,
        makesDists: pkg.manifest.virtual === undefined,
        statesVersion: statedValue(pkg.manifest.version) !== undefined,
        siblingPins: pins,
        pinned: pinnedBy(pkg).map((sibling) => ({ project: sibling.project, versionNode: versionNode(sibling)?.name })),
        isPrivate: pkg.manifest.isPrivate,
        hasTests: owned.get(pkg.root)?.some(isTestFile) === true,
        testConfiguration: pytestFiles.above(pkg).map((path) => `{workspaceRoot}/${path}`),
        buildSiblings: buildSiblings(pkg, workspace.packages).map(projectOf),
        builtFirst: builtFirst(pkg, workspace.packages).map(projectOf),
        testSiblings: testSiblings(pkg, workspace.packages).map(projectOf),
        publishSiblings: lastOf(publishedBefore(pkg), before).map(projectOf),
        conda: condaFacts(pkg),
        locked: locked &&
          ofTests && {
            files: locked.lockFiles,
            closure: ofTests.node,
            anchor: projectOf(anchorOf(locked, closures)),
          },
      }),
    };
    const version = areWritten.has(pkg) ? versionNode(pkg) : undefined;
    const externalNodes = {
      ...Object.fromEntries((locked?.closures ?? []).map((one) => [one.node, externalNode(one)])),
      ...(version && { [version.name]: version }),
    };
    return [pkg.manifestFiles[0] ?? `${pkg.root}/pyproject.toml`, { projects: { [pkg.root]: project }, externalNodes }];
  };

  return [...packages.map(packageNode), ...[...workspace.broken.values()].map((broken) => brokenNode(broken, names))];
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

/** The first package under a lock. */
function anchorOf({ lock }: PackageClosures, closures: ReadonlyMap<string, PackageClosures>): string {
  for (const [root, other] of closures) if (other.lock === lock) return root;
  return '.';
}

function externalNode({ node, digest }: LockedClosure) {
  // Never an npm-looking packageName: Nx would take a bump of that npm package for one of this node.
  return { type: 'pypi', name: node, data: { version: digest.slice(0, 12), packageName: node, hash: digest } };
}

/** What a dependent that pins this package has to be built anew for; none where only a build tells the version. */
function versionNode({ project, manifest }: Package) {
  const version = statedValue(manifest.version);
  if (version === undefined) return undefined;
  const name = `pypi:${project}#version`;
  return { type: 'pypi', name, data: { version, packageName: name, hash: version } };
}

function description({ manifest }: Package): { description?: string } {
  const text = statedValue(manifest.description);
  return text === undefined ? {} : { description: text };
}

/** A package whose manifest cannot be read keeps its project: its targets say what is wrong, the other projects go on. */
function brokenNode(broken: BrokenPackage, names: TargetNames): readonly [string, CreateNodesResult] {
  const target = { executor: 'nx-wheelhouse:broken-manifest', cache: false, inputs: [{ externalDependencies: [] }] };
  const targets = [names.build, names.test, names.publish].filter((name) => name !== false);
  const project: ProjectConfiguration = {
    root: broken.root,
    name: broken.project,
    tags: ['python'],
    metadata: { technologies: ['python'] },
    targets: Object.fromEntries(targets.map((name) => [name, target])),
  };
  return [broken.file, { projects: { [broken.root]: project } }];
}
