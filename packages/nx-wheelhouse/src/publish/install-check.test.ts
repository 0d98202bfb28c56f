/** The joint installation after publishing, against real indexes and with the real uv. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startFaultServer } from '../../testing/publish/fault-server.js';
import { accessTo, publishAll, words } from '../../testing/publish/publishing.js';
import { secureProxyTo } from '../../testing/publish/secure-server.js';
import { plannedPackage, run, type TestPackage, temporaryFolder, tool } from '../../testing/publish/tools.js';
import { type RunningIndex, startLocalIndex } from '../local-index/server.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { checkInstallation, type InstallCheck } from './install-check.js';

let folder: string;
let index: RunningIndex;
beforeEach(async () => {
  folder = temporaryFolder();
  index = await startLocalIndex(join(folder, 'index'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await index.close();
  rmSync(folder, { recursive: true, force: true });
});

const access = () =>
  accessTo({ uploadUrl: index.uploadUrl, listingUrl: index.simpleUrl }, '__token__', index.token(), 'local');

function releaseOf(pkg: TestPackage) {
  const { project, name, version, dists } = plannedPackage(folder, pkg);
  return { project, name, version, sha256: dists.map(({ sha256 }) => sha256) };
}

async function check(
  packages: readonly TestPackage[],
  how: Partial<InstallCheck> = {},
  of = access(),
): Promise<Record<string, string>> {
  const interpreter = await findInterpreter({ request: undefined, folder, requiresPython: undefined });
  const all: InstallCheck = { environments: 'one', runScripts: false, ...how };
  return Object.fromEntries(await checkInstallation(packages.map(releaseOf), of, interpreter, all));
}

const base = { name: 'nxw-base', version: '1.0' };
const top = { name: 'nxw-top', version: '1.0', requires: ['nxw-base'] };

test('what was published installs and can be imported', async () => {
  await publishAll(
    [base, top].map((pkg) => plannedPackage(folder, pkg)),
    access(),
  );
  expect(await check([base, top])).toEqual({});
});

test('what has the name of a package in another version is never taken for it', async () => {
  await publishAll([plannedPackage(folder, { ...base, version: '99.0' }), plannedPackage(folder, top)], access());
  expect((await check([base, top]))['nxw-base']).toMatch(/nxw-base==1.0/);
});

test('other bytes under the version that was sent are refused', async () => {
  await publishAll([plannedPackage(folder, base)], access());
  expect((await check([{ ...base, note: 'other' }]))['nxw-base']).toMatch(/[Hh]ash/);
});

test('a package that cannot be imported is named', async () => {
  await publishAll([plannedPackage(folder, { ...base, note: 'x', code: 'import nowhere_at_all' })], access());
  expect(await check([{ ...base, note: 'x', code: 'import nowhere_at_all' }])).toEqual({
    'nxw-base': expect.stringContaining("import nxw_base: ModuleNotFoundError: No module named 'nowhere_at_all'"),
  });
});

const publishThem = async (packages: readonly TestPackage[]) =>
  expect(
    words(
      await publishAll(
        packages.map((pkg) => plannedPackage(folder, pkg)),
        access(),
      ),
    ),
  ).toBe('');

test('a sibling that the index lacks is never taken from elsewhere, where it is 99.0', async () => {
  const elsewhere = await startLocalIndex(join(folder, 'elsewhere'));
  try {
    const { uploadUrl, simpleUrl } = elsewhere;
    const other = accessTo({ uploadUrl, listingUrl: simpleUrl }, '__token__', elsewhere.token(), 'local');
    await publishAll([plannedPackage(folder, { ...base, version: '99.0' })], other);
    vi.stubEnv('UV_DEFAULT_INDEX', simpleUrl);
    await publishThem([top]);
    const problems = await check([base, top]);
    expect(problems['nxw-base']).toMatch(/nxw-base==1\.0/);
    expect(Object.keys(problems)).toEqual(['nxw-base', 'nxw-top']);
  } finally {
    await elsewhere.close();
  }
});

test('what the cache of uv remembers of the index is not believed', async () => {
  vi.stubEnv('UV_CACHE_DIR', join(folder, 'cache'));
  const server = await startFaultServer(
    index,
    () => 'pass',
    () => 'cacheable',
  );
  try {
    await publishThem([{ ...base, version: '0.9' }]);
    const options = ['--no-config', '--python', tool('python'), '--default-index', server.listingUrl];
    const look = () =>
      run('uv', ['pip', 'install', ...options, '--dry-run', '--target', join(folder, 'x'), 'nxw-base==1.0'], {
        UV_CACHE_DIR: join(folder, 'cache'),
      });
    await look();
    await publishThem([base]);
    expect((await look()).status).not.toBe(0); // the cache still says that there is only 0.9
    expect(await check([base], {}, accessTo(server, '__token__', index.token(), 'local'))).toEqual({});
  } finally {
    server.close();
  }
});

test('an index with a certificate of its own, and one on this machine beside a dead proxy, are installed from', async () => {
  await publishThem([base]);
  const secure = await secureProxyTo(index);
  try {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
    const listingUrl = new URL('/simple/', secure.uploadUrl).href;
    const there = accessTo({ uploadUrl: secure.uploadUrl, listingUrl }, '__token__', index.token());
    expect((await check([base], {}, there))['nxw-base']).toMatch(/certificate/i);
    expect(await check([base], {}, { ...there, certificates: secure.certificate })).toEqual({});
  } finally {
    secure.close();
  }
});

test('a requirement that no index has is named with its package, and the others are not blamed', async () => {
  const lost = { name: 'nxw-lost', version: '1.0', requires: ['nxw-nowhere-at-all'] };
  await publishThem([base, lost]);
  const problems = await check([base, lost]);
  expect(problems['nxw-lost']).toContain('nxw-nowhere-at-all');
  expect(problems['nxw-base']).toBe('it was not tried, because nxw-lost cannot be installed');
  expect(await check([base, lost], { environments: 'each' })).toEqual({ 'nxw-lost': problems['nxw-lost'] });
});

test('a script that calls what is not there is named; one that fails on --help where scripts are run', async () => {
  const script = (name: string, target: string, code = '') => ({
    name,
    version: '1.0',
    code,
    entryPoints: `[console_scripts]\n${name}-run = ${name.replace('-', '_')}:${target}\n`,
  });
  const good = script('nxw-good', 'main', 'def main():\n    print("help")');
  const gone = script('nxw-gone', 'main');
  const rude = script('nxw-rude', 'main', 'def main():\n    raise SystemExit("no help here")');
  await publishThem([good, gone, rude]);
  const missing = expect.stringMatching(/script nxw-gone-run: AttributeError/);
  expect(await check([good, gone, rude])).toEqual({ 'nxw-gone': missing });
  expect(await check([good, gone, rude], { runScripts: true })).toEqual({
    'nxw-gone': missing,
    'nxw-rude': expect.stringMatching(/script nxw-rude-run: .*--help ends with 1: no help here/),
  });
});
