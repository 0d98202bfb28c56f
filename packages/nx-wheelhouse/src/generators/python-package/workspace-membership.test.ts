/** How a new package is entered into the pyproject.toml of its uv workspace, and when it is not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import pythonPackage from './generator.js';

describe('the root manifest', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
  });
  const root = () => tree.read('pyproject.toml', 'utf8');

  test('keeps every byte outside the edit', async () => {
    const before =
      '# the root\r\n[tool.uv.workspace]\r\nmembers = [\r\n  "apps/*", # all apps\r\n]\r\n\r\n[dependency-groups]\r\ndev = ["pytest"]   # one for all\r\n';
    tree.write('pyproject.toml', before);
    await pythonPackage(tree, { directory: 'libs/alpha' });
    expect(root()).toBe(before.replace('# all apps\r\n', '# all apps\r\n  "libs/alpha",\r\n'));
  });

  test('stays as it is when its patterns have the package already', async () => {
    const before = '[tool.uv.workspace]\nmembers = ["libs/*"]\n[dependency-groups]\ntest = ["pytest>=7"]\n';
    tree.write('pyproject.toml', before);
    await pythonPackage(tree, { directory: 'libs/alpha' });
    expect(root()).toBe(before);
  });

  test('lists a setup.py package as a path source, since uv takes it for no member', async () => {
    await pythonPackage(tree, { directory: 'legacy', manifest: 'setup.py' });
    expect(root()).toBe(
      '[tool.uv.workspace]\nmembers = []\n\n[tool.uv.sources]\nlegacy = { path = "legacy", editable = true }\n\n[dependency-groups]\npackages = ["legacy"]\ndev = ["pytest>=8"]\n',
    );
  });

  test('takes a setup.py package out of the patterns of its members', async () => {
    tree.write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["libs/*"]\n');
    await pythonPackage(tree, { directory: 'libs/legacy', manifest: 'setup.py' });
    expect(root()).toContain('members = ["libs/*"]\nexclude = ["libs/legacy"]\n');
  });

  test('is the nearest one of a uv workspace', async () => {
    tree.write('pyproject.toml', '[tool.ruff]\n');
    tree.write('python/pyproject.toml', '[tool.uv.workspace]\nmembers = []\n');
    await pythonPackage(tree, { directory: 'python/libs/alpha' });
    expect(root()).toBe('[tool.ruff]\n');
    expect(tree.read('python/pyproject.toml', 'utf8')).toContain('members = ["libs/alpha"]');
  });

  test.each([
    ['poetry manages it', '[tool.poetry]\nname = "root"\nversion = "1"\n'],
    ['pdm manages it', '[tool.pdm]\ndistribution = false\n'],
    ['uv is told to keep out', '[tool.uv]\nmanaged = false\n'],
    ['it excludes the folder', '[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/alpha"]\n'],
  ])('stays as it is when %s', async (_, before) => {
    tree.write('pyproject.toml', before);
    await pythonPackage(tree, { directory: 'libs/alpha' });
    expect(root()).toBe(before);
  });

  test.each(['[tool.poetry]\npackages = []\n', '[tool.pdm.build]\nincludes = []\n'])(
    'gets the entry when it only tells a backend how to build: %j',
    async (before) => {
      tree.write('pyproject.toml', before);
      await pythonPackage(tree, { directory: 'libs/alpha' });
      expect(root()).toContain('members = ["libs/alpha"]');
    },
  );

  test('of a package at the root requires the test runner, and keeps to its own tests', async () => {
    await pythonPackage(tree, { directory: '.', name: 'alpha' });
    expect(root()).toContain('dev = ["pytest>=8"]');
    expect(root()).toContain('testpaths = ["tests"]');
    await pythonPackage(tree, { directory: 'libs/beta' });
    expect(root()).toContain('members = ["libs/beta"]');
    expect(root()?.match(/pytest>=8/g)).toHaveLength(1);
  });

  test.each([
    ['is not TOML', '\n[tool.uv\n', /not TOML.*at pyproject\.toml:2/s],
    ['is not UTF-8', Buffer.from([0x80, 0xff]), /not UTF-8.*at pyproject\.toml/s],
    [
      'states no list of members',
      '[tool.uv.workspace]\nmembers = "libs/*"\n',
      /tool\.uv\.workspace\.members is not a list/,
    ],
    ['has something else in the place of a table', 'dependency-groups = 1\n', /cannot be entered/],
  ])('that %s is reported, and nothing is written', async (_, before, message) => {
    tree.write('pyproject.toml', before);
    await expect(pythonPackage(tree, { directory: 'libs/alpha' })).rejects.toThrow(message);
    expect(tree.read('pyproject.toml')).toEqual(Buffer.from(before));
  });
});

describe('a sibling', () => {
  let folder: string;
  let tree: Tree;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    tree.write(path, text);
  };
  const project = (name: string) => `[project]\nname = "${name}"\nversion = "1.2"\n`;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-'));
    tree = createTreeWithEmptyWorkspace();
    tree.root = folder;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const manifest = () => tree.read('libs/new/pyproject.toml', 'utf8');

  test('that is a member is taken from the workspace, from its present version on', async () => {
    write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["libs/*"]\n');
    write('libs/alpha/pyproject.toml', project('Alpha'));
    await pythonPackage(tree, { directory: 'libs/new', dependencies: ['alpha'] });
    expect(manifest()).toContain('dependencies = ["alpha>=1.2"]');
    expect(manifest()).toContain('alpha = { workspace = true }');
  });

  test('that is no member is taken from its folder', async () => {
    write('alpha/pyproject.toml', project('alpha'));
    write('libs/legacy/setup.py', 'from setuptools import setup\nsetup(name="legacy", version="3")\n');
    await pythonPackage(tree, { directory: 'libs/new', dependencies: ['alpha', 'legacy'] });
    expect(manifest()).toContain('alpha = { path = "../../alpha", editable = true }');
    expect(manifest()).toContain('legacy = { path = "../legacy", editable = true }');
  });

  test('is taken from its folder where another tool manages the root', async () => {
    write('pyproject.toml', '[tool.poetry]\npackage-mode = false\n');
    write('libs/alpha/pyproject.toml', project('alpha'));
    await pythonPackage(tree, { directory: 'libs/new', dependencies: ['alpha'] });
    expect(manifest()).toContain('alpha = { path = "../alpha", editable = true }');
  });

  test('of a setup.py package is stated by the root', async () => {
    write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["libs/alpha"]\n');
    write('libs/alpha/pyproject.toml', project('alpha'));
    await pythonPackage(tree, { directory: 'libs/new', manifest: 'setup.py', dependencies: ['alpha'] });
    expect(tree.read('libs/new/setup.py', 'utf8')).toContain('install_requires=["alpha>=1.2"]');
    expect(tree.read('pyproject.toml', 'utf8')).toContain('alpha = { workspace = true }');
  });

  test('keeps its name to itself, in whatever spelling', async () => {
    write('libs/alpha/pyproject.toml', project('my.alpha'));
    await expect(pythonPackage(tree, { directory: 'libs/new', name: 'My_Alpha' })).rejects.toThrow('already');
  });
});
