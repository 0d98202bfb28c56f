/** Which packages could call a program: those that name it, and those whose code git does not look into. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, project, removeFolders, workspaceIn } from '../../../testing/workspace-folder.js';
import { mentionsIn } from './mentions.js';

afterAll(removeFolders);

test('a package in a submodule mentions everything, those beside it only what they name', () => {
  const root = folderWith({
    'a/pyproject.toml': project('a'),
    'a/a.py': '# ruff: noqa\n',
    'b/pyproject.toml': project('b'),
    'b/b.py': 'subprocess.run(["ruff", "check"])\n',
    'sub/c/pyproject.toml': project('c'),
    'sub/c/c.py': '',
  });
  for (const folder of [root, join(root, 'sub')]) execFileSync('git', ['init', '--quiet'], { cwd: folder });
  const mentions = mentionsIn(workspaceIn(root), ['ruff', 'mypy']);
  const named = (word: string) => ['a', 'b', 'sub/c'].filter((folder) => mentions?.isMentioned(word, folder));
  expect(named('ruff')).toEqual(['b', 'sub/c']);
  expect(named('mypy')).toEqual(['sub/c']);
});

test('what only tests of a package name is nothing to its dependents', () => {
  const root = folderWith({
    'a/pyproject.toml': project('a'),
    'a/tests/test_a.py': 'subprocess.run(["ruff"])\n',
    'a/a/testing.py': 'subprocess.run(["mypy"])\n',
  });
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  const mentions = mentionsIn(workspaceIn(root), ['ruff', 'mypy']);
  expect(['ruff', 'mypy'].map((word) => mentions?.isMentioned(word, 'a'))).toEqual([true, true]);
  expect(['ruff', 'mypy'].map((word) => mentions?.isMentionedToDependents(word, 'a'))).toEqual([false, true]);
});
