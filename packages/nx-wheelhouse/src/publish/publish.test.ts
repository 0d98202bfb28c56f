/** Publishing with our own uploader to the embedded index, pypiserver and devpi. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultServer, startFaultServer } from '../../testing/publish/fault-server.js';
import { accessTo, allStates, diamond, publishAll, states, words } from '../../testing/publish/publishing.js';
import { type RealServer, startDevpi, startPypiserver } from '../../testing/publish/real-servers.js';
import { plannedPackage, run, temporaryFolder, tool } from '../../testing/publish/tools.js';
import { type RunningIndex, startLocalIndex } from '../local-index/server.js';

let folder: string;
let index: RunningIndex;
const open: { close(): unknown }[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  index = await startLocalIndex(join(folder, 'index'));
  open.push(index);
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

const local = () =>
  accessTo({ uploadUrl: index.uploadUrl, listingUrl: index.simpleUrl }, '__token__', index.token(), 'local');

async function faulty(...faults: FaultsOf): Promise<FaultServer> {
  const server = await startFaultServer(index, ...faults);
  open.push(server);
  return server;
}
type FaultsOf = Parameters<typeof startFaultServer> extends [unknown, ...infer Rest] ? Rest : never;

const throughFaults = (server: FaultServer) => accessTo(server, '__token__', index.token());

describe('the embedded index', () => {
  test('a package is published behind all that it needs, and pip installs it', async () => {
    const outcomes = await publishAll(diamond(folder), local());
    const order = outcomes.map(({ project }) => project);
    expect([order[0], order[3]]).toEqual(['base', 'top']);
    expect(outcomes.every(({ success }) => success)).toBe(true);
    const args = ['-m', 'pip', 'install', '--isolated', '--no-cache-dir', '--index-url', index.simpleUrl];
    expect(await run('python', [...args, '--target', join(folder, 'there'), 'top'])).toMatchObject({ status: 0 });
  });

  test('the same again uploads nothing', async () => {
    await publishAll(diamond(folder), local());
    const server = await faulty(() => 'pass');
    const again = await publishAll(diamond(folder), throughFaults(server));
    expect(again.every(({ success }) => success)).toBe(true);
    expect(allStates(again)).toEqual(['already there']);
    expect(server.posts()).toBe(0);
  });

  test('what a broken-off run left out is sent, and nothing else', async () => {
    await publishAll(diamond(folder).slice(1), local());
    const server = await faulty(() => 'pass');
    expect(states(await publishAll(diamond(folder), throughFaults(server))).top).toEqual(['uploaded', 'uploaded']);
    expect(server.posts()).toBe(2);
  });

  test('a dry run says what would be sent and sends nothing', async () => {
    const server = await faulty(() => 'pass');
    const outcomes = await publishAll(diamond(folder), throughFaults(server), { dryRun: true });
    expect(allStates(outcomes)).toEqual(['would be uploaded']);
    expect(server.posts()).toBe(0);
  });
});

describe.each([
  ['pypiserver', startPypiserver],
  ['devpi', startDevpi],
] as const)('%s', (_, start) => {
  let server: RealServer;
  beforeEach(async () => {
    server = await start('secret');
    open.push(server);
  });

  test('takes a diamond in order; the same again sends nothing, other bytes of one stop all', async () => {
    const access = accessTo(server, 'me', 'secret');
    const outcomes = await publishAll(diamond(folder), access);
    expect(words(outcomes)).toBe('');
    expect(allStates(outcomes)).toEqual(['uploaded']);
    expect(outcomes.map(({ project }) => project)).toEqual(expect.arrayContaining(['base', 'top']));
    expect([outcomes[0]?.project, outcomes[3]?.project]).toEqual(['base', 'top']);
    expect(allStates(await publishAll(diamond(folder), access))).toEqual(['already there']);

    const other = plannedPackage(folder, { name: 'base', version: '1.0', note: 'other' });
    const fresh = plannedPackage(folder, { name: 'fresh', version: '1.0' });
    const refused = await publishAll([fresh, other], access);
    expect(words(refused)).toContain(other.dists[0]?.sha256);
    expect(words(refused)).toContain(diamond(folder)[3]?.dists[0]?.sha256);
    expect(states(refused).fresh).toEqual(['not sent', 'not sent']);

    const uv = [
      'pip',
      'install',
      '--no-config',
      '--no-cache',
      '--python',
      tool('python'),
      '--target',
      join(folder, 't'),
    ];
    const installed = await run('uv', [...uv, '--default-index', server.listingUrl, 'top']);
    expect(installed).toMatchObject({ status: 0 });
  });

  test('with a wrong password nothing of any package is sent', async () => {
    const outcomes = await publishAll(diamond(folder), accessTo(server, 'me', 'no'));
    expect(outcomes.map(({ success }) => success)).toEqual([false, false, false, false]);
    expect(words(outcomes)).toMatch(/does not accept the credential: 40[13]/);
    expect(allStates(await publishAll(diamond(folder), accessTo(server, 'me', 'secret'), { dryRun: true }))).toEqual([
      'would be uploaded',
    ]);
  });

  test('a server that is killed in the middle and started again is got over', async () => {
    const access = { ...accessTo(server, 'me', 'secret'), patience: { attempts: 8, delayMs: 300 } };
    const publishing = publishAll(diamond(folder), access, { verifyTimeoutMs: 20_000 });
    await waitFor(async () => (await (await fetch(`${server.listingUrl}base/`)).text()).includes('base-1.0'));
    await server.crash();
    const outcomes = await publishing;
    expect(words(outcomes)).toBe('');
    expect(outcomes.every(({ success }) => success)).toBe(true);
  });
});

test('a volatile index of devpi is told from one that keeps what it has: other bytes are refused by us', async () => {
  const server = await startDevpi('secret', true);
  open.push(server);
  const access = accessTo(server, 'me', 'secret');
  const first = plannedPackage(folder, { name: 'base', version: '1.0' });
  await publishAll([first], access);
  const refused = await publishAll([plannedPackage(folder, { name: 'base', version: '1.0', note: 'other' })], access);
  expect(words(refused)).toContain(first.dists[0]?.sha256);
  expect(allStates(await publishAll([first], access))).toEqual(['already there']);
});

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 20));
}
