/** What of the lock of a uv workspace can change the tests of a member. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedBy, lockWithUv, warningsOf } from '../../../testing/locked-workspace.js';
import { project, removeFolders, workspaceWith } from '../../../testing/workspace-folder.js';
import type { Workspace } from '../workspace.js';

afterAll(removeFolders);

describe('the tests of a uv workspace', () => {
  let workspace: Workspace;
  const ofBump = (name: string) =>
    changedBy(workspace, 'uv.lock', (text) => text.replace(new RegExp(`(name = "${name}"\\nversion = ")`), '$19.'));
  beforeAll(() => {
    workspace = workspaceWith({
      'pyproject.toml':
        '[tool.uv.workspace]\nmembers = ["a", "b"]\n[dependency-groups]\ndev = ["pytest", "ruff", "mypy", "types-six", "six"]\n',
      'a/pyproject.toml': project('a', { 'requires-python': '>=3.9', dependencies: ['idna'] }),
      'a/tests/test_a.py': '# ruff: noqa\n',
      'b/pyproject.toml': project(
        'b',
        { 'requires-python': '>=3.9', dependencies: ['click'] },
        '[dependency-groups]\ntest = ["pytest-mock", "tomli-w", "flake8"]\n',
      ),
      'b/tests/test_b.py': 'subprocess.run(["ruff", "check"])\n',
    });
    lockWithUv(workspace);
  }, 60_000);

  test('are those of its users where a distribution is bumped', () => {
    expect(ofBump('idna')).toEqual(['a run', 'a test']);
    expect(ofBump('click')).toEqual(['b run', 'b test']);
    expect(ofBump('tomli-w')).toEqual(['b test']);
  });

  test('are all where pytest, what it needs, or a plugin of any member is', () => {
    for (const name of ['pytest', 'pluggy', 'pytest-mock']) expect(ofBump(name), name).toEqual(['a test', 'b test']);
  });

  test('are all where a library of the root’s groups is, and of its programs those that a package names', () => {
    expect(ofBump('six')).toEqual(['a test', 'b test']);
    expect(ofBump('ruff')).toEqual(['b test']);
    expect(ofBump('mypy')).toEqual([]);
    expect(ofBump('flake8')).toEqual([]);
    expect(ofBump('types-six')).toEqual([]);
  });

  test('are not told from one another by a lock that is older than a manifest', () => {
    const manifest = join(workspace.root, 'a', 'pyproject.toml');
    expect(warningsOf(workspace)).toEqual([]);
    const text = readFileSync(manifest, 'utf8').replace('"idna"', '"idna>=99"');
    const stale = workspaceWith({
      'pyproject.toml': readFileSync(join(workspace.root, 'pyproject.toml'), 'utf8'),
      'uv.lock': readFileSync(join(workspace.root, 'uv.lock'), 'utf8'),
      'a/pyproject.toml': text,
      'b/pyproject.toml': readFileSync(join(workspace.root, 'b', 'pyproject.toml'), 'utf8'),
      'c/pyproject.toml': project('c'),
    });
    expect(warningsOf(stale)).toEqual([
      expect.stringMatching(/^a\/pyproject\.toml:5: idna>=99 is required, which uv\.lock has in [\d.]+ only/),
    ]);
  });
});
