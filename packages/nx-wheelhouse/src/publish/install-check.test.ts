/** The joint installation after publishing, against real indexes and with the real uv. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accessTo, publishAll } from '../../testing/publish/publishing.js';
import { plannedPackage, type TestPackage, temporaryFolder } from '../../testing/publish/tools.js';
import { type RunningIndex, startLocalIndex } from '../local-index/server.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { checkInstallation } from './install-check.js';

let folder: string;
let index: RunningIndex;
beforeEach(async () => {
  folder = temporaryFolder();
  index = await startLocalIndex(join(folder, 'index'));
});
afterEach(async () => {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
});

const access = () =>
  accessTo({ uploadUrl: index.uploadUrl, listingUrl: index.simpleUrl }, '__token__', index.token(), 'local');

function releaseOf(pkg: TestPackage) {
  const { project, name, version, dists } = plannedPackage(folder, pkg);
  return { project, name, version, sha256: dists.map(({ sha256 }) => sha256) };
}

async function check(packages: readonly TestPackage[]): Promise<Record<string, string>> {
  const interpreter = await findInterpreter({ request: undefined, folder, requiresPython: undefined });
  return Object.fromEntries(await checkInstallation(packages.map(releaseOf), access(), interpreter));
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
  expect((await check([base, top]))['nxw-top']).toMatch(/nxw-base==1.0/);
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
