/** Which folders the patterns of a uv workspace take in. */
import { Minimatch } from 'minimatch';
import { expect, test } from 'vitest';
import { folderLister } from './uv-workspaces.js';

const FOLDERS = [
  '',
  'libs',
  'libs/a',
  'libs/.a',
  'libs/a/b',
  'libs/[x]',
  'other/a',
  'libs2/a',
  'a/libs/b',
  '.hidden/a',
];

test.each([
  'libs/*',
  'libs/*/',
  './libs/*',
  'a/libs/*',
  '.hidden/*',
  'libs',
  'libs/**',
  '*/a',
  '{libs,other}/*',
  'libs/?',
  '!libs/*',
])('%s lists what the pattern matches', (pattern) => {
  const plain = pattern.replace(/^\.\//, '').replace(/\/$/, '');
  const glob = new Minimatch(plain, { dot: true });
  const lists = folderLister({ members: [pattern], exclude: [] });
  expect(FOLDERS.filter(lists)).toEqual(FOLDERS.filter((folder) => folder === '' || glob.match(folder)));
});
