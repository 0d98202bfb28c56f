/** What of the root's folder is the root package's, where other packages lie in it. */
import { spawnSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { folderWith, project, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { listFiles } from './files.js';
import { filesByPackage } from './ownership.js';
import { isOfRootPackage, rootPackage } from './root-package.js';

afterAll(removeFolders);

const SETUPTOOLS = '[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n';
const REPOSITORY = {
  'libs/alpha/pyproject.toml': project('alpha'),
  'libs/README.md': '',
  '.github/workflows/ci.yml': '',
  '.github/release.py': '',
  'RELEASING.md': '',
  'charts/values.yaml': '',
  'data/one.json': '',
  'whole/whole.json': '',
  'whole/__init__.py': '',
  'tests/test_whole.py': 'OPEN = open("data/one.json")\n',
  'tox.ini': '[tox]\n',
  'pytest.ini': '',
  'assets/logo.svg': '',
};

/** The files at the root that are its package's; `undefined` where all are. */
function owned(files: Readonly<Record<string, string>>, withGit = true): readonly string[] | undefined {
  const folder = folderWith({ ...REPOSITORY, ...files });
  if (withGit) spawnSync('git', ['init', '--quiet', folder]);
  const workspace = workspaceIn(folder);
  const listed = listFiles(folder);
  const root = rootPackage(workspace, filesByPackage(workspace, listed));
  return root && listed.paths.filter((path) => !path.startsWith('libs/alpha/') && isOfRootPackage(root, path));
}

test('Python, manifests, settings of pytest, and what its own code names; not what the repository needs besides', () => {
  expect(owned({ 'pyproject.toml': project('whole', {}, SETUPTOOLS) })).toEqual([
    'data/one.json',
    'pyproject.toml',
    'pytest.ini',
    'tests/test_whole.py',
    'whole/__init__.py',
    'whole/whole.json',
  ]);
});

test('and what manifests take into its dists', () => {
  const files = owned({
    'pyproject.toml': project('whole', { readme: 'RELEASING.md' }, SETUPTOOLS),
    'MANIFEST.in': 'graft charts\n',
  });
  expect(files).toContain('charts/values.yaml');
  expect(files).toContain('RELEASING.md');
  expect(files).not.toContain('assets/logo.svg');
});

test('and what plugins of the backend read without being told', () => {
  const backend =
    '[build-system]\nrequires = ["hatchling", "hatch-nodejs-version"]\nbuild-backend = "hatchling.build"\n';
  const files = { 'pyproject.toml': project('whole', {}, backend), 'package.json': '{}' };
  expect(owned(files)).toContain('package.json');
  expect(owned({ ...files, 'pyproject.toml': project('whole', {}, SETUPTOOLS) })).not.toContain('package.json');
});

test('a virtual root owns no more', () => {
  expect(owned({ 'pyproject.toml': project('whole', {}, '[tool.uv]\npackage = false\n') })).not.toContain(
    'charts/values.yaml',
  );
});

test('all of it, where a compiler, a backend of its own, or a folder without git could take anything', () => {
  const compiled = SETUPTOOLS.replace('setuptools.build_meta', 'maturin');
  const ownBackend = `${SETUPTOOLS}backend-path = ["."]\n`;
  expect(owned({ 'pyproject.toml': project('whole', {}, compiled) })).toBeUndefined();
  expect(owned({ 'pyproject.toml': project('whole', {}, ownBackend) })).toBeUndefined();
  expect(owned({ 'pyproject.toml': project('whole', {}, SETUPTOOLS) }, false)).toBeUndefined();
});
