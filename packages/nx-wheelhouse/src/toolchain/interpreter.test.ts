/** Which interpreter a package gets. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { pythonIn } from './environments.js';

afterEach(() => void vi.unstubAllEnvs());
afterAll(removeFolders);
beforeAll(useRealTools);

/** As a command that has just started would. */
async function found(folder: string): Promise<string> {
  vi.resetModules();
  const { findInterpreter } = await import('./interpreter.js');
  return (await findInterpreter({ request: undefined, folder, requiresPython: undefined })).path;
}

test('UV_PYTHON decides, and again when it is another', async () => {
  const root = folderWith({ 'a/pyproject.toml': '' });
  vi.stubEnv('NX_WHEELHOUSE_CACHE_DIRECTORY', join(root, 'cache'));
  vi.stubEnv('UV_PYTHON', undefined);
  const first = await found(root);
  const environment = join(root, 'environment');
  expect(spawnSync(first, ['-m', 'venv', '--without-pip', environment]).status).toBe(0);
  vi.stubEnv('UV_PYTHON', pythonIn(environment));
  expect(await found(root)).toBe(pythonIn(environment));
  vi.stubEnv('UV_PYTHON', undefined);
  expect(await found(root)).toBe(first);
});
