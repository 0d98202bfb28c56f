/** What is said of packages that have not been built. */
import { afterAll, expect, test } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { readVerifiedDists } from './dist-record.js';

afterAll(removeFolders);

test.each([
  ['there is only Python', {}, 'run `nx run a:build` again'],
  ['an npm package has no such script', { 'a/package.json': '{ "scripts": { "lint": "x" } }' }, 'run `nx run a:build`'],
  ['a script of npm has taken the target', { 'a/package.json': '{ "scripts": { "build": "x" } }' }, 'buildTargetName'],
])('the fix where %s', (_title, files, fix) => {
  const root = folderWith({ 'a/pyproject.toml': '', ...files });
  expect(() => readVerifiedDists(root, 'a', 'a', 'a/dist')).toThrow(fix);
});
