/** `nx release` for Python packages: what Nx asks of a package that it versions. Every package of the graph names this module itself. */
import { dirname, sep } from 'node:path';
import { logger, type ProjectGraph, type Tree } from '@nx/devkit';
import {
  formatSpecifierSet,
  formatVersion,
  type NormalizedName,
  normalizeName,
  type PackageManifest,
  setManifestVersion,
} from '@nx-wheelhouse/python-packaging';
import { type AfterAllProjectsVersioned, VersionActions } from 'nx/release';
import { describeError, UserError } from '../errors/user-error.js';
import { MANIFEST_FILES } from '../workspace/manifest-files.js';
import { pathIn, statedValue } from '../workspace/workspace.js';
import { type IndexOptions, newestOnIndex } from './index-version.js';
import { canonicalPreid, pythonVersion, readSpecifier, versionForNx } from './nx-versions.js';
import { refreshUvLocks } from './refresh-locks.js';
import { type Collection, followSibling, requirementsOn } from './sibling-requirements.js';
import { TreeFolder } from './tree-folder.js';

type NewVersion = ReturnType<VersionActions['calculateNewVersion']>;

export class PythonVersionActions extends VersionActions {
  override validManifestFilenames: string[] = [...MANIFEST_FILES];

  // Each edit keeps the bytes around it.
  override excludeManifestsFromFormatting = true;

  /** Nx takes the first of the file names whether it is there or not; a package need not have a pyproject.toml. */
  override async init(tree: Tree): Promise<void> {
    const present = MANIFEST_FILES.filter((file) => tree.exists(pathIn(this.#root, file)));
    if (present.length > 0) this.validManifestFilenames = present;
    await super.init(tree);
  }

  override async readCurrentVersionFromSourceManifest(
    tree: Tree,
  ): Promise<{ currentVersion: string; manifestPath: string } | null> {
    const folder = new TreeFolder(tree, this.#root);
    const version = folder.manifest()?.version;
    if (version?.kind === 'static') {
      return { currentVersion: versionForNx(version.value), manifestPath: pathIn(this.#root, version.at.file) };
    }
    if (version?.kind !== 'dynamic') return null;
    const manifestPath = pathIn(this.#root, version.at.file);
    // A first release of a package whose version comes from tags, and there is none yet.
    if (this.finalConfigForProject.currentVersionResolver !== 'disk') return { currentVersion: '0.0.0', manifestPath };
    // Nx replaces what is thrown here by a text of its own.
    logger.error(
      describeError(
        new UserError(
          `The version stands nowhere: ${version.reason}.`,
          { project: this.projectGraphNode.name, file: manifestPath, line: version.at.line },
          'let Nx take it from the tags: release.version.currentVersionResolver "git-tag"',
        ),
      ),
    );
    return null;
  }

  override async readCurrentVersionFromRegistry(
    tree: Tree,
    metadata: IndexOptions | undefined,
  ): Promise<{ currentVersion: string | null; logText: string }> {
    try {
      const name = nameOf(new TreeFolder(tree, this.#root).manifest(), this.projectGraphNode.name);
      const { version, repository } = await newestOnIndex(tree.root, name, metadata ?? {});
      return {
        currentVersion: version === undefined ? null : versionForNx(version),
        logText: `repository ${repository}`,
      };
    } catch (error) {
      // Nx swallows it, and says only that there is no version.
      logger.error(describeError(error));
      throw error;
    }
  }

  override async readCurrentVersionOfDependency(
    tree: Tree,
    graph: ProjectGraph,
    dependency: string,
  ): Promise<{ currentVersion: string | null; dependencyCollection: string | null }> {
    const manifest = new TreeFolder(tree, this.#root).manifest();
    const [found] = manifest === undefined ? [] : requirementsOn(manifest, siblingName(tree, graph, dependency));
    const source = found?.declared.requirement.source;
    if (found === undefined || source?.kind !== 'index') return { currentVersion: null, dependencyCollection: null };
    return { currentVersion: formatSpecifierSet(source.specifiers), dependencyCollection: found.collection };
  }

  /** Versions may be given as PEP 440 or as SemVer; what comes out is SemVer that PEP 440 can say. */
  override async calculateNewVersion(
    current: string | null,
    input: string,
    reason: string,
    reasonData: Record<string, unknown>,
    preid: string,
  ): NewVersion {
    const project = this.projectGraphNode.name;
    const specifier = readSpecifier(input, project);
    // A version that is given depends on none before it, though Nx would check one.
    if (specifier.kind === 'version')
      return super.calculateNewVersion('0.0.0', specifier.semver, reason, reasonData, preid);
    if (current !== null && !/^\d+\.\d+\.\d+(?:[-+]|$)/.test(current)) {
      throw new UserError(
        `Nx counts in SemVer and cannot take a "${input}" step from the version ${current}.`,
        { project },
        'give the new version itself: nx release version 1.2.3',
      );
    }
    const next = await super.calculateNewVersion(current, input, reason, reasonData, canonicalPreid(preid));
    pythonVersion(next.newVersion, project);
    return next;
  }

  override async updateProjectVersion(tree: Tree, newVersion: string): Promise<string[]> {
    const version = formatVersion(pythonVersion(newVersion, this.projectGraphNode.name));
    return this.#folders(tree).map((folder) => this.#writeVersion(folder, version));
  }

  override async updateProjectDependencies(
    tree: Tree,
    graph: ProjectGraph,
    dependenciesToUpdate: Record<string, string>,
  ): Promise<string[]> {
    const project = this.projectGraphNode.name;
    const { preserveMatchingDependencyRanges: preserved } = this.finalConfigForProject;
    const keepsMatching = (collection: Collection) =>
      Array.isArray(preserved) ? preserved.includes(collection) : preserved !== false;
    return Object.entries(dependenciesToUpdate).flatMap(([dependency, prefixed]) => {
      const name = siblingName(tree, graph, dependency);
      // Operators stay as they are written: Nx's prefix has no meaning here.
      const version = pythonVersion(prefixed.replace(/^[~^=]+/, ''), dependency);
      const changes = this.#folders(tree).flatMap((folder) =>
        followSibling(folder, project, { name, version }, keepsMatching),
      );
      return changes.map((change) => `✍️  ${change}`);
    });
  }

  get #root(): string {
    return this.projectGraphNode.data.root;
  }

  /** The package's own, or those that `release.version.manifestRootsToUpdate` names. */
  #folders(tree: Tree): readonly TreeFolder[] {
    return this.manifestsToUpdate.map(
      ({ manifestPath }) => new TreeFolder(tree, dirname(manifestPath).split(sep).join('/')),
    );
  }

  #writeVersion(folder: TreeFolder, version: string): string {
    const stated = folder.manifest()?.version;
    if (stated?.kind === 'dynamic') {
      return `⏭️  Nothing to write for ${version}: ${stated.reason} (${pathIn(folder.folder, stated.at.file)}); the build takes it from there`;
    }
    const edit = setManifestVersion(folder, version);
    if (edit === undefined) throw this.#unwritable(folder, version, stated);
    folder.write(edit);
    return `✍️  New version ${version} written to manifest: ${pathIn(folder.folder, edit.file)}`;
  }

  #unwritable(folder: TreeFolder, version: string, stated: PackageManifest['version'] | undefined): UserError {
    const at = stated === undefined || stated.kind === 'absent' ? undefined : stated.at;
    return new UserError(
      `The version ${version} cannot be written: ${at === undefined ? 'the manifest states none' : 'it does not stand in one place in so many words'}.`,
      {
        project: this.projectGraphNode.name,
        file: pathIn(folder.folder, at?.file ?? this.validManifestFilenames[0] ?? ''),
        line: at?.line,
      },
      'state the version there as a literal text',
    );
  }
}

/** Nx calls it once, when everything is written; a dry run has written nothing, so no lock is out of date. */
export const afterAllProjectsVersioned: AfterAllProjectsVersioned = async (
  workspaceRoot,
  { dryRun, rootVersionActionsOptions },
) => {
  const isLeftOut = dryRun === true || rootVersionActionsOptions?.skipLockFileUpdate === true;
  return { changedFiles: isLeftOut ? [] : [...(await refreshUvLocks(workspaceRoot))], deletedFiles: [] };
};

function siblingName(tree: Tree, graph: ProjectGraph, project: string): NormalizedName {
  const root = graph.nodes[project]?.data.root;
  return nameOf(root === undefined ? undefined : new TreeFolder(tree, root).manifest(), project);
}

function nameOf(manifest: PackageManifest | undefined, project: string): NormalizedName {
  return normalizeName((manifest && statedValue(manifest.name)) ?? project);
}
