/** What is found before the first byte is sent: all of it in one report, and then nothing is sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { accessTo, allStates, diamond, publishAll, words } from '../../testing/publish/publishing.js';
import { plannedPackage } from '../../testing/publish/tools.js';

const lab = new IndexUnderTest();

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

  test('every dist that an index refuses is named in one report', async () => {
    const outcomes = await publishAll(
      [
        plannedPackage(lab.folder, { name: 'urls', version: '1.0', requires: ['x @ file:///x.whl'] }),
        plannedPackage(lab.folder, { name: 'badname', version: '1.0', requires: ['x y z'] }),
        plannedPackage(lab.folder, { name: 'fine', version: '1.0' }),
      ],
      lab.local(),
    );
    expect(words(outcomes)).toMatch(/urls-1.0.*nobody else has what is at that path/);
    expect(words(outcomes)).toMatch(/badname-1.0.*cannot be read/);
    expect(allStates(outcomes)).toEqual(['not sent']);
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

  test('an index that cannot be reached is said to be so for every package', async () => {
    const access = accessTo({ uploadUrl: 'http://127.0.0.1:9/', listingUrl: lab.index.simpleUrl }, 'me', 'x');
    const outcomes = await publishAll(diamond(lab.folder), access);
    expect(outcomes.map(({ problems }) => problems.join())).toEqual(
      Array(4).fill(expect.stringContaining('cannot be reached at http://127.0.0.1:9/')),
    );
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
