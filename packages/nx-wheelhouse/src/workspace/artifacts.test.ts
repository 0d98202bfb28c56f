/** Which files that git ignores are artifacts of a package. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, project, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { artifactFiles, artifactGlobs } from './artifacts.js';

afterAll(removeFolders);

const FILES = {
  'a/made.py': '',
  'a/web/dist/app.js': '',
  'a/web/dist/deep/.hidden': '',
  'a/web/node_modules/left/pad.js': '',
  'a/__pycache__/made.cpython-311.pyc': '',
  'a/.env': '',
  'dist/a-1.tar.gz': '',
  'native.so': '',
};
const filesOf = (...globs: string[]) => artifactFiles(folderWith(FILES), globs);

test('a glob is of files, or of folders with all in them', () => {
  expect(filesOf('a/made.py', 'a/web/dist')).toEqual(['a/made.py', 'a/web/dist/app.js', 'a/web/dist/deep/.hidden']);
  expect(filesOf('**/*.so', 'a/web/*/app.js')).toEqual(['native.so']);
  expect(filesOf('a/web/dist/*.js')).toEqual(['a/web/dist/app.js']);
  expect(filesOf()).toEqual([]);
  expect(filesOf('nothing', '../elsewhere', '*.none')).toEqual([]);
});

test('what is never a source is none, unless it is named: caches, secrets, folders of outputs; dists never', () => {
  expect(filesOf('**/*')).toEqual(['a/made.py', 'native.so']);
  expect(filesOf('a/.env')).toEqual(['a/.env']);
  expect(filesOf('dist', 'dist/a-1.tar.gz')).toEqual([]);
});

test('links are none: they would lead to what nobody has named', () => {
  const folder = folderWith(FILES);
  symlinkSync('made.py', join(folder, 'a', 'link.py'));
  expect(artifactFiles(folder, ['a/*.py'])).toEqual(['a/made.py']);
});

test('globs are of the manifest and of the settings of this plugin; what git has is no artifact', () => {
  const settings = '[tool.nx-wheelhouse]\nartifacts = ["own/**"]\n';
  const manifest = `${project('a')}[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n`;
  const included = '[tool.poetry]\ninclude = ["tests", "made.py", "web"]\n';
  const pkg = workspaceIn(folderWith({ 'pyproject.toml': manifest + included + settings })).packages.get('.');
  if (pkg === undefined) throw new Error('no package');
  expect(artifactGlobs(pkg, ['a.py', 'tests/test_a.py', 'web/.gitkeep'])).toEqual(['own/**', 'made.py', 'web']);
});
