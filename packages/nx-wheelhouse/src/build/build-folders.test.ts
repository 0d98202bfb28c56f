/** What is built in memory, where the machine has a file system for it, and what is not. */
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { BuildFolders, nameOfBuild } from './build-folders.js';

afterAll(removeFolders);
beforeEach(() => vi.stubEnv('TMPDIR', undefined));

const hasMemory = existsSync('/dev/shm') && statfsSync('/dev/shm').bavail * statfsSync('/dev/shm').bsize >= 1 << 30;
const stageOf = (root: string, ...paths: string[]) => ({
  project: 'a',
  files: paths.map((path) => ({ path, origin: join(root, path) })),
});

const isInMemory = (stage: ReturnType<typeof stageOf>) => {
  const folders = new BuildFolders();
  const folder = folders.folderFor('1', [stage]);
  folders.remove();
  return folder.startsWith('/dev/shm/');
};

test.runIf(hasMemory)('small packages of Python only are built in memory', () => {
  const root = folderWith({ 'a/a.py': '' });
  expect(isInMemory(stageOf(root, 'a/a.py', 'a/deleted.py'))).toBe(true);
});

test.runIf(hasMemory)('what a killed run has left in memory is removed a day later', () => {
  const [old, recent] = ['a', 'b'].map(() => mkdtempSync('/dev/shm/nx-wheelhouse-build-')) as [string, string];
  const yesterday = Date.now() / 1000 - 25 * 60 * 60;
  utimesSync(old, yesterday, yesterday);
  new BuildFolders().remove();
  expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  rmdirSync(recent);
});

test('what is compiled or large is not', () => {
  const root = folderWith({ 'a/a.c': '' });
  writeFileSync(join(root, 'a/data.bin'), Buffer.alloc(17 << 20));
  for (const path of ['a/a.c', 'a/data.bin']) expect([path, isInMemory(stageOf(root, path))]).toEqual([path, false]);
});

test('whoever says where temporary files belong is obeyed', () => {
  const root = folderWith({ 'a/a.py': '' });
  vi.stubEnv('TMPDIR', root);
  const folders = new BuildFolders();
  const folder = folders.folderFor('1', [stageOf(root, 'a/a.py')]);
  expect(folder.startsWith(root)).toBe(true);
  mkdirSync(folder);
  folders.remove();
  expect(existsSync(folder)).toBe(false);
});

test('the folders of a run that is the only one are the same each time, and those of two at once are not', () => {
  vi.stubEnv('TMPDIR', folderWith({}));
  const folderOf = (folders: BuildFolders) => folders.folderFor(nameOfBuild('a'), []);
  const [first, second] = [new BuildFolders(), new BuildFolders()];
  const [one, other] = [folderOf(first), folderOf(second)];
  expect(one).not.toBe(other);
  for (const folders of [first, second]) folders.remove();
  const again = new BuildFolders();
  expect(folderOf(again)).toBe(one);
  expect(again.folderFor(nameOfBuild('b'), [])).not.toBe(one);
  again.remove();
});

test('a run removes its folders once, and not those that another has made since', () => {
  vi.stubEnv('TMPDIR', folderWith({}));
  const ended = new BuildFolders();
  ended.remove();
  const next = new BuildFolders();
  const folder = next.onDisk('a');
  mkdirSync(folder);
  ended.remove();
  expect(existsSync(folder)).toBe(true);
  next.remove();
});
