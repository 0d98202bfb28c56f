/** Trusted publishing against an index that takes ID tokens as PyPI documents it. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTrustedPublisher } from '../../testing/publish/processes.js';
import { publishAll, words } from '../../testing/publish/publishing.js';
import { manyPackages, plannedPackage, plannedPackages, temporaryFolder } from '../../testing/publish/tools.js';
import {
  idToken,
  REQUEST_TOKEN,
  startTrustingIndex,
  type TrustingIndex,
} from '../../testing/publish/trusting-index.js';
import { type RunningIndex, startLocalIndex } from '../local-index/server.js';
import { openIndex } from './open-index.js';

let folder: string;
let index: RunningIndex;
let server: TrustingIndex;
beforeEach(async () => {
  folder = temporaryFolder();
  index = await startLocalIndex(join(folder, 'index'));
  server = await startTrustingIndex(index);
  vi.stubEnv('HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.close();
  await index.close();
  rmSync(folder, { recursive: true, force: true });
});

function inGitHub(): void {
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', server.requestUrl);
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', REQUEST_TOKEN);
}

/** What makes a job of each CI, and what it asks for its ID token. */
const CI: Readonly<Record<string, [() => void, ...string[]]>> = {
  GitHub: [inGitHub, 'GET /id-token'],
  GitLab: [inGitLab],
  Google: [
    () => vi.stubEnv('GCE_METADATA_HOST', new URL(server.uploadUrl).host),
    'GET /computeMetadata/v1/instance/service-accounts/default/identity',
  ],
  'ActiveState and others that hand it over': [() => vi.stubEnv('NX_WHEELHOUSE_ID_TOKEN', `${idToken('company')}\n`)],
  Buildkite: [
    () => {
      const agent = join(folder, 'buildkite-agent');
      writeFileSync(
        agent,
        `#!/bin/sh\ntest "$BUILDKITE_AGENT_ACCESS_TOKEN $*" = "agent oidc request-token --audience company" && echo ${idToken('company')}\n`,
      );
      chmodSync(agent, 0o755);
      vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
      vi.stubEnv('BUILDKITE', 'true');
      vi.stubEnv('BUILDKITE_AGENT_ACCESS_TOKEN', 'agent');
    },
  ],
};

function inGitLab(audience = 'company'): void {
  vi.stubEnv('GITLAB_CI', 'true');
  vi.stubEnv('COMPANY_ID_TOKEN', idToken(audience));
}

const choice = { listingUrl: undefined, caCertificate: undefined, dryRun: false };
const open = (options: Partial<Parameters<typeof openIndex>[1]> = {}) =>
  openIndex(folder, { ...choice, repository: server.uploadUrl, ...options }, async () => '');

test.each(Object.entries(CI))(
  'in %s one token is minted for 50 packages, and given back',
  async (_, [enter, ...idTokenRequests]) => {
    enter();
    const opened = await open();
    const packages = manyPackages(folder, 50);
    const outcomes = await publishAll(packages, opened.access);
    await opened.close();
    expect(words(outcomes)).toBe('');
    expect(outcomes).toHaveLength(50);
    expect(server.asked).toEqual([
      'GET /_/oidc/audience',
      ...idTokenRequests,
      'POST /_/oidc/mint-token',
      'POST /_/oidc/burn-token',
    ]);
    const late = await publishAll([plannedPackage(folder, { name: 'late', version: '1.0' })], opened.access);
    expect(words(late)).toContain('does not accept the credential');
  },
);

test('a dry run mints nothing and is content', async () => {
  inGitHub();
  const opened = await open({ dryRun: true });
  expect(opened.problems).toEqual([]);
  const [outcome] = await publishAll([plannedPackage(folder, { name: 'dry', version: '1.0' })], opened.access, {
    dryRun: true,
  });
  await opened.close();
  expect(outcome?.files.map(({ state }) => state)).toEqual(['would be uploaded', 'would be uploaded']);
  expect(server.asked).toEqual([]);
  expect(server.posts()).toBe(0);
});

test('a token of the repository comes before trusted publishing', async () => {
  inGitHub();
  vi.stubEnv(`NX_WHEELHOUSE_TOKEN_${new URL(server.uploadUrl).host.replace(/[.:]/g, '_')}`, 'own');
  expect((await open()).access.credential?.password).toBe('own');
  expect(server.asked).toEqual([]);
});

test.each([
  [
    'another',
    /invalid-publisher: .*no corresponding publisher.*The job is: .*repository acme\/tools, environment release[\s\S]*pending publisher/,
  ],
  ['company', /invalid-reuse-token: already used[\s\S]*get a new ID token/],
])('what the index says against an ID token for "%s" is explained', async (audience, explained) => {
  inGitLab(audience);
  await open().catch(() => undefined);
  await expect(open()).rejects.toThrow(explained);
});

test('a variable that the job lacks is named', async () => {
  inGitLab();
  vi.stubEnv('COMPANY_ID_TOKEN', '');
  await expect(open()).rejects.toThrow(/the job has no COMPANY_ID_TOKEN/);
});

test('after ten minutes a new token is minted before the next upload, once; both are given back', async () => {
  inGitHub();
  vi.useFakeTimers({ toFake: ['Date'] });
  const opened = await open();
  const publishSome = (prefix: string) =>
    publishAll(
      plannedPackages(
        join(folder, prefix),
        [1, 2, 3].map((n) => ({ name: `${prefix}${n}`, version: '1.0' })),
      ),
      opened.access,
    );
  expect(words(await publishSome('early'))).toBe('');
  const first = opened.access.credential?.password ?? '';
  vi.setSystemTime(Date.now() + 11 * 60_000);
  expect(words(await publishSome('late'))).toBe('');
  vi.useRealTimers();
  const second = opened.access.credential?.password ?? '';
  expect(second).not.toBe(first);
  expect(opened.redact(`${first} ${second}`)).toBe('[hidden] [hidden]');
  await opened.close();
  const counts = ['mint-token', 'burn-token'].map((end) => server.asked.filter((one) => one.endsWith(end)).length);
  expect(counts).toEqual([2, 2]);
});

test('an ID token for one use only is no end after ten minutes: the token goes on', async () => {
  inGitLab();
  vi.useFakeTimers({ toFake: ['Date'] });
  const opened = await open();
  vi.setSystemTime(Date.now() + 11 * 60_000);
  const outcomes = await publishAll([plannedPackage(folder, { name: 'late', version: '1.0' })], opened.access);
  vi.useRealTimers();
  expect(words(outcomes)).toBe('');
  await opened.close();
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s gives the token back', async (signal) => {
  const env = { HOME: folder, NX_WHEELHOUSE_ID_TOKEN: idToken('company') };
  const child = await startTrustedPublisher(server.uploadUrl, env);
  const ended = new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
  child.kill(signal);
  expect(await ended).toBe(signal);
  expect(server.asked.at(-1)).toBe('POST /_/oidc/burn-token');
});

test('an index that says it is the public one gets no ID token', async () => {
  server.close();
  server = await startTrustingIndex(index, 'pypi');
  inGitHub();
  await expect(open()).rejects.toThrow(/asks for an ID token for "pypi", which it is not/);
  expect(server.asked).toEqual(['GET /_/oidc/audience']);
});

test('a job that may not ask for ID tokens is told what it lacks', async () => {
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  const { problems } = await open({ repository: 'http://127.0.0.2:9/legacy/' });
  expect(problems).toEqual([expect.stringContaining('permissions: id-token: write')]);
});

test('an index without trusted publishing is opened without a credential', async () => {
  inGitHub();
  const opened = await open({ repository: index.uploadUrl });
  expect(opened.access.credential).toBeUndefined();
});
