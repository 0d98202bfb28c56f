/** Where the tool cache is, and what is said where there is no place for it. */
import { isAbsolute, join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { makeInToolCache, toolCacheFolder } from './tool-cache.js';

afterAll(removeFolders);
afterEach(() => vi.unstubAllEnvs());

test("is the chosen folder, else one among the user's caches", () => {
  expect(toolCacheFolder({ NX_WHEELHOUSE_CACHE_DIRECTORY: '/chosen' })).toBe('/chosen');
  expect(isAbsolute(toolCacheFolder({}))).toBe(true);
});

test.runIf(process.platform === 'linux')('is nowhere in the workspace where the user has no home', () => {
  vi.stubEnv('HOME', '');
  expect(toolCacheFolder({})).toBe('/.cache/nx-wheelhouse');
});

test('that cannot be written to is named, with what to set', () => {
  const file = join(folderWith({ 'no-folder': '' }), 'no-folder');
  vi.stubEnv('NX_WHEELHOUSE_CACHE_DIRECTORY', file);
  const making = () => makeInToolCache(join(toolCacheFolder(), 'environments', 'one'));
  expect(making).toThrow(`The tool cache (${file}) cannot be written to.`);
  expect(making).toThrow(expect.objectContaining({ fix: expect.stringContaining('NX_WHEELHOUSE_CACHE_DIRECTORY') }));
});
