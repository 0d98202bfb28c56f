/** The local index as a server, with the commands that it prints. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeDists, run, temporaryFolder, uvInstall } from '../../../testing/publish/tools.js';
import { startLocalIndex } from '../../local-index/server.js';
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

/** @param names of the packages of the workspace */
function context(...names: string[]) {
  for (const name of names) {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, 'pyproject.toml'), `[project]\nname = "${name}"\nversion = "1.0"\n`);
  }
  const nodes = names.map((name) => [name, { name, type: 'lib' as const, data: { root: name } }]);
  return { root, projectGraph: { nodes: Object.fromEntries(nodes), dependencies: {} } };
}

test('third-party packages come from elsewhere, a name of the workspace never does', async () => {
  const elsewhere = await startLocalIndex(join(root, 'elsewhere'));
  const dists = makeDists(
    join(root, 'other'),
    ['own', 'third-party'].map((name) => ({ name, version: '99.0' })),
  );
  const upload = ['upload', '--non-interactive', '--repository-url', elsewhere.uploadUrl, '-u', '__token__', ...dists];
  expect(await run('twine', upload, { TWINE_PASSWORD: elsewhere.token() })).toMatchObject({ status: 0 });
  const serving = serveIndex({ fallback: elsewhere.simpleUrl }, context('own'));
  try {
    await serving.next();
    const indexUrl = /--index-url (\S+)/.exec(printed)?.[1] ?? '';
    const install = (name: string, program: 'pip' | 'uv') => {
      const target = join(root, `${program}-${name}`);
      const pip = [
        '-m',
        'pip',
        'install',
        '--isolated',
        '--no-cache-dir',
        '--index-url',
        indexUrl,
        '--target',
        target,
        name,
      ];
      return program === 'pip' ? run('python', pip) : uvInstall(indexUrl, target, [name]);
    };
    for (const program of ['pip', 'uv'] as const) {
      expect(await install('third-party', program)).toMatchObject({ status: 0 });
      expect((await install('own', program)).status).not.toBe(0);
    }
  } finally {
    await serving.return(undefined);
    await elsewhere.close();
  }
});

test('twine uploads and pip installs with what it prints, and the token is not printed', async () => {
  const serving = serveIndex({}, context());
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
  const first = serveIndex({}, context());
  try {
    await first.next();
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(printed)?.[1]);
    await expect(serveIndex({ port }, context()).next()).rejects.toThrow(`Something else listens on port ${port}`);
  } finally {
    await first.return(undefined);
  }
});
