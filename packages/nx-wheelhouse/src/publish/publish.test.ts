/** Publishing with our own uploader: to the embedded index, to pypiserver, and to indexes that misbehave. */
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fault, type FaultServer, startFaultServer } from '../../testing/publish/fault-server.js';
import {
  type PypiServer,
  plannedPackage,
  run,
  startPypiserver,
  temporaryFolder,
  tool,
} from '../../testing/publish/tools.js';
import { type RunningIndex, startLocalIndex } from '../local-index/server.js';
import type { IndexAccess } from './listing.js';
import type { PlannedPackage } from './plan.js';
import { type PackageOutcome, type PublishOptions, publish } from './publish.js';

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

interface Addresses {
  readonly uploadUrl: string;
  readonly listingUrl: string;
}

function accessTo({ uploadUrl, listingUrl }: Addresses, username: string, password: string): IndexAccess {
  const repository = { kind: 'local', name: 'test', uploadUrl, listingUrl } as const;
  return { repository, credential: { username, password }, patience: { attempts: 4, delayMs: 10 } };
}

const local = () => accessTo({ uploadUrl: index.uploadUrl, listingUrl: index.simpleUrl }, '__token__', index.token());

async function publishAll(
  packages: readonly PlannedPackage[],
  access: IndexAccess,
  options: Partial<PublishOptions> = {},
): Promise<PackageOutcome[]> {
  const all = { dryRun: false, verifyTimeoutMs: 2000, parallel: 4, ...options };
  const outcomes: PackageOutcome[] = [];
  for await (const one of publish({ packages, problems: new Map(), circles: new Map() }, access, all))
    outcomes.push(one);
  return outcomes;
}

const states = (outcomes: readonly PackageOutcome[]) =>
  Object.fromEntries(outcomes.map(({ project, files }) => [project, files.map(({ state }) => state)]));
const words = (outcomes: readonly PackageOutcome[]) => outcomes.flatMap(({ problems }) => problems).join('\n');

async function misbehaving(faultOf: (post: number, head: string) => Fault): Promise<FaultServer> {
  const server = await startFaultServer(index, faultOf);
  open.push(server);
  return server;
}

const throughFaults = (server: FaultServer) => accessTo(server, '__token__', index.token());

function diamond(): PlannedPackage[] {
  return [
    plannedPackage(folder, { name: 'top', version: '1.0', requires: ['left', 'right'] }, ['left', 'right']),
    plannedPackage(folder, { name: 'left', version: '1.0', requires: ['base'] }, ['base']),
    plannedPackage(folder, { name: 'right', version: '1.0', requires: ['base'] }, ['base']),
    plannedPackage(folder, { name: 'base', version: '1.0' }),
  ];
}

describe('the embedded index', () => {
  test('a package is published behind all that it needs, and pip installs it', async () => {
    const outcomes = await publishAll(diamond(), local());
    const order = outcomes.map(({ project }) => project);
    expect([order[0], order[3]]).toEqual(['base', 'top']);
    expect(outcomes.every(({ success }) => success)).toBe(true);
    const args = ['-m', 'pip', 'install', '--isolated', '--no-cache-dir', '--index-url', index.simpleUrl];
    expect(await run('python', [...args, '--target', join(folder, 'there'), 'top'])).toMatchObject({ status: 0 });
  });

  test('the same again uploads nothing', async () => {
    await publishAll(diamond(), local());
    const server = await misbehaving(() => 'pass');
    const again = await publishAll(diamond(), throughFaults(server));
    expect(again.every(({ success }) => success)).toBe(true);
    expect(new Set(Object.values(states(again)).flat())).toEqual(new Set(['already there']));
    expect(server.posts()).toBe(0);
  });

  test('what a broken-off run left out is sent, and nothing else', async () => {
    await publishAll(diamond().slice(1), local());
    const server = await misbehaving(() => 'pass');
    expect(states(await publishAll(diamond(), throughFaults(server))).top).toEqual(['uploaded', 'uploaded']);
    expect(server.posts()).toBe(2);
  });

  test('a dry run says what would be sent and sends nothing', async () => {
    const server = await misbehaving(() => 'pass');
    const outcomes = await publishAll(diamond(), throughFaults(server), { dryRun: true });
    expect(new Set(Object.values(states(outcomes)).flat())).toEqual(new Set(['would be uploaded']));
    expect(server.posts()).toBe(0);
  });
});

describe('problems found before the first byte', () => {
  test('other bytes on the index stop the whole batch, with both hashes', async () => {
    const before = plannedPackage(folder, { name: 'left', version: '1.0', note: 'other' });
    await publishAll([before], local());
    const server = await misbehaving(() => 'pass');
    const outcomes = await publishAll(diamond(), throughFaults(server));
    expect(outcomes.map(({ success }) => success)).toEqual([false, false, false, false]);
    expect(words(outcomes)).toContain(before.dists[0]?.sha256);
    expect(words(outcomes)).toContain(diamond()[1]?.dists[0]?.sha256);
    expect(words(outcomes)).toContain('because of problems in left');
    expect(server.posts()).toBe(0);
  });

  test('every dist that an index refuses is named in one report', async () => {
    const outcomes = await publishAll(
      [
        plannedPackage(folder, { name: 'urls', version: '1.0', requires: ['x @ file:///x.whl'] }),
        plannedPackage(folder, { name: 'badname', version: '1.0', requires: ['x y z'] }),
        plannedPackage(folder, { name: 'fine', version: '1.0' }),
      ],
      local(),
    );
    expect(words(outcomes)).toMatch(/urls-1.0.*nobody else has what is at that path/);
    expect(words(outcomes)).toMatch(/badname-1.0.*cannot be read/);
    expect(new Set(Object.values(states(outcomes)).flat())).toEqual(new Set(['not sent']));
  });

  test('what only the public indexes refuse is a note on the local one, and refused on theirs', async () => {
    const dev = plannedPackage(folder, { name: 'dev', version: '1.0.dev1+g1234567' });
    const [taken] = await publishAll([dev], local());
    expect(taken).toMatchObject({ success: true, problems: [] });
    expect(taken?.notes.join()).toContain('1.0.dev1+g1234567 is a local version');
    const { repository, ...access } = local();
    const [refused] = await publishAll([dev], { ...access, repository: { ...repository, kind: 'public' } });
    expect(refused).toMatchObject({ success: false });
    expect(refused?.problems.join()).toContain('local version');
  });

  test('an address that answers with a login page is no index', async () => {
    const server = createServer((_, response) =>
      response.setHeader('Content-Type', 'text/html').end('<form><input></form>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => server.close().closeAllConnections() });
    const listingUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`;
    const access = accessTo({ uploadUrl: index.uploadUrl, listingUrl }, 'x', 'y');
    const asked = publishAll([plannedPackage(folder, { name: 'a', version: '1' })], access);
    await expect(asked).rejects.toThrow(/cannot be read: the answer is a page with a form/);
  });
});

describe('an index that misbehaves', () => {
  const one = () => plannedPackage(folder, { name: 'solo', version: '1.0' });

  test.each([
    ['500 once', [500], 3],
    ['a reset once', ['reset'], 3],
    ['500 after it stored the file', ['pass-then-500'], 2],
    ['a reset after it stored the file', ['pass-then-reset'], 2],
  ] as const)('%s is got over, without a needless upload', async (_, faults, posts) => {
    const server = await misbehaving((post) => faults[post - 1] ?? 'pass');
    expect(await publishAll([one()], throughFaults(server))).toMatchObject([{ success: true, problems: [] }]);
    expect(server.posts()).toBe(posts);
  });

  test('500 for ever ends after four attempts; dependents are not tried, others are published', async () => {
    const server = await misbehaving((_, head) => (head.includes('name="name"\r\n\r\nleft') ? 500 : 'pass'));
    const outcomes = await publishAll(diamond(), throughFaults(server));
    expect(states(outcomes)).toMatchObject({
      base: ['uploaded', 'uploaded'],
      right: ['uploaded', 'uploaded'],
      left: ['failed', 'not sent'],
      top: ['not sent', 'not sent'],
    });
    expect(words(outcomes)).toContain('because left could not be published');
    expect(server.posts()).toBe(2 + 2 + 4);
  });

  test('413 is not tried again', async () => {
    const server = await misbehaving(() => 413);
    expect(words(await publishAll([one()], throughFaults(server)))).toContain('413');
    expect(server.posts()).toBe(1);
  });

  test('a redirect is not followed, and its target named', async () => {
    const server = await misbehaving(() => 'redirect');
    expect(words(await publishAll([one()], throughFaults(server)))).toContain('http://elsewhere.index.example/legacy/');
  });

  test('a success that the listing does not confirm is a failure', async () => {
    const server = await misbehaving(() => 'login-page');
    const outcomes = await publishAll([one()], throughFaults(server), { verifyTimeoutMs: 100 });
    expect(outcomes).toMatchObject([{ success: false }]);
    expect(words(outcomes)).toContain('did not list it');
  });

  test('a file that changed since it was recorded is not uploaded', async () => {
    const pkg = one();
    const [dist] = pkg.dists;
    const changed = { ...pkg, dists: [{ ...dist!, sha256: '0'.repeat(64) }] };
    const outcomes = await publishAll([changed], local());
    expect(words(outcomes)).toContain('has changed');
    expect((await fetch(`${index.simpleUrl}solo/`)).status).toBe(404);
  });

  test('a file that cannot be read is named', async () => {
    const pkg = one();
    for (const { path } of pkg.dists) writeFileSync(path, 'broken');
    expect(words(await publishAll([pkg], local()))).toMatch(/solo-1.0.*cannot be read/);
  });
});

describe('pypiserver', () => {
  let server: PypiServer;
  beforeEach(async () => {
    server = await startPypiserver('secret');
    open.push(server);
  });

  test('takes a diamond, the same again sends nothing, other bytes are refused', async () => {
    const access = accessTo(server, 'me', 'secret');
    const outcomes = await publishAll(diamond(), access);
    expect(words(outcomes)).toBe('');
    expect(new Set(Object.values(states(outcomes)).flat())).toEqual(new Set(['uploaded']));
    expect(new Set(Object.values(states(await publishAll(diamond(), access))).flat())).toEqual(
      new Set(['already there']),
    );
    const other = plannedPackage(folder, { name: 'base', version: '1.0', note: 'other' });
    expect(words(await publishAll([other], access))).toContain('other bytes');
    const args = ['pip', 'install', '--no-config', '--no-cache', '--python', tool('python')];
    const installed = await run('uv', [
      ...args,
      '--default-index',
      server.listingUrl,
      '--target',
      join(folder, 't'),
      'top',
    ]);
    expect(installed).toMatchObject({ status: 0 });
  });

  test('with a wrong password nothing is stored and one attempt is made', async () => {
    const outcomes = await publishAll(
      [plannedPackage(folder, { name: 'base', version: '1.0' })],
      accessTo(server, 'me', 'no'),
    );
    expect(outcomes).toMatchObject([{ success: false }]);
    expect(words(outcomes)).toMatch(/40[13].*check the token/);
    expect(await (await fetch(`${server.listingUrl}`)).text()).not.toContain('base');
  });
});
