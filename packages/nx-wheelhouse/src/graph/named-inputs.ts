/** The named inputs that every package contributes: which of its files belong to its modules, its dists, its tests. */
import type { TargetConfiguration } from '@nx/devkit';
import type { WorkspaceFiles } from '../workspace/files.js';
import { nestedPackages, outsideFiles, ownFiles } from '../workspace/ownership.js';
import type { Package } from '../workspace/workspace.js';

/** One entry of a target's inputs. */
export type Input = NonNullable<TargetConfiguration['inputs']>[number];

/** What dependents see of a package: its modules, its data files, its manifest. */
export const SOURCES = 'pythonSources';
/** What its dists are made of: the sources, and the readme, licence and other files that its sdist carries. */
export const DISTRIBUTION = 'pythonDistribution';
/** What its tests are made of, beside the sources. */
export const TESTS = 'pythonTests';

const TEST_FOLDERS = ['tests', 'test'];
const TEST_PATTERNS = [...TEST_FOLDERS.map((folder) => `${folder}/**/*`), 'test_*.py', '*_test.py', 'conftest.py'];
const TEST_CONFIGURATION = ['pytest.ini', '.pytest.ini', 'tox.ini', '.coveragerc'];
const TEST_FILE = /^((tests?\/.*)|([^/]*\/)*(test_[^/]*|[^/]*_test)\.py)$/;
/** Words for people, which neither modules nor tests read. */
const DOCUMENTS = [
  'README*',
  'CHANGELOG*',
  'CHANGES*',
  'HISTORY*',
  'NEWS*',
  'LICEN[CS]E*',
  'COPYING*',
  'NOTICE*',
  'AUTHORS*',
  'CONTRIBUTING*',
  'docs/**/*',
];
/** Locks are hashed by the closures that are read from them, not by their bytes. */
const LOCKS = ['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock*.toml'];

/**
 * @param files all files of the workspace, for the links that lead out of the package's folder
 * @param packageFolders the folders of all packages, for those that lie inside this one's
 */
export function namedInputs(
  pkg: Package,
  files: WorkspaceFiles,
  packageFolders: readonly string[],
): Record<string, Input[]> {
  const nested = nestedPackages(pkg.root, packageFolders).map((folder) => `!{projectRoot}/${folder}/**/*`);
  const everything = ['{projectRoot}/**/*', '!{projectRoot}/dist/**/*', ...nested];
  const outside = outsideFiles(pkg, files);
  const named = outside.named.map((file) => `{workspaceRoot}/${file}`);
  const linked = outside.linked.flatMap((path) => [`{workspaceRoot}/${path}`, `{workspaceRoot}/${path}/**/*`]);
  const sources = [...everything, ...except(TEST_PATTERNS), ...except(DOCUMENTS), ...except(LOCKS), ...linked];
  const documentsInDist = pkg.manifest.namedFiles.filter((file) => !file.startsWith('..')).map(inProject);
  return {
    [SOURCES]: sources,
    [DISTRIBUTION]:
      pkg.manifest.sdistContent === 'tree'
        ? [...everything, ...linked, ...named]
        : [...sources, ...DOCUMENTS.slice(0, -1).map(inProject), ...documentsInDist, ...named],
    [TESTS]: [...TEST_PATTERNS, ...TEST_CONFIGURATION].map(inProject),
  };
}

/** Whether a package has test files, so that a target that runs them makes sense. */
export function hasTests(pkg: Package, files: WorkspaceFiles, packageFolders: readonly string[]): boolean {
  return ownFiles(pkg, files, packageFolders).some((path) => path.endsWith('.py') && TEST_FILE.test(path));
}

function except(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => `!{projectRoot}/${pattern}`);
}

function inProject(pattern: string): string {
  return `{projectRoot}/${pattern}`;
}
