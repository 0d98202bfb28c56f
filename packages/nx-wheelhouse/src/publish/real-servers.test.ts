/** Publishing to the servers that people run themselves: pypiserver, and devpi with an index that keeps what it has. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cuttingProxy } from '../../testing/publish/cutting-proxy.js';
import { startForwarder } from '../../testing/publish/forwarder.js';
import { accessTo, allStates, publishAll, states, words } from '../../testing/publish/publishing.js';
import { type RealServer, startDevpi, startPypiserver } from '../../testing/publish/real-servers.js';
import {
  manyPackages,
  plannedPackage,
  plannedPackages,
  temporaryFolder,
  tool,
  uvInstall,
} from '../../testing/publish/tools.js';
import { chooseUploader } from './uploaders/choose.js';

describe.each([
  ['pypiserver', startPypiserver],
  ['devpi', startDevpi],
] as const)('%s', (_, start) => {
  const folder = temporaryFolder();
  let server: RealServer;
  beforeAll(async () => {
    server = await start('secret');
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** `a` below `b` and `c`, these below `d`, and `e` below `f`: two that have nothing to do with each other. */
  const six = (prefix: string, note?: string) => {
    const edges = { a: '', b: 'a', c: 'a', d: 'b c', e: '', f: 'e' };
    const packages = Object.entries(edges).map(([name, needs]) => ({
      name: prefix + name,
      version: '1.0',
      requires: needs
        .split(' ')
        .filter(Boolean)
        .map((one) => prefix + one),
      ...(note ? { note } : {}),
    }));
    return plannedPackages(join(folder, `${prefix} ${note ?? ''}`), packages);
  };
  const isBehind = (order: readonly string[], name: string, needed: string) =>
    order.indexOf(name) > order.indexOf(needed);

  test.each(['builtin', 'uv', 'twine'])(
    'six packages go up in order by %s, each whole; the same again sends nothing',
    async (name) => {
      const uploader = chooseUploader(name, async () => tool('python'));
      const through = await startForwarder(server);
      const access = accessTo(through, 'me', 'secret');
      const outcomes = await publishAll(six(name), access, { uploader });
      expect(words(outcomes)).toBe('');
      expect(allStates(outcomes)).toEqual(['uploaded']);
      const order = outcomes.map(({ project }) => project.slice(name.length));
      for (const [one, needed] of ['ba', 'ca', 'db', 'dc', 'fe'])
        expect(isBehind(order, one as string, needed as string)).toBe(true);
      expect(through.uploads()).toBe(12);
      expect(allStates(await publishAll(six(name), access, { uploader }))).toEqual(['already there']);
      expect(through.uploads()).toBe(12);
      through.close();
      const installed = await uvInstall(server.listingUrl, join(folder, name), [`${name}d`, `${name}f`]);
      expect(installed).toMatchObject({ status: 0 });
    },
  );

  test('other bytes of package 150 of 200 stop all, with both hashes and without a byte', async () => {
    const packages = manyPackages(join(folder, 'many'), 200);
    const name = packages[149]?.name ?? '';
    const there = plannedPackage(folder, { name, version: '1.0', note: 'other' });
    expect(words(await publishAll([there], accessTo(server, 'me', 'secret')))).toBe('');
    const through = await startForwarder(server);
    const outcomes = await publishAll(packages, accessTo(through, 'me', 'secret'));
    expect(outcomes).toHaveLength(200);
    expect(outcomes.some(({ success }) => success)).toBe(false);
    for (const { dists } of [there, packages[149] ?? there])
      for (const { sha256 } of dists) expect(words(outcomes)).toContain(sha256);
    expect(through.uploads()).toBe(0);
    through.close();
  });

  test('with a wrong password nothing of any package is sent', async () => {
    const outcomes = await publishAll(six('denied'), accessTo(server, 'me', 'no'));
    expect(outcomes.some(({ success }) => success)).toBe(false);
    expect(words(outcomes)).toMatch(/does not accept the credential: 40[13]/);
    const dry = await publishAll(six('denied'), accessTo(server, 'me', 'secret'), { dryRun: true });
    expect(allStates(dry)).toEqual(['would be uploaded']);
  });

  test('killed in the middle of a body and started again, it is got over', async () => {
    const through = await cuttingProxy(server, 300_000);
    const big = plannedPackage(folder, { name: 'big', version: '1.0', bulk: 1_000_000 });
    const patience = { attempts: 12, delayMs: 300, silenceMs: 120_000 };
    const access = { ...accessTo({ ...server, uploadUrl: through.uploadUrl }, 'me', 'secret'), patience };
    const outcomes = await publishAll([big], access);
    through.close();
    expect(words(outcomes)).toBe('');
    expect(through.cuts()).toBe(1);
    expect(states(outcomes).big).toEqual(['uploaded', 'uploaded']);
  });
});

test('a volatile index of devpi is told from one that keeps what it has: other bytes are refused by us', async () => {
  const folder = temporaryFolder();
  const server = await startDevpi('secret', true);
  try {
    const access = accessTo(server, 'me', 'secret');
    const first = plannedPackage(folder, { name: 'base', version: '1.0' });
    await publishAll([first], access);
    const refused = await publishAll([plannedPackage(folder, { name: 'base', version: '1.0', note: 'other' })], access);
    expect(words(refused)).toContain(first.dists[0]?.sha256);
    expect(allStates(await publishAll([first], access))).toEqual(['already there']);
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
