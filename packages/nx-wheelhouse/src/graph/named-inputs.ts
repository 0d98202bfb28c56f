/** The named inputs that every package contributes: which of its files belong to its modules, its dists, its tests. */
import type { TargetConfiguration } from '@nx/devkit';
import { reachesBuilds } from '../toolchain/child-environment.js';
import type { WorkspaceFiles } from '../workspace/files.js';
import type { Links } from '../workspace/links.js';
import { foreignFiles, nestedPackages } from '../workspace/ownership.js';
import type { RootPackage } from '../workspace/root-package.js';
import { DOCUMENT_NAMES } from '../workspace/test-files.js';
import { type Package, pathIn } from '../workspace/workspace.js';
import { programInput } from './toolchain-inputs.js';

/** One entry of a target's inputs. */
export type Input = NonNullable<TargetConfiguration['inputs']>[number];

/** What dependents see of a package: its modules, its data files, its manifest. */
export const SOURCES = 'pythonSources';
/** What its dists are made of: the sources, and the readme, licence and other files that its sdist carries. */
export const DISTRIBUTION = 'pythonDistribution';
/** What its own tests run with: its sources and its test files. */
export const TESTS = 'pythonTests';

// Few patterns with alternatives in place of many: Nx carries all of them about for every package.
const TEST_PATTERNS = ['{tests,test}/**/*', '{test_*,*_test,conftest}.py'];
/** Words for people, which neither modules nor tests read. */
const TOP_DOCUMENTS = `{${DOCUMENT_NAMES.join(',')}}*`;
const DOCUMENTS = [TOP_DOCUMENTS, 'docs/**/*'];
/** Locks are hashed by the closures that are read from them, not by their bytes. */
const LOCKS = '{uv.lock,poetry.lock,pdm.lock,pylock.toml}';

/**
 * @param files all files of the workspace, for what the package takes from outside of its folder
 * @param links follows those of the workspace
 * @param packageFolders the folders of all packages, for those that lie inside this one's
 * @param root the package at the root where it contains the others, see `rootPackage`
 * @param artifacts the command that tells what the package takes in of files that git ignores; `undefined` where it takes none
 * @param outsideScript the program that tells what lies outside of the workspace, relative to its root
 */
export function namedInputs(
  pkg: Package,
  files: WorkspaceFiles,
  links: Links,
  packageFolders: readonly string[],
  root: RootPackage | undefined,
  artifacts: string | undefined,
  outsideScript: string,
): Record<string, Input[]> {
  const nested = nestedPackages(pkg.root, packageFolders);
  const own = pkg === root?.pkg ? ownPatterns(root) : ['**/*'];
  const everything = [
    ...own.map((pattern) => `{projectRoot}/${pattern}`),
    ...except(['dist/**/*', ...nested.map((folder) => `${folder}/**/*`)]),
  ];
  const readable = pkg.manifest.mayReadAnyFile && nested.length > 0 ? everyFile(pkg, nested) : everything;
  const foreign = foreignFiles(pkg, files, packageFolders);
  const named = [
    ...foreign.named.map((file) => `{workspaceRoot}/${file}`),
    ...foreign.folders.map((folder) => `{workspaceRoot}/${pathIn(folder, '**/*')}`),
  ];
  const targets = links.targetsOf(foreign.links);
  const elsewhere = targets.inside.filter((path) => !isOwn(pkg, nested, path));
  const linked = [
    ...elsewhere.flatMap((path) => [`{workspaceRoot}/${path}`, `{workspaceRoot}/${path}/**/*`]),
    ...outside(targets.outside, outsideScript),
    ...(artifacts === undefined ? [] : [{ runtime: artifacts }]),
  ];
  const { ofScripts, ofBackend } = pkg.manifest.environment;
  // Nx takes what one pattern excludes for excluded, whatever another includes: so each input is a list of its own.
  return {
    [TESTS]: [...everything, ...except([...DOCUMENTS, LOCKS]), ...linked, ...variables(ofScripts)],
    [SOURCES]: [TESTS, ...except(TEST_PATTERNS)],
    [DISTRIBUTION]: [
      ...readable,
      ...except(notInSdist(pkg)),
      ...linked,
      ...named,
      ...outside(foreign.above, outsideScript),
      ...variables([...new Set([...ofScripts, ...ofBackend])]),
    ],
  };
}

function isOwn({ root }: Package, nested: readonly string[], path: string): boolean {
  const isBelow = (folder: string) => folder === '.' || path === folder || path.startsWith(`${folder}/`);
  return isBelow(root) && !nested.some((folder) => isBelow(pathIn(root, folder)));
}

/** Nx hashes no files that are not in the workspace. */
function outside(paths: readonly string[], script: string): Input[] {
  return paths.length === 0 ? [] : [{ runtime: programInput(script, paths) }];
}

/** Also those of packages inside of this one, which to Nx are files of other projects. */
function everyFile({ root }: Package, nested: readonly string[]): string[] {
  const folders = [root, ...nested.map((folder) => pathIn(root, folder))];
  return [
    `{workspaceRoot}/${pathIn(root, '**/*')}`,
    ...folders.map((folder) => `!{workspaceRoot}/${pathIn(folder, 'dist/**/*')}`),
  ];
}

/** What no dist of the package carries, by its backend's habit. */
function notInSdist({ manifest }: Package): string[] {
  if (manifest.sdistContent === 'tree') return [];
  const named = manifest.namedFiles.some((file) => file.startsWith('docs/')) ? [] : ['docs/**/*'];
  return [...TEST_PATTERNS, LOCKS, ...named];
}

function except(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => `!{projectRoot}/${pattern}`);
}

function variables(names: readonly string[]): Input[] {
  return names.filter(reachesBuilds).map((env) => ({ env }));
}

/** By name and not by what is left out, so that whatever else comes to lie at the root changes nothing. */
function ownPatterns({ folders, files }: RootPackage): string[] {
  return ['*.{py,pyi}', TOP_DOCUMENTS, ...folders.map((folder) => `${folder}/**/*`), ...files];
}
