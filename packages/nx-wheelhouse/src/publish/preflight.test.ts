/** What is found before the first byte is sent: all of it in one report, and then nothing is sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { accessTo, allStates, diamond, publishAll, words } from '../../testing/publish/publishing.js';
import { manyPackages, plannedPackage, type TestPackage } from '../../testing/publish/tools.js';
import type { RecordedDist } from '../build/dist-record.js';
import type { IndexAccess } from './listing.js';

type DistKind = RecordedDist['kind'];

const lab = new IndexUnderTest();

const asPublic = (): IndexAccess => {
  const access = lab.local();
  return { ...access, repository: { ...access.repository, kind: 'public' } };
};

describe('problems found before the first byte', () => {
  test('other bytes on the index stop the whole batch, with both hashes', async () => {
    const before = plannedPackage(lab.folder, { name: 'left', version: '1.0', note: 'other' });
    await publishAll([before], lab.local());
    const server = await lab.faulty(() => 'pass');
    const outcomes = await publishAll(diamond(lab.folder), lab.throughFaults(server));
    expect(outcomes.map(({ success }) => success)).toEqual([false, false, false, false]);
    expect(words(outcomes)).toContain(before.dists[0]?.sha256);
    expect(words(outcomes)).toContain(diamond(lab.folder)[1]?.dists[0]?.sha256);
    expect(words(outcomes)).toContain('because of problems in left');
    expect(server.posts()).toBe(0);
  });

  test('seven kinds of bad dists are named in one report, and nothing of the run is sent', async () => {
    const server = await lab.faulty(() => 'pass');
    await publishAll([plannedPackage(lab.folder, { name: 'taken', version: '1.0', note: 'other' })], lab.local());
    const bad: [TestPackage, RegExp][] = [
      [
        { name: 'paths', version: '1.0', requires: ['x @ file:///x.whl'] },
        /paths-1.0.*nobody else has what is at that path/,
      ],
      [{ name: 'words', version: '1.0', requires: ['x y z'] }, /words-1.0.*cannot be read/],
      [{ name: 'record', version: '1.0', brokenRecord: true }, /record-1.0.*not what RECORD says/],
      [
        { name: 'licence', version: '1.0', metadataVersion: '2.4', fields: ['License-File: LICENSE'] },
        /LICENSE is not in it/,
      ],
      [
        { name: 'command', version: '1.0', entryPoints: '[console_scripts]\nx = bad module\n' },
        /command-1.0.*"bad module"/,
      ],
      [
        { name: 'readme', version: '1.0', readmeType: 'text/x-rst', readme: '.. nowhere::\n' },
        /readme-1.0.*cannot be rendered/,
      ],
      [{ name: 'taken', version: '1.0' }, /taken-1.0.*other bytes/],
    ];
    const packages = [...bad.map(([pkg]) => plannedPackage(lab.folder, pkg)), ...diamond(lab.folder)];
    const outcomes = await publishAll(packages, lab.throughFaults(server));
    for (const [pkg, reason] of bad) {
      expect(outcomes.find(({ project }) => project === pkg.name)?.problems.join('\n')).toMatch(reason);
    }
    expect(allStates(outcomes)).toEqual(['not sent']);
    expect(server.posts()).toBe(0);
  });

  test.each([
    ['a file that is not what RECORD says', { brokenRecord: true }, /__init__\.py is not what RECORD says/],
    [
      'a licence file that is not in it',
      { metadataVersion: '2.4', fields: ['License-File: LICENSE'] },
      /its licence file LICENSE is not in it/,
    ],
    [
      'a command that is no object',
      { entryPoints: '[console_scripts]\nhello = bad module\n' },
      /the entry point "hello" names "bad module"/,
    ],
    ['a sibling that nobody publishes', { requires: ['elsewhere>=2'] }, /requires "elsewhere>=2".*no version of it/],
    [
      'a readme that cannot be rendered',
      { readmeType: 'text/x-rst', readme: '.. nowhere::\n' },
      /cannot be rendered.*nowhere/,
    ],
    ['a readme of no known kind', { readmeType: 'text/x-rst', readme: 'A\n==\n\n`broken\n' }, /cannot be rendered/],
  ] as const)('%s', async (_, pkg, words_) => {
    const server = await lab.faulty(() => 'pass');
    const bad = plannedPackage(lab.folder, { name: 'bad', version: '1.0', ...pkg });
    const outcomes = await publishAll([bad, ...diamond(lab.folder)], lab.throughFaults(server), {}, ['elsewhere']);
    expect(words(outcomes)).toMatch(words_);
    expect(allStates(outcomes)).toEqual(['not sent']);
    expect(server.posts()).toBe(0);
  });

  test('a sibling that the index has in a version that will do is enough', async () => {
    await publishAll([plannedPackage(lab.folder, { name: 'elsewhere', version: '2.1' })], lab.local());
    const needs = (version: string) =>
      plannedPackage(lab.folder, { name: `needs${version}`, version: '1.0', requires: [`elsewhere>=${version}`] });
    expect(await publishAll([needs('2')], lab.local(), {}, ['elsewhere'])).toMatchObject([{ success: true }]);
    const refused = await publishAll([needs('3')], lab.local(), {}, ['elsewhere']);
    expect(words(refused)).toContain('there is only 2.1');
  });

  test('what only a public index refuses is refused there', async () => {
    const platform = plannedPackage(lab.folder, { name: 'native', version: '1.0', platform: 'linux_x86_64' });
    const field = plannedPackage(lab.folder, { name: 'fields', version: '1.0', fields: ['Invented: yes'] });
    const access = { ...lab.local(), repository: { ...lab.local().repository, kind: 'public' as const } };
    const outcomes = await publishAll([platform, field], access);
    expect(words(outcomes)).toMatch(/linux_x86_64 is not portable/);
    expect(words(outcomes)).toMatch(/its Invented: the specification has no such field/);
  });

  test('a public index takes no file more for a release of fifteen days ago, and an own one does', async () => {
    const old = plannedPackage(lab.folder, { name: 'old', version: '1.0' });
    const of = (kind: DistKind) => ({ ...old, dists: old.dists.filter((dist) => dist.kind === kind) });
    await publishAll([of('wheel')], lab.local());
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15 * 86_400_000 });
    try {
      const refused = await publishAll([of('sdist')], asPublic());
      expect(words(refused)).toMatch(
        /^old-1\.0\.tar\.gz: the index takes no more files for this release, which is of 20/,
      );
      expect(allStates(await publishAll([of('wheel')], asPublic()))).toEqual(['already there']);
      expect(words(await publishAll([of('sdist')], lab.local()))).toBe('');
    } finally {
      vi.useRealTimers();
    }
  });

  test('more new projects than a public index makes in an hour are not begun with, unless pending publishers wait', async () => {
    const packages = manyPackages(lab.folder, 21);
    const refused = await publishAll(packages, asPublic());
    expect(words(refused)).toContain('21 projects of this run are new to the index');
    expect(allStates(refused)).toEqual(['not sent']);
    const trusted = { ...asPublic(), renew: async () => {} };
    const dry = await publishAll(packages, trusted, { dryRun: true });
    expect(dry.every(({ success }) => success)).toBe(true);
    expect(dry[0]?.notes.join()).toContain(
      'package-0000 is new to the index: without a token it needs a pending publisher',
    );
    expect(words(await publishAll(packages.slice(0, 20), asPublic()))).toBe('');
    expect(words(await publishAll(packages, asPublic()))).toBe('');
  });

  test('an index that cannot be reached is said to be so for every package', async () => {
    const access = accessTo({ uploadUrl: 'http://127.0.0.1:9/', listingUrl: lab.index.simpleUrl }, 'me', 'x');
    const outcomes = await publishAll(diamond(lab.folder), access);
    expect(outcomes.map(({ problems }) => problems.join())).toEqual(
      Array(4).fill(expect.stringContaining('cannot be reached at http://127.0.0.1:9/')),
    );
  });

  test('an index that redirects everything is told by its answer to the credential, and nothing is sent', async () => {
    const elsewhere = await lab.faulty(() => 'pass');
    const server = createServer((_, response) =>
      response.writeHead(308, { Location: elsewhere.uploadUrl, Connection: 'close' }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    lab.open.push({ close: () => server.close().closeAllConnections() });
    const uploadUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const outcomes = await publishAll(
      diamond(lab.folder),
      accessTo({ uploadUrl, listingUrl: lab.index.simpleUrl }, 'me', 'x'),
    );
    expect(words(outcomes)).toContain(`${uploadUrl} redirects to ${elsewhere.uploadUrl}`);
    expect(allStates(outcomes)).toEqual(['not sent']);
    expect(elsewhere.authorizations).toEqual([]);
  });

  test('a local version is refused by the local index as by the public ones, and by no other', async () => {
    const dev = plannedPackage(lab.folder, { name: 'dev', version: '1.0.dev1+g1234567' });
    const { repository, ...access } = lab.local();
    for (const kind of ['local', 'public'] as const) {
      const [refused] = await publishAll([dev], { ...access, repository: { ...repository, kind } });
      expect(refused).toMatchObject({ success: false });
      expect(refused?.problems.join()).toContain('1.0.dev1+g1234567 is a local version');
    }
    const elsewhere = { ...repository, kind: 'private' as const };
    const [dry] = await publishAll([dev], { ...access, repository: elsewhere }, { dryRun: true });
    expect(dry).toMatchObject({ success: true, problems: [] });
  });

  test('an address that answers with a login page is no index', async () => {
    const server = createServer((_, response) =>
      response.setHeader('Content-Type', 'text/html').end('<form><input></form>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    lab.open.push({ close: () => server.close().closeAllConnections() });
    const listingUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`;
    const access = accessTo({ uploadUrl: lab.index.uploadUrl, listingUrl }, 'x', 'y');
    const asked = publishAll([plannedPackage(lab.folder, { name: 'a', version: '1' })], access);
    await expect(asked).rejects.toThrow(/cannot be read: the answer is a page with a form/);
  });
});
