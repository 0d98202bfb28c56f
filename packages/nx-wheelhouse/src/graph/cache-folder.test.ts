/** How long something is kept for a workspace. */
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { cacheFolder, noteUse } from './cache-folder.js';

afterAll(removeFolders);
beforeEach(() => void vi.stubEnv('NX_WHEELHOUSE_CACHE_DIRECTORY', folderWith({})));
afterEach(() => vi.unstubAllEnvs());

/** @returns the folder of a workspace that is in use */
function inUse(root: string): string {
  const folder = cacheFolder(root) as string;
  noteUse(root, folder);
  return folder;
}

function lastUsed(folder: string, days: number): void {
  const time = new Date(Date.now() - days * 24 * 60 * 60 * 1000);
  for (const path of [folder, join(folder, 'workspace')]) utimesSync(path, time, time);
}

test('each workspace has a folder of its own, out of the workspace', () => {
  const [one, other] = [folderWith({}), folderWith({})];
  const folders = [inUse(one), inUse(other)];
  expect(new Set(folders).size).toBe(2);
  expect(readdirSync(one)).toEqual([]);
  expect(inUse(one)).toBe(folders[0]);
});

test('what is kept for a workspace that is gone goes when another one comes, and so does what nobody has used for a month', () => {
  const [gone, forgotten, used, other] = [folderWith({}), folderWith({}), folderWith({}), folderWith({})];
  const [ofGone, ofForgotten, ofUsed] = [inUse(gone), inUse(forgotten), inUse(used)];
  rmSync(gone, { recursive: true });
  lastUsed(ofForgotten, 31);
  lastUsed(ofUsed, 400);
  inUse(used);
  expect([ofGone, ofForgotten, ofUsed].map(existsSync)).toEqual([true, true, true]);
  const ofOther = inUse(other);
  expect([ofGone, ofForgotten, ofUsed, ofOther].map(existsSync)).toEqual([false, false, true, true]);
  expect(readdirSync(dirname(ofOther))).toHaveLength(2);
});

test('where such caches are switched off or cannot be written nothing is kept, and nothing fails', () => {
  const root = folderWith({});
  vi.stubEnv('NX_CACHE_PROJECT_GRAPH', 'false');
  expect(cacheFolder(root)).toBeUndefined();
  noteUse(root, undefined);
  vi.unstubAllEnvs();
  const file = join(folderWith({ 'no-folder': '' }), 'no-folder');
  vi.stubEnv('NX_WHEELHOUSE_CACHE_DIRECTORY', file);
  noteUse(root, cacheFolder(root));
  expect(() => mkdirSync(cacheFolder(root) as string, { recursive: true })).toThrow();
});
