/** Trusted publishing against an index that takes ID tokens as PyPI documents it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { publishAll, words } from '../../testing/publish/publishing.js';
import { plannedPackage, temporaryFolder } from '../../testing/publish/tools.js';
import { REQUEST_TOKEN, startTrustingIndex, type TrustingIndex } from '../../testing/publish/trusting-index.js';
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

const choice = { listingUrl: undefined, caCertificate: undefined, dryRun: false };
const open = (options: Partial<Parameters<typeof openIndex>[1]> = {}) =>
  openIndex(folder, { ...choice, repository: server.uploadUrl, ...options }, async () => '');

test.each(['GitHub', 'GitLab'])('in %s one token is minted for 50 packages, and given back', async (host) => {
  if (host === 'GitHub') inGitHub();
  else {
    vi.stubEnv('GITLAB_CI', 'true');
    vi.stubEnv('COMPANY_ID_TOKEN', 'id-token-for-company');
  }
  const opened = await open();
  const packages = Array.from({ length: 50 }, (_, at) =>
    plannedPackage(folder, { name: `package-${at}`, version: '1.0' }),
  );
  const outcomes = await publishAll(packages, opened.access);
  await opened.close();
  expect(words(outcomes)).toBe('');
  expect(outcomes).toHaveLength(50);
  const idToken = host === 'GitHub' ? ['GET /id-token'] : [];
  expect(server.asked).toEqual([
    'GET /_/oidc/audience',
    ...idToken,
    'POST /_/oidc/mint-token',
    'POST /_/oidc/burn-token',
  ]);
  const late = await publishAll([plannedPackage(folder, { name: 'late', version: '1.0' })], opened.access);
  expect(words(late)).toContain('does not accept the credential');
});

test('a dry run mints nothing and is content', async () => {
  inGitHub();
  const opened = await open({ dryRun: true });
  expect(opened.problems).toEqual([]);
  await opened.close();
  expect(server.asked).toEqual([]);
});

test('a token of the repository comes before trusted publishing', async () => {
  inGitHub();
  vi.stubEnv(`NX_WHEELHOUSE_TOKEN_${new URL(server.uploadUrl).host.replace(/[.:]/g, '_')}`, 'own');
  expect((await open()).access.credential?.password).toBe('own');
  expect(server.asked).toEqual([]);
});

test('what the index says against an ID token is passed on', async () => {
  vi.stubEnv('GITLAB_CI', 'true');
  vi.stubEnv('COMPANY_ID_TOKEN', 'id-token-for-another');
  await expect(open()).rejects.toThrow(/invalid-reuse-token: already used, or not for us/);
  vi.stubEnv('COMPANY_ID_TOKEN', '');
  await expect(open()).rejects.toThrow(/the job has no COMPANY_ID_TOKEN/);
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
