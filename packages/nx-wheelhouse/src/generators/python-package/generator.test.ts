/** What the generator writes, and what it refuses. Real builds of what it writes are in e2e. */
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import pythonPackage from './generator.js';

const files = (tree: Tree, folder: string): string[] =>
  tree.children(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    return tree.isFile(path) ? [path] : files(tree, path);
  });

describe('nx g python-package', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
  });

  test('makes a package in the src layout and the root of a uv workspace', async () => {
    await pythonPackage(tree, { directory: 'libs/alpha' });
    expect(files(tree, 'libs/alpha').sort()).toEqual([
      'libs/alpha/LICENSE',
      'libs/alpha/README.md',
      'libs/alpha/pyproject.toml',
      'libs/alpha/src/alpha/__init__.py',
      'libs/alpha/src/alpha/module.py',
      'libs/alpha/tests/test_module.py',
    ]);
    expect(tree.read('pyproject.toml', 'utf8')).toBe(
      '[tool.uv.workspace]\nmembers = ["libs/alpha"]\n\n[dependency-groups]\ndev = ["pytest>=8"]\n',
    );
  });

  test('refuses a folder that is not empty, and changes nothing', async () => {
    tree.write('libs/alpha/notes.txt', 'mine');
    const before = tree.listChanges().map(({ path }) => path);
    await expect(pythonPackage(tree, { directory: 'libs/alpha' })).rejects.toThrow('is taken: there is notes.txt');
    expect(tree.listChanges().map(({ path }) => path)).toEqual(before);
  });

  test.each([
    [{ directory: '../outside' }, '--directory'],
    [{ directory: 'a', name: '-a' }, '--name'],
    [{ directory: 'a', importName: 'class.a' }, '--importName'],
    [{ directory: 'a', packageVersion: 'one' }, '--packageVersion'],
    [{ directory: 'a', version: '1.x' }, '--version'],
    [{ directory: 'a', license: 'Mine' }, '--license'],
    [{ directory: 'a', requiresPython: 3.9 }, '--requiresPython'],
    [{ directory: 'a', email: 'ada' }, '--email'],
    [{ directory: 'a', url: 'index.example' }, '--url'],
    [{ directory: 'a', script: '-x' }, '--script'],
    [{ directory: 'a', keywords: ['two\nlines'] }, '--keywords'],
    [{ directory: 'a', classifiers: ['Utilities'] }, '--classifiers'],
    [{ directory: 'a', classifiers: ['License :: OSI Approved :: MIT License'] }, '--classifiers'],
    [{ directory: 'a', dependencies: ['a b'] }, '--dependencies'],
    [{ directory: 'a', description: 'two\nlines' }, '--description'],
    [{ directory: 'a', manifest: 'setup.py' as const, backend: 'flit' as const }, '--backend'],
  ])('refuses %o by naming the option', async (options, option) => {
    await expect(pythonPackage(tree, options)).rejects.toThrow(option);
    expect(tree.exists('a')).toBe(false);
  });

  test('writes odd characters so that they come back', async () => {
    const odd = 'quotes " and \\ and ü';
    await pythonPackage(tree, { directory: 'a', description: odd, author: odd });
    expect(tree.read('a/pyproject.toml', 'utf8')).toContain('description = "quotes \\" and \\\\ and ü"');
  });

  test('puts the licence’s own text into LICENSE, with year and holder', async () => {
    const year = new Date().getFullYear();
    const texts: Record<string, string> = {};
    for (const license of ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'GPL-3.0-only']) {
      await pythonPackage(tree, { directory: `l/${license}`, license, author: 'Ada' });
      texts[license] = tree.read(`l/${license}/LICENSE`, 'utf8') ?? '';
    }
    for (const license of ['MIT', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC']) {
      expect(texts[license]).toContain(`Copyright (c) ${year} Ada`);
    }
    expect(texts['0BSD']).toContain(`Copyright (C) ${year} Ada`);
    expect(texts['Apache-2.0']).toContain(`Copyright ${year} Ada`);
    expect(texts['GPL-3.0-only']).toContain('GNU GENERAL PUBLIC LICENSE');
  });
});
