/** The local index as a server, with the commands that it prints. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeDists, run, temporaryFolder } from '../../../testing/publish/tools.js';
import serveIndex from './executor.js';

let root: string;
let printed = '';
beforeEach(() => {
  root = temporaryFolder();
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

test('twine uploads and pip installs with what it prints, and the token is not printed', async () => {
  const serving = serveIndex({}, { root });
  try {
    expect(await serving.next()).toEqual({ done: false, value: { success: true } });
    const uploadUrl = /--repository-url (\S+)/.exec(printed)?.[1] ?? '';
    const indexUrl = /--index-url (\S+)/.exec(printed)?.[1] ?? '';
    const token = readFileSync(/password is in (.+)/.exec(printed)?.[1] ?? '', 'utf8').trim();
    expect(printed).not.toContain(token);
    const files = makeDists(join(root, 'dist'), [{ name: 'alpha', version: '1.0' }]);
    const twine = ['upload', '--non-interactive', '--repository-url', uploadUrl, '--username', '__token__', ...files];
    expect(await run('twine', twine, { TWINE_PASSWORD: token })).toMatchObject({ status: 0 });
    const pip = ['-m', 'pip', 'install', '--isolated', '--no-cache-dir', '--index-url', indexUrl];
    expect(await run('python', [...pip, '--target', join(root, 'there'), 'alpha'])).toMatchObject({ status: 0 });
  } finally {
    await serving.return(undefined);
  }
});

test('a port that is taken is said to be', async () => {
  const first = serveIndex({}, { root });
  try {
    await first.next();
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(printed)?.[1]);
    await expect(serveIndex({ port }, { root }).next()).rejects.toThrow(`Something else listens on port ${port}`);
  } finally {
    await first.return(undefined);
  }
});
