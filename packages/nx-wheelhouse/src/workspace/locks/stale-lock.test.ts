/** Whether a lock is older than a manifest. */
import { afterAll, describe, expect, test } from 'vitest';
import { bump, changedBy, lockWithUv, poetryEntry, poetryLock, warningsOf } from '../../../testing/locked-workspace.js';
import { project, removeFolders, workspaceWith } from '../../../testing/workspace-folder.js';

afterAll(removeFolders);

describe('a lock that is older than the manifest', () => {
  test.each([
    ['two', 'a/pyproject.toml:4: two is required, which a/poetry.lock does not have: until you run `poetry lock`'],
    [
      'one>=2',
      'a/pyproject.toml:4: one>=2 is required, which a/poetry.lock has in 1.0 only: until you run `poetry lock`',
    ],
  ])('is reported, and counts as a whole: %s', (requirement, message) => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: [requirement] }),
      'a/poetry.lock': poetryLock(poetryEntry('one', '1.0'), poetryEntry('far', '1.0')),
    });
    expect(warningsOf(workspace)).toEqual([expect.stringContaining(message)]);
    expect(changedBy(workspace, 'a/poetry.lock', bump('far', '1.0', '1.1'))).toEqual(['a run', 'a test']);
  });

  test.each(['one', 'one>=1,<2', 'one ; python_version < "3"', 'absent ; python_version < "3"', 'a[x]'])(
    'is not supposed where it is up to date: %s',
    (requirement) => {
      const workspace = workspaceWith({
        'a/pyproject.toml': project('a', { dependencies: [requirement] }),
        'a/poetry.lock': poetryLock(poetryEntry('one', '1.0')),
      });
      expect(warningsOf(workspace)).toEqual([]);
    },
  );
});

test.each([
  ['uv.lock', 'version = 1\n[[package]]\nname = "a"\nversion = "1.0"\nsource = { editable = "." }\n', '`uv lock`'],
  ['poetry.lock', poetryLock(poetryEntry('one', '1.0')), '`poetry lock`'],
  ['pdm.lock', '[[package]]\nname = "one"\nversion = "1.0"\n[metadata]\nlock_version = "4.5.0"\n', '`pdm lock`'],
  ['pylock.toml', 'lock-version = "1.0"\n[[packages]]\nname = "one"\nversion = "1.0"\n', 'lock again'],
  ['requirements.txt', 'one==1.0\n', 'compile the requirements again'],
])('%s that is older than the manifest is reported with what mends it', (lock, text, mending) => {
  const workspace = workspaceWith({ 'a/pyproject.toml': project('a', { dependencies: ['two'] }), [`a/${lock}`]: text });
  expect(warningsOf(workspace)).toEqual([
    expect.stringMatching(
      `^a/pyproject.toml:4: two is required, which a/${lock} does not have: until you .*${mending}`,
    ),
  ]);
});

test.each([
  ['requirements-test.txt', 'two==2.0\n'],
  ['hatch.toml', '[envs.default]\ndependencies = ["two"]\n'],
])('what only %s requires is in no lock, and not missing there', (file, text) => {
  const workspace = workspaceWith({
    'a/pyproject.toml': project('a', { dependencies: ['one'] }),
    'a/poetry.lock': poetryLock(poetryEntry('one', '1.0')),
    [`a/${file}`]: text,
  });
  expect(warningsOf(workspace)).toEqual([]);
});

test('a source other than an index takes the place of the versions that are asked for', () => {
  const workspace = workspaceWith({
    'a/pyproject.toml': project('a', { dependencies: ['one==2.0.dev'] }),
    'a/uv.lock':
      'version = 1\n[[package]]\nname = "a"\nversion = "1.0"\nsource = { editable = "." }\ndependencies = [{ name = "one" }]\n' +
      '[[package]]\nname = "one"\nversion = "1.0"\nsource = { git = "https://index.example/one?rev=main#1234" }\n',
  });
  expect(warningsOf(workspace)).toEqual([]);
});

test('extras and groups that a lock was not made for are not missing in it', () => {
  const workspace = workspaceWith({
    'a/pyproject.toml': project('a', {}, '[project.optional-dependencies]\nx = ["one"]\ny = ["two"]\n'),
    'a/pdm.lock':
      '[[package]]\nname = "one"\nversion = "1.0"\n[metadata]\nlock_version = "4.5.0"\ngroups = ["default", "x"]\n',
  });
  expect(warningsOf(workspace)).toEqual([]);
  expect(changedBy(workspace, 'a/pdm.lock', bump('one', '1.0', '1.1'))).toEqual(['a extra:x', 'a test']);
});

test('a lock of uv is not older than a manifest that names what no environment or no distribution of the lock has', () => {
  const workspace = workspaceWith({
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["a", "b"]\n',
    'a/pyproject.toml': project('a', {
      'requires-python': '>=3.8',
      dependencies: ["idna>=3; python_version >= '3.9'", "idna<3; python_version < '3.9'", 'click[no-such-extra]'],
    }),
    'b/pyproject.toml': project('b', { 'requires-python': '>=3.9' }),
  });
  lockWithUv(workspace);
  expect(warningsOf(workspace)).toEqual([]);
});
