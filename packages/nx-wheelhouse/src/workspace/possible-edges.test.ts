/** What is done about requirements that nobody can know without running code. */
import { afterAll, expect, test } from 'vitest';
import { project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { runtimeSiblings, testSiblings } from './closures.js';
import type { Package } from './workspace.js';

afterAll(removeFolders);

const SIBLINGS = {
  'libs/a/pyproject.toml': project('a', { dependencies: ['meta'] }),
  'libs/b/pyproject.toml': project('b'),
};
const script = (requires: string) =>
  `import tool\nfrom setuptools import setup\nsetup(name="meta", version="1", install_requires=${requires})\n`;
const edgesOf = (files: Readonly<Record<string, string>>) => {
  const workspace = workspaceWith({ ...SIBLINGS, ...files });
  const pkg = workspace.packages.get('meta') as Package;
  return { workspace, pkg, edges: pkg.siblings.map(({ kind, to, file, line }) => `${kind} ${to} ${file}:${line}`) };
};

test('any package may be meant: each of them re-runs the tests, and none is taken for a declaration', () => {
  const { workspace, pkg, edges } = edgesOf({ 'meta/setup.py': script('tool.all_packages()') });
  expect(edges).toEqual(['possible libs/a meta/setup.py:3', 'possible libs/b meta/setup.py:3']);
  expect(testSiblings(pkg, workspace.packages)).toEqual(['libs/a', 'libs/b']);
  expect(runtimeSiblings(pkg, workspace.packages)).toEqual([]);
  expect(testSiblings(workspace.packages.get('libs/a') as Package, workspace.packages)).toEqual(['libs/b', 'meta']);
});

test('what can be presumed, or stands in the lock, is enough', () => {
  expect(edgesOf({ 'meta/setup.py': script('["a==" + tool.version()]') }).edges).toEqual([
    'runtime libs/a meta/setup.py:3',
  ]);
  const lock =
    'version = 1\n[[package]]\nname = "meta"\nsource = { editable = "." }\ndependencies = [{ name = "b" }]\n' +
    '[[package]]\nname = "b"\nsource = { editable = "../libs/b" }\n';
  expect(edgesOf({ 'meta/setup.py': script('tool.all_packages()'), 'meta/uv.lock': lock }).edges).toEqual([
    'runtime libs/b meta/uv.lock:undefined',
  ]);
});
