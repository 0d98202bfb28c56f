/**
 * The same checks around every uploader: whoever sends the files, order, resuming, retries and verdicts are ours, and a shell that
 * holds something for uv or twine changes nothing.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { IndexUnderTest } from '../../../testing/publish/index-under-test.js';
import { accessTo, allStates, diamond, publishAll, states, words } from '../../../testing/publish/publishing.js';
import { secureProxyTo } from '../../../testing/publish/secure-server.js';
import { plannedPackage, tool } from '../../../testing/publish/tools.js';
import { PATIENCE } from '../retry.js';
import { chooseUploader } from './choose.js';

const lab = new IndexUnderTest();
afterEach(() => void vi.unstubAllEnvs());

test('another name is answered with those that there are', () => {
  expect(() => chooseUploader('flit', async () => '')).toThrow(/builtin, uv, twine/);
});

describe.each(['builtin', 'uv', 'twine'])('%s', (name) => {
  const uploader = chooseUploader(name, async () => tool('python'));
  const one = (note?: string) =>
    plannedPackage(lab.folder, { name: 'solo', version: '1.0', ...(note ? { note } : {}) });

  test('a diamond goes up in order; the same again sends nothing; other bytes of one stop all', async () => {
    const server = await lab.faulty(() => 'pass');
    const access = lab.throughFaults(server);
    const outcomes = await publishAll(diamond(lab.folder), access, { uploader });
    expect(words(outcomes)).toBe('');
    expect(allStates(outcomes)).toEqual(['uploaded']);
    expect([outcomes[0]?.project, outcomes[3]?.project]).toEqual(['base', 'top']);
    expect(server.posts()).toBe(8);
    expect(allStates(await publishAll(diamond(lab.folder), access, { uploader }))).toEqual(['already there']);

    const other = plannedPackage(lab.folder, { name: 'base', version: '1.0', note: 'other' });
    const fresh = plannedPackage(lab.folder, { name: 'fresh', version: '1.0' });
    const refused = await publishAll([fresh, other], access, { uploader });
    expect(words(refused)).toContain(`here ${other.dists[0]?.sha256}`);
    expect(words(refused)).toContain(`sha256 ${diamond(lab.folder)[3]?.dists[0]?.sha256}`);
    expect(states(refused).fresh).toEqual(['not sent', 'not sent']);
    expect(server.posts()).toBe(8);
  });

  test.each([
    ['500 after it stored the file', 'pass-then-500'],
    ['a reset after it stored the file', 'pass-then-reset'],
    ['a reset', 'reset'],
    ['429', 'retry-after'],
  ] as const)('%s is got over', async (_, fault) => {
    const server = await lab.faulty((post) => (post === 1 ? fault : 'pass'));
    const outcomes = await publishAll([one()], lab.throughFaults(server), { uploader });
    expect(words(outcomes)).toBe('');
    expect(allStates(outcomes)).toEqual(['uploaded']);
    // What is there is not sent again.
    expect(server.posts()).toBe(fault === 'reset' || fault === 'retry-after' ? 3 : 2);
  });

  test('a success that the listing does not confirm is none, in the same words', async () => {
    const server = await lab.faulty(() => 'login-page');
    const outcomes = await publishAll([one()], lab.throughFaults(server), { uploader, verifyTimeoutMs: 100 });
    expect(words(outcomes)).toMatch(
      /^solo-1\.0\S+: the index took it, but did not list it at \S+ within 0\.1 s\nsolo-1\.0\S+: the index took it/,
    );
    expect(states(outcomes).solo).toEqual(['failed', 'failed']);
  });

  test('a refusal is passed on in one line, and not tried again', async () => {
    const server = await lab.faulty(() => ({ status: 403 }));
    const outcomes = await publishAll([one()], lab.throughFaults(server), { uploader });
    expect(words(outcomes)).toMatch(/^solo-1\.0\S+: .*403.*\(check the token and what it is allowed to upload\)$/m);
    expect(words(outcomes).split('\n')).toHaveLength(2);
    expect(server.posts()).toBe(2); // each file once
  });

  test('an error that does not pass is tried four times', async () => {
    const server = await lab.faulty(() => ({ status: 503 }));
    const outcomes = await publishAll([one()], lab.throughFaults(server), { uploader });
    expect(words(outcomes)).toMatch(/^solo-1\.0\S+: .*503/m);
    expect(server.posts()).toBe(4 + 4); // of each file
  });

  test('an answer is not waited for for ever, and what is there without it is not sent again', async () => {
    const server = await lab.faulty((post) => (post === 1 ? 'pass-then-silence' : 'pass'));
    const access = lab.throughFaults(server);
    const impatient = { ...access, patience: { ...access.patience, silenceMs: 5000 } };
    expect(words(await publishAll([one()], impatient, { uploader }))).toBe('');
    expect(server.posts()).toBe(2);
  });

  test('what the shell holds for uv and twine has no effect, nor has a proxy that is dead', async () => {
    const elsewhere = await lab.faulty(() => 'pass');
    for (const [variable, value] of Object.entries({
      UV_PUBLISH_URL: elsewhere.uploadUrl,
      UV_PUBLISH_TOKEN: 'stray',
      UV_PUBLISH_CHECK_URL: elsewhere.listingUrl,
      TWINE_REPOSITORY_URL: elsewhere.uploadUrl,
      TWINE_USERNAME: 'stray',
      TWINE_PASSWORD: 'stray',
      TWINE_CERT: '/nowhere.pem',
      REQUESTS_CA_BUNDLE: '/nowhere.pem',
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
    })) {
      vi.stubEnv(variable, value);
    }
    const outcomes = await publishAll([one()], lab.local(), { uploader });
    expect(words(outcomes)).toBe('');
    expect(elsewhere.authorizations).toEqual([]);
  });

  test.each([301, 307])('a redirect by %i is refused, and nobody there sees us', async (status) => {
    const elsewhere = await lab.faulty(() => 'pass');
    const server = await lab.faulty(() => ({ status, location: elsewhere.uploadUrl }));
    const outcomes = await publishAll([one()], lab.throughFaults(server), { uploader });
    expect(states(outcomes).solo).toEqual(['failed', 'failed']);
    expect(words(outcomes)).toMatch(/redirect/i);
    expect(words(outcomes)).toContain(elsewhere.uploadUrl);
    expect(server.posts()).toBe(2); // each file once
    expect(elsewhere.authorizations).toEqual([]);
  });

  test('a file that has changed since it was looked at is not sent', async () => {
    const server = await lab.faulty(() => 'pass');
    const pkg = one();
    const [dist] = pkg.dists;
    const changed = { ...pkg, dists: [{ ...dist!, sha256: '0'.repeat(64) }] };
    expect(words(await publishAll([changed], lab.throughFaults(server), { uploader }))).toMatch(/changed|not the one/);
    expect((await fetch(`${lab.index.simpleUrl}solo/`)).status).toBe(404);
  });

  test('an unknown certificate is refused, a given one believed', async () => {
    const secure = await secureProxyTo(lab.index);
    lab.open.push(secure);
    vi.stubEnv('REQUESTS_CA_BUNDLE', '/nowhere.pem');
    const plain = lab.local();
    const access = {
      ...plain,
      repository: { ...plain.repository, uploadUrl: secure.uploadUrl },
      patience: { ...plain.patience, attempts: 1 },
    };
    expect(words(await publishAll([one()], access, { uploader }))).toMatch(/certificate/i);
    const outcomes = await publishAll([one()], { ...access, certificates: secure.certificate }, { uploader });
    expect(words(outcomes)).toBe('');
  });
});

test('an answer after 30 s is waited for, whoever sends', async () => {
  const send = async (name: string) => {
    const server = await lab.faulty((post) => (post === 1 ? { after: 30_000 } : 'pass'));
    const pkg = plannedPackage(lab.folder, { name: `late-${name}`, version: '1.0' });
    const uploader = chooseUploader(name, async () => tool('python'));
    const access = { ...lab.throughFaults(server), patience: PATIENCE };
    expect(words(await publishAll([pkg], access, { uploader }))).toBe('');
    expect(server.posts()).toBe(2);
  };
  await Promise.all(['builtin', 'uv', 'twine'].map(send));
});

test('a server that is open to everyone needs no credential', async () => {
  const server = await lab.faulty(() => 'anonymous');
  const access = accessTo(server, '', '', 'local');
  for (const name of ['builtin', 'uv', 'twine']) {
    const pkg = plannedPackage(lab.folder, { name: `by-${name}`, version: '1.0' });
    const uploader = chooseUploader(name, async () => tool('python'));
    expect(words(await publishAll([pkg], { ...access, credential: undefined }, { uploader }))).toBe('');
  }
});
