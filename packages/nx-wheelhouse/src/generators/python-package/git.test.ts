/** The first commit of a new package's workspace. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { folderWith, removeFolders } from '../../../testing/workspace-folder.js';
import { startRepository } from './git.js';

afterAll(removeFolders);
afterEach(() => void vi.unstubAllEnvs());

test('is made in the folder, whichever repository a hook of git has named', async () => {
  const [hook, folder] = [folderWith({}), folderWith({ 'a.py': '' })];
  await startRepository(hook);
  vi.stubEnv('GIT_DIR', join(hook, '.git'));
  vi.stubEnv('GIT_WORK_TREE', hook);
  await startRepository(folder);
  expect(existsSync(join(folder, '.git/HEAD'))).toBe(true);
});
