/** What is made of the options: names, places, and the text as it was typed. */
import { describe, expect, test } from 'vitest';
import { asTyped, type PythonPackageSchema } from './command-line.js';
import { newPackage, type PythonPackageOptions } from './options.js';

const atRoot = { workspaceRoot: '/work space', currentFolder: '' };
const made = (options: Partial<PythonPackageOptions>, place = atRoot) =>
  newPackage({ directory: 'a', ...options }, place);

describe('the options', () => {
  test.each([
    ['your-package-name', 'your_package_name'],
    ['acme.util', 'acme.util'],
    ['My_Package', 'my_package'],
    ['2fast', '_2fast'],
  ])('give the name %s the import name %s', (name, importName) => {
    expect(made({ name }).importName).toBe(importName);
  });

  test.each([
    ['', 'libs/alpha', 'libs/alpha'],
    ['', './libs//alpha/', 'libs/alpha'],
    ['', 'libs\\alpha', 'libs/alpha'],
    ['', '.', '.'],
    ['libs', 'alpha', 'libs/alpha'],
    ['libs', '.', 'libs'],
    ['libs', '..', '.'],
    ['libs', '../apps/beta', 'apps/beta'],
    ['libs', 'libs/alpha', 'libs/alpha'],
    ['libs', '/work space/apps/beta', 'apps/beta'],
    ['libs', '..alpha', 'libs/..alpha'],
  ])('take, in the folder "%s", the directory %s for %s', (currentFolder, directory, root) => {
    expect(made({ directory, name: 'alpha' }, { ...atRoot, currentFolder }).root).toBe(root);
  });

  test.each([
    ['', '../alpha'],
    ['libs', '../../alpha'],
    ['', '/elsewhere/alpha'],
  ])('refuse, in the folder "%s", the directory %s', (currentFolder, directory) => {
    expect(() => made({ directory }, { ...atRoot, currentFolder })).toThrow('a folder inside the workspace');
  });

  test('name a package at the root after the workspace folder', () => {
    expect(made({ directory: '.' }, { workspaceRoot: '/home/ada/engine', currentFolder: '' }).name).toBe('engine');
  });

  test('put a list that Nx has taken apart at every comma together again', () => {
    const { dependencies } = made({ dependencies: ['alpha', 'requests>=2', '<3', 'x[a', 'b]'] });
    expect(dependencies.map(({ name }) => name)).toEqual(['alpha', 'requests', 'x']);
  });

  test.each([
    ['mit', 'MIT'],
    ['GPL-3.0', 'GPL-3.0-only'],
    ['GPL-3.0+', 'GPL-3.0-or-later'],
    ['lgpl-2.1+', 'LGPL-2.1-or-later'],
    ['none', undefined],
  ])('write the licence %s as %s', (license, identifier) => {
    expect(made({ license }).license).toBe(identifier);
  });

  test('leave out what is blank', () => {
    const blank = { author: ' ', email: '', url: '', description: '', keywords: ['a', ' '] };
    expect(made(blank)).toMatchObject({
      author: undefined,
      email: undefined,
      url: undefined,
      description: 'The Python package a',
      keywords: ['a'],
    });
  });

  test('take a licence classifier where there is no licence expression', () => {
    const classifiers = ['License :: OSI Approved :: MIT License'];
    expect(made({ classifiers, manifest: 'setup.py' }).classifiers).toEqual(classifiers);
    expect(made({ classifiers, license: 'none' }).classifiers).toEqual(classifiers);
  });
});

describe('text that the command line of Nx has made something else of', () => {
  test.each<[PythonPackageSchema, string, Partial<PythonPackageOptions>]>([
    [{ packageVersion: 1.1 }, '--packageVersion=1.10', { packageVersion: '1.10' }],
    [{ packageVersion: 1.1 }, '--package-version 1.10', { packageVersion: '1.10' }],
    [{ version: false }, '--version=1.10', { version: '1.10' }],
    [{ requiresPython: 3.1 }, '--requires-python=3.10', { requiresPython: '3.10' }],
    [{ directory: 2024 }, '2024', { directory: '2024' }],
    [{ packageVersion: 1.5 }, '--other=1', { packageVersion: '1.5' }],
    [{ packageVersion: '2.0' }, '--version=1.10', { packageVersion: '2.0' }],
    [{}, '--version=1.10', {}],
  ])('%o typed as %s', (schema, typed, expected) => {
    expect(asTyped(schema, ['node', 'nx', 'g', 'python-package', ...typed.split(' ')])).toEqual(expected);
  });
});
