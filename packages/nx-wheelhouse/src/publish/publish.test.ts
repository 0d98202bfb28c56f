/** Publishing with our own uploader to the embedded index, pypiserver and devpi. */
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { accessTo, allStates, diamond, publishAll, states, words } from '../../testing/publish/publishing.js';
import { type RealServer, startDevpi, startPypiserver } from '../../testing/publish/real-servers.js';
import { plannedPackage, run, tool } from '../../testing/publish/tools.js';

const lab = new IndexUnderTest();

describe('the embedded index', () => {
  test('a package is published behind all that it needs, and pip installs it', async () => {
    const outcomes = await publishAll(diamond(lab.folder), lab.local());
    const order = outcomes.map(({ project }) => project);
    expect([order[0], order[3]]).toEqual(['base', 'top']);
    expect(outcomes.every(({ success }) => success)).toBe(true);
    const args = ['-m', 'pip', 'install', '--isolated', '--no-cache-dir', '--index-url', lab.index.simpleUrl];
    expect(await run('python', [...args, '--target', join(lab.folder, 'there'), 'top'])).toMatchObject({ status: 0 });
  });

  test('the same again uploads nothing', async () => {
    await publishAll(diamond(lab.folder), lab.local());
    const server = await lab.faulty(() => 'pass');
    const again = await publishAll(diamond(lab.folder), lab.throughFaults(server));
    expect(again.every(({ success }) => success)).toBe(true);
    expect(allStates(again)).toEqual(['already there']);
    expect(server.posts()).toBe(0);
  });

  test('what a broken-off run left out is sent, and nothing else', async () => {
    await publishAll(diamond(lab.folder).slice(1), lab.local());
    const server = await lab.faulty(() => 'pass');
    expect(states(await publishAll(diamond(lab.folder), lab.throughFaults(server))).top).toEqual([
      'uploaded',
      'uploaded',
    ]);
    expect(server.posts()).toBe(2);
  });

  test('a dry run says what would be sent and sends nothing', async () => {
    const server = await lab.faulty(() => 'pass');
    const outcomes = await publishAll(diamond(lab.folder), lab.throughFaults(server), { dryRun: true });
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
    lab.open.push(server);
  });

  test('takes a diamond in order; the same again sends nothing, other bytes of one stop all', async () => {
    const access = accessTo(server, 'me', 'secret');
    const outcomes = await publishAll(diamond(lab.folder), access);
    expect(words(outcomes)).toBe('');
    expect(allStates(outcomes)).toEqual(['uploaded']);
    expect(outcomes.map(({ project }) => project)).toEqual(expect.arrayContaining(['base', 'top']));
    expect([outcomes[0]?.project, outcomes[3]?.project]).toEqual(['base', 'top']);
    expect(allStates(await publishAll(diamond(lab.folder), access))).toEqual(['already there']);

    const other = plannedPackage(lab.folder, { name: 'base', version: '1.0', note: 'other' });
    const fresh = plannedPackage(lab.folder, { name: 'fresh', version: '1.0' });
    const refused = await publishAll([fresh, other], access);
    expect(words(refused)).toContain(other.dists[0]?.sha256);
    expect(words(refused)).toContain(diamond(lab.folder)[3]?.dists[0]?.sha256);
    expect(states(refused).fresh).toEqual(['not sent', 'not sent']);

    const uv = [
      'pip',
      'install',
      '--no-config',
      '--no-cache',
      '--python',
      tool('python'),
      '--target',
      join(lab.folder, 't'),
    ];
    const installed = await run('uv', [...uv, '--default-index', server.listingUrl, 'top']);
    expect(installed).toMatchObject({ status: 0 });
  });

  test('with a wrong password nothing of any package is sent', async () => {
    const outcomes = await publishAll(diamond(lab.folder), accessTo(server, 'me', 'no'));
    expect(outcomes.map(({ success }) => success)).toEqual([false, false, false, false]);
    expect(words(outcomes)).toMatch(/does not accept the credential: 40[13]/);
    expect(
      allStates(await publishAll(diamond(lab.folder), accessTo(server, 'me', 'secret'), { dryRun: true })),
    ).toEqual(['would be uploaded']);
  });

  test('a server that is killed in the middle and started again is got over', async () => {
    const access = { ...accessTo(server, 'me', 'secret'), patience: { attempts: 8, delayMs: 300, silenceMs: 120_000 } };
    const publishing = publishAll(diamond(lab.folder), access, { verifyTimeoutMs: 20_000 });
    await waitFor(async () => (await (await fetch(`${server.listingUrl}base/`)).text()).includes('base-1.0'));
    await server.crash();
    const outcomes = await publishing;
    expect(words(outcomes)).toBe('');
    expect(outcomes.every(({ success }) => success)).toBe(true);
  });
});

test('a volatile index of devpi is told from one that keeps what it has: other bytes are refused by us', async () => {
  const server = await startDevpi('secret', true);
  lab.open.push(server);
  const access = accessTo(server, 'me', 'secret');
  const first = plannedPackage(lab.folder, { name: 'base', version: '1.0' });
  await publishAll([first], access);
  const refused = await publishAll(
    [plannedPackage(lab.folder, { name: 'base', version: '1.0', note: 'other' })],
    access,
  );
  expect(words(refused)).toContain(first.dists[0]?.sha256);
  expect(allStates(await publishAll([first], access))).toEqual(['already there']);
});

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 20));
}
