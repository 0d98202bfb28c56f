/** The model of a workspace: which packages there are, and to which uv workspace they belong. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  edgesOf,
  folderWith,
  packageIn,
  project,
  removeFolders,
  workspaceWith,
} from '../../testing/workspace-folder.js';
import { readWorkspace } from './read.js';
import type { Workspace } from './workspace.js';

afterAll(removeFolders);

describe('packages', () => {
  test('are the folders whose manifests make a distribution', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.ruff]\nline-length = 100\n',
      'a/pyproject.toml': project('a'),
      'b/setup.py': 'from setuptools import setup\nsetup(name="b", version="1")\n',
      'c/setup.cfg': '[metadata]\nname = c\nversion = 1\n',
      'd/setup.cfg': '[flake8]\nmax-line-length = 100\n',
    });
    expect([...workspace.packages.keys()]).toEqual(['a', 'b', 'c']);
  });

  test('do not lie in folders of tests and templates, unless something outside of them means them', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["templates/*"]\n',
      'a/pyproject.toml': project(
        'a',
        { dependencies: ['more @ file:tests/more'] },
        '[tool.uv.sources]\nhelpers = { path = "tests/helpers" }\n',
      ),
      'a/tests/one/pyproject.toml': project('one'),
      'a/tests_core/samples/four/pyproject.toml': project('four'),
      'a/tests/helpers/pyproject.toml': project('helpers'),
      'a/tests/more/pyproject.toml': project('more'),
      'tools/modules_test_data/five/pyproject.toml': project('five'),
      'templates/two/pyproject.toml': project('two'),
      '.github/workflows/generate/pyproject.toml': project('generate'),
      'tests/pyproject.toml': project('integration'),
      'tests/fixtures/pyproject.toml': project('inner', {}, '[tool.uv.workspace]\nmembers = ["*"]\n'),
      'tests/fixtures/three/pyproject.toml': project('three'),
    });
    expect([...workspace.packages.keys()]).toEqual([
      '.github/workflows/generate',
      'a',
      'a/tests/helpers',
      'a/tests/more',
      'templates/two',
      'tests',
    ]);
  });

  test('are also projects that make no distribution', () => {
    const workspace = workspaceWith({
      'pyproject.toml': project('root', { dependencies: ['a'] }, '[tool.uv.workspace]\nmembers = ["*"]\n'),
      'a/pyproject.toml': project('a', {}, '[tool.uv]\npackage = false\n'),
    });
    expect([...workspace.packages.values()].map(({ manifest }) => manifest.virtual !== undefined)).toEqual([
      true,
      true,
    ]);
    expect(edgesOf(workspace)).toEqual(['. runtime a:4']);
  });

  test('with one name are told apart by their folders', () => {
    const workspace = workspaceWith({ 'x/a/pyproject.toml': project('same'), 'x/b/pyproject.toml': project('same') });
    expect([...workspace.packages.values()].map((pkg) => pkg.project)).toEqual(['x-a', 'x-b']);
    expect(workspace.warnings.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'x/a/pyproject.toml:2',
      'x/b/pyproject.toml:2',
    ]);
  });

  test('with names that only Nx tells apart are warned of', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('My-Lib'),
      'b/pyproject.toml': project('my_lib'),
      'c/pyproject.toml': project('other'),
    });
    expect([...workspace.packages.values()].map((pkg) => pkg.project)).toEqual(['My-Lib', 'my_lib', 'other']);
    expect(workspace.warnings).toEqual([
      {
        file: 'b/pyproject.toml',
        line: 2,
        message: 'the name my_lib is to indexes and installers the same as My-Lib of a',
      },
    ]);
  });

  test('with a manifest that cannot be read are kept aside with the line', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': '[project]\nname = "a"\nversion = \n',
      'b/pyproject.toml': project('b'),
    });
    expect([...workspace.packages.keys()]).toEqual(['b']);
    expect(workspace.broken.get('a')).toMatchObject({ file: 'a/pyproject.toml', line: 3 });
  });

  test('with a manifest that is no text, or no file to read, are kept aside, and all others stay', () => {
    const root = folderWith({
      'good/pyproject.toml': project('good'),
      'latin/setup.py': '',
      'bytes/pyproject.toml': '',
    });
    writeFileSync(join(root, 'bytes/pyproject.toml'), Buffer.from('[project]\nname = "gr\xf6\xdfe"\n', 'latin1'));
    const declared =
      '# -*- coding: latin-1 -*-\nfrom setuptools import setup\nsetup(name="latin", author="Gr\xf6\xdfe")\n';
    writeFileSync(join(root, 'latin/setup.py'), Buffer.from(declared, 'latin1'));
    mkdirSync(join(root, 'loop'));
    symlinkSync('pyproject.toml', join(root, 'loop/pyproject.toml'));
    const manifests = ['good/pyproject.toml', 'bytes/pyproject.toml', 'latin/setup.py', 'loop/pyproject.toml'];
    const workspace = readWorkspace(root, manifests);
    expect([...workspace.packages.keys()]).toEqual(['good', 'latin']);
    expect(workspace.warnings).toEqual([
      { file: 'bytes/pyproject.toml', line: 2, message: 'pyproject.toml is not UTF-8' },
      { file: 'loop/pyproject.toml', line: undefined, message: 'pyproject.toml cannot be read (ELOOP)' },
    ]);
  });

  test('are called as project.json calls them', () => {
    const workspace = workspaceWith({ 'a/pyproject.toml': project('a'), 'a/project.json': '{ "name": "renamed" }' });
    expect(packageIn(workspace, 'a').project).toBe('renamed');
  });
});

describe('uv workspaces', () => {
  const members = (workspace: Workspace) =>
    Object.fromEntries(workspace.uvWorkspaces.map(({ root, members }) => [root, [...members]]));

  test('keep their members, whichever other workspace takes them by path, and leave out what uv does not manage', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["libs/*", "./tools/one/"]\nexclude = ["libs/skip*/"]\n',
      'libs/a/pyproject.toml': project('a'),
      'libs/skipped/pyproject.toml': project('skipped'),
      'libs/unmanaged/pyproject.toml': project('unmanaged', {}, '[tool.uv]\nmanaged = false\n'),
      'tools/one/pyproject.toml': project('one'),
      'other/pyproject.toml': project(
        'other',
        { dependencies: ['a', 'legacy'] },
        '[tool.uv.workspace]\nmembers = ["*"]\n[tool.uv.sources]\na = { path = "../libs/a" }\nlegacy = { path = "../legacy" }\n',
      ),
      'other/b/pyproject.toml': project('b'),
      'legacy/setup.py': 'from setuptools import setup\nsetup(name="legacy")\n',
    });
    expect(members(workspace)).toEqual({ other: ['other', 'other/b', 'legacy'], '.': ['libs/a', 'tools/one'] });
  });
});

describe('uv workspaces', () => {
  test('have their members by glob, and packages taken by path', () => {
    const workspace = workspaceWith({
      'pyproject.toml':
        '[tool.uv.workspace]\nmembers = ["libs/*", "tool"]\nexclude = ["libs/skip"]\n[tool.uv.sources]\nlegacy = { path = "legacy", editable = true }\n',
      'libs/a/pyproject.toml': project('a'),
      'libs/skip/pyproject.toml': project('skip'),
      'tool/pyproject.toml': project('tool'),
      'legacy/setup.py': 'from setuptools import setup\nsetup(name="legacy")\n',
      'inner/pyproject.toml': project(
        'inner',
        {},
        '[tool.uv.workspace]\nmembers = ["x"]\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      ),
      'inner/x/pyproject.toml': project('x'),
    });
    expect(workspace.uvWorkspaces.map(({ root, members }) => [root, [...members].sort()])).toEqual([
      ['inner', ['inner', 'inner/x']],
      ['.', ['legacy', 'libs/a', 'tool']],
    ]);
  });
});
