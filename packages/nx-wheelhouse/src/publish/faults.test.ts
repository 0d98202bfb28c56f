/** Indexes that misbehave: what is got over, what is given up, and what is never called a success. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { accessTo, allStates, diamond, publishAll, states, words } from '../../testing/publish/publishing.js';
import { plannedPackage } from '../../testing/publish/tools.js';

const lab = new IndexUnderTest();

describe('an index that misbehaves', () => {
  const one = () => plannedPackage(lab.folder, { name: 'solo', version: '1.0' });

  test.each([
    ['500 once', [{ status: 500 }], 3],
    ['502 once', [{ status: 502 }], 3],
    ['503 once', [{ status: 503 }], 3],
    ['429 that asks for patience', ['retry-after'], 3],
    ['a reset once', ['reset'], 3],
    ['500 after it stored the file', ['pass-then-500'], 2],
    ['a reset after it stored the file', ['pass-then-reset'], 2],
  ] as const)('%s is got over, without a needless upload', async (_, faults, posts) => {
    const server = await lab.faulty((post) => faults[post - 1] ?? 'pass');
    expect(await publishAll([one()], lab.throughFaults(server))).toMatchObject([{ success: true, problems: [] }]);
    expect(server.posts()).toBe(posts);
  });

  test.each([301, 302, 307, 308])(
    'a redirect by %i is refused, its target named, and nobody there sees us',
    async (status) => {
      const elsewhere = await lab.faulty(() => 'pass');
      const server = await lab.faulty(() => ({ status, location: elsewhere.uploadUrl }));
      expect(words(await publishAll([one()], lab.throughFaults(server)))).toContain(elsewhere.uploadUrl);
      expect(server.posts()).toBe(2); // each file once
      expect(elsewhere.authorizations).toEqual([]);
    },
  );

  test.each([
    ['no hashes', 'no-hashes'],
    ['HTML only', 'html'],
  ] as const)('a listing with %s tells as much as JSON does', async (_, fault) => {
    const server = await lab.faulty(
      () => 'pass',
      () => fault,
    );
    expect(allStates(await publishAll([one()], lab.throughFaults(server)))).toEqual(['uploaded']);
    expect(allStates(await publishAll([one()], lab.throughFaults(server)))).toEqual(['already there']);
    const other = plannedPackage(lab.folder, { name: 'solo', version: '1.0', note: 'other' });
    expect(words(await publishAll([other], lab.throughFaults(server)))).toContain('other bytes');
    expect(server.posts()).toBe(2);
  });

  test('a listing that is busy once is asked again', async () => {
    const server = await lab.faulty(
      () => 'pass',
      (get) => (get === 1 ? 503 : 'pass'),
    );
    expect(await publishAll([one()], lab.throughFaults(server))).toMatchObject([{ success: true }]);
  });

  test('a listing that lags is waited for, and not for ever', async () => {
    const lagging = await lab.faulty(
      () => 'pass',
      (get) => (get <= 4 ? 'empty' : 'pass'),
    );
    expect(await publishAll([one()], lab.throughFaults(lagging))).toMatchObject([{ success: true }]);
    const blind = await lab.faulty(
      () => 'pass',
      () => 'empty',
    );
    const other = plannedPackage(lab.folder, { name: 'other', version: '1.0' });
    const outcomes = await publishAll([other], lab.throughFaults(blind), { verifyTimeoutMs: 100 });
    expect(words(outcomes)).toMatch(/took it, but did not list it at .* within 0.1 s/);
  });

  test('other bytes on the index than were sent are a failure', async () => {
    const server = await lab.faulty(
      () => 'pass',
      (get) => (get === 1 ? 'empty' : 'other-hashes'),
    );
    expect(words(await publishAll([one()], lab.throughFaults(server)))).toContain(
      `has other bytes: sha256 ${'0'.repeat(64)}`,
    );
  });

  test('yanked files are named: those of this run, and those that a run would resume with', async () => {
    const server = await lab.faulty(
      () => 'pass',
      (get) => (get === 1 ? 'pass' : 'yanked'),
    );
    expect(words(await publishAll([one()], lab.throughFaults(server)))).toMatch(
      /solo-1\.0.*lists it, but withdrawn \(yanked\)/,
    );
    expect(words(await publishAll([one()], lab.throughFaults(server)))).toMatch(/has it, but withdrawn \(yanked\)/);
    expect(server.posts()).toBe(2);
  });

  test.each(['half', 'half-and-stated-hash'] as const)(
    'an index that stores less than it is sent and says that all is well is no success (%s)',
    async (fault) => {
      const server = await lab.faulty(() => fault);
      const outcomes = await publishAll([one()], lab.throughFaults(server));
      expect(states(outcomes).solo).toEqual(['failed', 'failed']);
      for (const { path, filename } of one().dists) {
        const content = readFileSync(path);
        const half = createHash('sha256').update(content.subarray(0, content.length / 2));
        expect(words(outcomes)).toContain(
          `${filename}: the index took it, but has other bytes: sha256 ${half.digest('hex')}`,
        );
      }
    },
  );

  test('the files of a package go together', async () => {
    let areBothThere = () => {};
    const both = new Promise<void>((resolve) => {
      areBothThere = resolve;
    });
    const server = await lab.faulty((post) => {
      if (post === 2) areBothThere();
      return { after: both };
    });
    expect(words(await publishAll([one()], lab.throughFaults(server)))).toBe('');
    expect(server.posts()).toBe(2);
  });

  test('to a public index the first file goes alone: where it is refused, it is the only one', async () => {
    const server = await lab.faulty(() => ({ status: 400 }));
    const { repository, ...access } = lab.throughFaults(server);
    const outcomes = await publishAll([one()], { ...access, repository: { ...repository, kind: 'public' } });
    expect(states(outcomes).solo).toEqual(['failed', 'not sent']);
    expect(server.posts()).toBe(1);
  });

  test('what an index refuses beside a file that it takes is sent again by itself', async () => {
    const server = await lab.faulty((post) => (post === 2 ? { status: 409 } : 'pass'));
    const outcomes = await publishAll([one()], lab.throughFaults(server));
    expect(words(outcomes)).toBe('');
    expect(outcomes[0]?.files.map(({ attempts }) => attempts).sort()).toEqual([1, 2]);
    expect(server.posts()).toBe(3);
  });

  test('while a listing is waited for, the next package goes up', async () => {
    const server = await lab.faulty(
      () => 'pass',
      () => (server.posts() < 4 ? 'empty' : 'pass'),
    );
    const other = plannedPackage(lab.folder, { name: 'other', version: '1.0' });
    expect(words(await publishAll([one(), other], lab.throughFaults(server), { parallel: 1 }))).toBe('');
  });

  test('a reset for ever ends after four attempts, in words', async () => {
    const server = await lab.faulty(() => 'reset');
    const said = words(await publishAll([one()], lab.throughFaults(server)));
    expect(said).toMatch(/ECONNRESET|socket hang up/);
    expect(said).not.toMatch(/\n\s+at /);
    expect(server.posts()).toBe(4 + 4); // of each file
  });

  test('413 before the body is read is understood, 20 times of 20', async () => {
    const server = await lab.faulty(() => 'early-413');
    const access = accessTo(server, '__token__', lab.index.token(), 'local'); // without the form that asks first
    // So large that it is still on its way when the answer comes and the connection ends.
    const large = plannedPackage(lab.folder, { name: 'large', version: '1.0', bulk: 8_000_000 });
    const wheel = { ...large, dists: large.dists.filter(({ kind }) => kind === 'wheel') };
    for (let time = 0; time < 20; time++) {
      expect(words(await publishAll([wheel], access))).toMatch(/^large-1\.0\S+: 413 .*File too large/);
    }
    expect(server.posts()).toBe(20);
  });

  test('two publishers at once both succeed', async () => {
    const both = await Promise.all([
      publishAll(diamond(lab.folder), lab.local()),
      publishAll(diamond(lab.folder), lab.local()),
    ]);
    expect(words(both.flat())).toBe('');
    expect(both.flat().every(({ success }) => success)).toBe(true);
  });

  test('500 for ever ends after four attempts; dependents are not tried, others are published', async () => {
    const server = await lab.faulty((_, head) => (head.includes('name="name"\r\n\r\nleft') ? { status: 500 } : 'pass'));
    const outcomes = await publishAll(diamond(lab.folder), lab.throughFaults(server));
    expect(states(outcomes)).toMatchObject({
      base: ['uploaded', 'uploaded'],
      right: ['uploaded', 'uploaded'],
      left: ['failed', 'failed'],
      top: ['not sent', 'not sent'],
    });
    expect(words(outcomes)).toContain('because left could not be published');
    expect(server.posts()).toBe(2 + 2 + (4 + 4));
  });

  test('413 is not tried again', async () => {
    const server = await lab.faulty(() => ({ status: 413 }));
    expect(words(await publishAll([one()], lab.throughFaults(server)))).toContain('413');
    expect(server.posts()).toBe(2); // each file once
  });

  test('a success that the listing does not confirm is a failure', async () => {
    const server = await lab.faulty(() => 'login-page');
    const outcomes = await publishAll([one()], lab.throughFaults(server), { verifyTimeoutMs: 100 });
    expect(outcomes).toMatchObject([{ success: false }]);
    expect(words(outcomes)).toContain('did not list it');
  });

  test('a file that changed since it was recorded is not uploaded', async () => {
    const pkg = one();
    const [dist] = pkg.dists;
    const changed = { ...pkg, dists: [{ ...dist!, sha256: '0'.repeat(64) }] };
    const outcomes = await publishAll([changed], lab.local());
    expect(words(outcomes)).toContain('has changed');
    expect((await fetch(`${lab.index.simpleUrl}solo/`)).status).toBe(404);
  });

  test('a file that cannot be read is named', async () => {
    const pkg = one();
    for (const { path } of pkg.dists) writeFileSync(path, 'broken');
    expect(words(await publishAll([pkg], lab.local()))).toMatch(/solo-1.0.*cannot be read/);
  });
});
