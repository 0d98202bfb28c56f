/** Which lock a package is under, and what of it counts for which purpose. */
import { afterAll, describe, expect, test } from 'vitest';
import { bump, changedBy, locksOf, poetryEntry, poetryLock, warningsOf } from '../../../testing/locked-workspace.js';
import { project, removeFolders, workspaceWith } from '../../../testing/workspace-folder.js';

afterAll(removeFolders);

describe('the lock of a package', () => {
  test('is its own, that of its uv workspace, or one further up that is there for it', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["uv/*"]\n',
      'uv.lock': 'version = 1\n',
      'requirements.txt': 'idna==3.7\n    # via -r requirements.in\n',
      'uv/member/pyproject.toml': project('member'),
      'uv/member/poetry.lock': poetryLock(),
      'poetry/pyproject.toml': project('in-poetry'),
      'poetry/poetry.lock': poetryLock(poetryEntry('sub', '1', '[package.source]\ntype = "directory"\nurl = "sub"\n')),
      'poetry/sub/pyproject.toml': project('sub'),
      'poetry/other/pyproject.toml': project('other'),
      'pdm/pyproject.toml': project('in-pdm'),
      'pdm/pdm.lock': '[metadata]\nlock_version = "4.5.0"\n',
      'pylock/pyproject.toml': project('in-pylock'),
      'pylock/pylock.toml': 'lock-version = "1.0"\npackages = []\n',
      'pip/pyproject.toml': project('in-pip', { dependencies: ['idna'] }),
      'wish/pyproject.toml': project('wish', { dependencies: ['six'] }),
      'wish/requirements.txt': 'six>=1\n',
    });
    expect(locksOf(workspace)).toEqual({
      'uv/member': 'uv.lock',
      poetry: 'poetry/poetry.lock',
      'poetry/sub': 'poetry/poetry.lock',
      pdm: 'pdm/pdm.lock',
      pylock: 'pylock/pylock.toml',
      pip: 'requirements.txt',
    });
  });
});

describe('a lock without projects of its own', () => {
  const files = {
    'a/pyproject.toml': project('a', { dependencies: ['one'] }, '[project.optional-dependencies]\nx = ["two"]\n'),
    'a/poetry.lock': poetryLock(
      poetryEntry('one', '1.0', '[package.dependencies]\nthree = "*"\n'),
      poetryEntry('two', '2.0'),
      poetryEntry('three', '3.0'),
      poetryEntry('four', '4.0'),
    ),
  };

  test('is walked from what the manifest requires', () => {
    const workspace = workspaceWith(files);
    expect(changedBy(workspace, 'a/poetry.lock', bump('two', '2.0', '2.1'))).toEqual(['a extra:x', 'a test']);
    expect(changedBy(workspace, 'a/poetry.lock', bump('three', '3.0', '3.1'))).toEqual([
      'a extra:x',
      'a run',
      'a test',
    ]);
    expect(changedBy(workspace, 'a/poetry.lock', bump('four', '4.0', '4.1'))).toEqual([]);
    expect(warningsOf(workspace)).toEqual([]);
  });

  test('is walked through extras that take in others', () => {
    const extras = '[project.optional-dependencies]\nx = ["one"]\nall = ["a[x]"]\n';
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', {}, extras),
      'a/poetry.lock': poetryLock(poetryEntry('one', '1.0')),
    });
    expect(changedBy(workspace, 'a/poetry.lock', bump('one', '1.0', '1.1'))).toEqual([
      'a extra:all',
      'a extra:x',
      'a test',
    ]);
  });

  test('is walked through packages of the workspace that it does not hold', () => {
    const workspace = workspaceWith({
      'requirements.txt': 'one==1.0\n    # via -r x\ntwo==2.0\n    # via -r x\nthree==3.0\n    # via one\n',
      'a/pyproject.toml': project('a', { dependencies: ['one'] }),
      'b/pyproject.toml': project('b', { dependencies: ['a', 'two'] }),
    });
    const of = (from: string, to: string) => changedBy(workspace, 'requirements.txt', (text) => text.replace(from, to));
    expect(of('three==3.0', 'three==3.1')).toEqual(['a run', 'a test', 'b run', 'b test']);
    expect(of('two==2.0', 'two==2.1')).toEqual(['b run', 'b test']);
    expect(warningsOf(workspace)).toEqual([]);
  });

  test('counts as a whole, and says so, where a requirement is known to running code only', () => {
    const workspace = workspaceWith({
      'a/setup.py': 'from setuptools import setup\nsetup(name="a", version="1", install_requires=compute())\n',
      'a/pdm.lock': '[[package]]\nname = "x"\nversion = "1.0"\n[metadata]\nlock_version = "4.5.0"\n',
    });
    expect(changedBy(workspace, 'a/pdm.lock', bump('x', '1.0', '1.1'))).toEqual(['a run', 'a test']);
    expect(warningsOf(workspace)).toEqual([expect.stringMatching(/^a\/setup\.py:.*without running code/)]);
  });
});

describe('a lock that does not say which package needs which', () => {
  test('counts as a whole for the packages that share it, and says so once', () => {
    const workspace = workspaceWith({
      'requirements.txt': 'one==1.0\ntwo==2.0\n',
      'a/pyproject.toml': project('a', { dependencies: ['one'] }),
      'b/pyproject.toml': project('b', { dependencies: ['two'] }),
    });
    expect(changedBy(workspace, 'requirements.txt', (text) => text.replace('two==2.0', 'two==2.1'))).toEqual([
      'a run',
      'a test',
      'b run',
      'b test',
    ]);
    expect(
      changedBy(workspace, 'requirements.txt', (text) => `# sorted\n${text.split('\n').reverse().join('\n')}`),
    ).toEqual([]);
    expect(warningsOf(workspace)).toEqual([
      expect.stringContaining('requirements.txt:1: this does not say what it is there for'),
    ]);
  });

  test('is installed by markers where it is one package’s own', () => {
    const entry = (name: string, more = '') => `[[packages]]\nname = "${name}"\nversion = "1.0"\n${more}\n`;
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: ['one'] }, '[project.optional-dependencies]\nx = ["two"]\n'),
      'a/pylock.toml': `lock-version = "1.0"\nextras = ["x"]\n${entry('one')}${entry('two', `marker = "'x' in extras"`)}`,
    });
    expect(changedBy(workspace, 'a/pylock.toml', bump('two', '1.0', '1.1'))).toEqual(['a extra:x', 'a test']);
    expect(changedBy(workspace, 'a/pylock.toml', bump('one', '1.0', '1.1'))).toEqual(['a extra:x', 'a run', 'a test']);
    expect(warningsOf(workspace)).toEqual([]);
  });
});
