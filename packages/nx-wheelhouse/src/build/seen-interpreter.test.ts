/** What uv knows of an interpreter is there for the next run, and nothing depends on it. */
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { showInterpreter } from './seen-interpreter.js';

let tools: string;
beforeEach(() => {
  tools = folderWith({});
  vi.stubEnv('NX_WHEELHOUSE_CACHE_DIRECTORY', tools);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(removeFolders);

const seen = () => readdirSync(join(tools, 'uv-interpreters'));
const files = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

test('is kept, and copied into the cache of each run', async () => {
  const { path } = await findInterpreter({ request: undefined, folder: tools, requiresPython: undefined });
  const [first, second] = [join(folderWith({}), 'cache'), join(folderWith({}), 'cache')];
  await showInterpreter(path, first);
  expect(seen()).toHaveLength(1);
  expect(readFileSync(join(tools, 'uv-interpreters', seen()[0] ?? '', 'interpreter'), 'utf8')).toBe(path);
  await showInterpreter(path, second);
  expect(files(second)).toEqual(files(first));
  expect(files(first).some((file) => file.startsWith('interpreter-'))).toBe(true);
});

test('is asked for again of another interpreter', async () => {
  const { path } = await findInterpreter({ request: undefined, folder: tools, requiresPython: undefined });
  const other = join(folderWith({}), 'python3');
  writeFileSync(other, `#!/bin/sh\nexec "${path}" "$@"\n`);
  chmodSync(other, 0o755);
  await showInterpreter(path, join(folderWith({}), 'cache'));
  await showInterpreter(other, join(folderWith({}), 'cache'));
  expect(seen()).toHaveLength(2);
});

test('is done without where nothing can be kept', async () => {
  vi.stubEnv('NX_WHEELHOUSE_CACHE_DIRECTORY', join(folderWith({ file: '' }), 'file'));
  const cache = join(folderWith({}), 'cache');
  await showInterpreter(process.execPath, cache);
  expect(existsSync(cache)).toBe(false);
});
