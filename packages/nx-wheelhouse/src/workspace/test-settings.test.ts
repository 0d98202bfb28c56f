/** Which changes of a manifest above a package its tests can tell. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, packageIn, project, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { TestEnvironments } from './locks/test-environment.js';
import { TestSettings } from './test-settings.js';

afterAll(removeFolders);

const MANIFEST = '[project]\nname = "root"\n[tool.pytest.ini_options]\naddopts = "-q"\nlevel = 12345678901234567890\n';

function digestOf(manifest: string, code = ''): string {
  const root = folderWith({ 'pyproject.toml': manifest, 'a/pyproject.toml': project('a'), 'a/tests/test_a.py': code });
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  const workspace = workspaceIn(root);
  const settings = new TestSettings(new TestEnvironments(workspace), (path) => readFileSync(join(root, path), 'utf8'));
  return settings.digestOf(packageIn(workspace, 'a'), ['pyproject.toml']);
}

test.each([
  [
    'the order of tables, and comments',
    '# words\n[tool.pytest.ini_options]\nlevel = 12345678901234567890\naddopts = "-q"\n',
  ],
  ['the rest of the project', MANIFEST.replace('"root"', '"other"\ndependencies = ["b"]')],
  ['groups of dependencies', `[dependency-groups]\ndev = ["pytest"]\n${MANIFEST}`],
  ['the build system', `[build-system]\nrequires = []\n${MANIFEST}`],
  ['uv', `${MANIFEST}[tool.uv]\ndefault-groups = []\n`],
  ['a linter', `${MANIFEST}[tool.ruff]\nline-length = 99\n`],
])('not that of %s', (_what, manifest) => {
  expect(digestOf(manifest)).toBe(digestOf(MANIFEST));
});

test.each([
  ['pytest', MANIFEST.replace('-q', '-v')],
  ['integers of any size', MANIFEST.replace('890', '891')],
  ['whatever a plugin may read', `${MANIFEST}[tool.coverage.run]\nbranch = true\n`],
  ['tables that nobody knows', `[whatever]\nx = 1\n${MANIFEST}`],
  ['plugins of pytest in the project', MANIFEST.replace('"root"\n', '"root"\nentry-points.pytest11.x = "y"\n')],
  ['what is no TOML', `${MANIFEST}[`],
])('that of %s', (_what, manifest) => {
  expect(digestOf(manifest)).not.toBe(digestOf(MANIFEST));
});

test('that of a linter which the tests call', () => {
  const code = 'import subprocess\nsubprocess.run(["ruff"])\n';
  expect(digestOf(`${MANIFEST}[tool.ruff]\nline-length = 99\n`, code)).not.toBe(digestOf(MANIFEST, code));
});
