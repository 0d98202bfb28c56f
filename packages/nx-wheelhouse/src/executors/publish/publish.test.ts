/** Publish tasks as Nx runs them: over a workspace with built packages. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PublishWorkspace } from '../../../testing/publish/publish-workspace.js';
import { type RealServer, startPypiserver } from '../../../testing/publish/real-servers.js';
import { distRecordPath } from '../../build/dist-record.js';
import type { PublishReport } from '../../publish/report-files.js';
import type { BatchResult } from '../task-batch.js';
import type { PublishTaskOptions } from './options.js';

const workspace = new PublishWorkspace();
const builtPackage = (name: string, requires?: readonly string[]) => workspace.builtPackage(name, requires);
const publishAll = (options?: PublishTaskOptions) => workspace.publishAll(options);

const order = (results: readonly BatchResult[]) => results.map(({ task }) => task);
const successes = (results: readonly BatchResult[]) => results.map(({ result }) => result.success);
// Whether there are colours depends on where the tests run.
const output = (results: readonly BatchResult[]) =>
  stripVTControlCharacters(results.map(({ result }) => result.terminalOutput).join(''));

async function pypiserver(): Promise<RealServer & { variable: string }> {
  const server = await startPypiserver('s3cret/with+signs');
  workspace.open.push(server);
  const variable = `NX_WHEELHOUSE_TOKEN_${new URL(server.uploadUrl).host.replace(/[.:]/g, '_')}`;
  return { ...server, variable };
}

describe('publish', () => {
  test('goes to the local index, dependencies first, whatever the task graph says', async () => {
    builtPackage('aaa', ['bbb']);
    builtPackage('bbb', ['ccc']);
    builtPackage('ccc');
    const results = await publishAll();
    expect(successes(results)).toEqual([true, true, true]);
    expect(order(results)).toEqual(['ccc:publish', 'bbb:publish', 'aaa:publish']);
    expect(output(results)).toContain('--index-url file:');
    expect(output(await publishAll())).not.toMatch(/ uploaded/);
  });

  test('names a circle with its lines; what needs it is not tried, the others go on', async () => {
    builtPackage('aaa', ['bbb']);
    builtPackage('bbb', ['aaa']);
    builtPackage('ccc', ['aaa']);
    builtPackage('ddd');
    const results = await publishAll();
    expect(Object.fromEntries(results.map(({ task, result }) => [task, result.success]))).toEqual({
      'aaa:publish': false,
      'bbb:publish': false,
      'ccc:publish': false,
      'ddd:publish': true,
    });
    expect(output(results)).toContain('aaa -> bbb -> aaa');
    expect(output(results)).toContain('libs/bbb/pyproject.toml:4: bbb needs aaa');
    expect(output(results)).toMatch(/not tried, because aaa, bbb could not be published/);
  });

  test('refuses a dist that is not the built one, and then sends nothing at all', async () => {
    builtPackage('aaa');
    builtPackage('bbb');
    writeFileSync(join(workspace.root, 'libs/bbb/dist/bbb-1.0.tar.gz'), 'changed');
    const results = await publishAll();
    expect(successes(results)).toEqual([false, false]);
    expect(output(results)).toContain('not the one that was built');
    rmSync(join(workspace.root, 'libs/bbb'), { recursive: true });
    workspace.projects = ['aaa'];
    expect(output(await publishAll())).toMatch(/ uploaded/);
  });

  test('refuses a package that has not been built', async () => {
    builtPackage('aaa');
    rmSync(join(workspace.root, distRecordPath('libs/aaa')));
    expect(output(await publishAll())).toContain('has not been built');
  });

  test.each([{ dryRun: true }, 'NX_DRY_RUN'])('sends and makes nothing in a dry run (%j)', async (how) => {
    builtPackage('aaa');
    if (typeof how === 'string') process.env.NX_DRY_RUN = 'true';
    try {
      expect(output(await publishAll(typeof how === 'string' ? {} : how))).toMatch(
        /would be uploaded[\s\S]*nothing was sent/,
      );
    } finally {
      delete process.env.NX_DRY_RUN;
    }
    expect(output(await publishAll())).toMatch(/ uploaded/);
  });

  test('leaves out what a release gives no new version, with success', async () => {
    builtPackage('aaa');
    const results = await publishAll({ nxReleaseVersionData: { aaa: { newVersion: null } } });
    expect(successes(results)).toEqual([true]);
    expect(output(results)).toContain('no new version');
  });

  test('refuses, in a release, what is built of another version, before anything is sent', async () => {
    builtPackage('aaa');
    builtPackage('bbb');
    const nxReleaseVersionData = { aaa: { newVersion: '1.1.0-rc.0' }, bbb: { newVersion: '1.0.0' } };
    const results = await publishAll({ nxReleaseVersionData });
    expect(successes(results)).toEqual([false, false]);
    expect(output(results)).toContain('This release makes version 1.1.0rc0, but what is built is 1.0.');
    expect(output(await publishAll({ nxReleaseVersionData, dryRun: true }))).toContain('would be uploaded');
    const right = await publishAll({
      nxReleaseVersionData: { aaa: { newVersion: '1.0.0' }, bbb: { newVersion: '1.0.0' } },
    });
    expect(successes(right)).toEqual([true, true]);
  });

  test('takes the registry of nx release for the repository', async () => {
    builtPackage('aaa');
    expect(output(await publishAll({ repository: 'local', registry: 'nowhere' }))).toContain(
      'no repository called "nowhere"',
    );
  });

  test('takes a URL, with the token from the environment, and shows the token nowhere', async () => {
    builtPackage('aaa');
    const server = await pypiserver();
    process.env[server.variable] = 's3cret/with+signs\n';
    process.env[server.variable.replace('TOKEN', 'USERNAME')] = 'me';
    const results = await publishAll({ repository: server.uploadUrl });
    expect(output(results)).toMatch(/ uploaded/);
    process.env[server.variable] = 'wrong-secret';
    builtPackage('bbb');
    const refused = await publishAll({ repository: server.uploadUrl });
    expect(successes(refused)).toEqual([false, false]);
    const forms = ['s3cret/with+signs', 'wrong-secret'].flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(`me:${secret}`).toString('base64'),
    ]);
    const reports = ['publish.json', 'publish.html'].map((name) =>
      readFileSync(join(workspace.root, '.wheelhouse', name), 'utf8'),
    );
    for (const form of forms) expect([output([...results, ...refused]), ...reports].join()).not.toContain(form);
  });

  test('leaves a report for programs, for people, and for the summary of a job in GitHub Actions', async () => {
    builtPackage('aaa');
    builtPackage('bbb', ['aaa']);
    process.env.GITHUB_STEP_SUMMARY = join(workspace.root, 'summary.md');
    try {
      await publishAll();
    } finally {
      delete process.env.GITHUB_STEP_SUMMARY;
    }
    const [json, html, markdown] = ['.wheelhouse/publish.json', '.wheelhouse/publish.html', 'summary.md'].map((path) =>
      readFileSync(join(workspace.root, path), 'utf8'),
    ) as [string, string, string];
    const report = JSON.parse(json) as PublishReport;
    expect(report).toMatchObject({ repository: 'local', success: true });
    expect(report.packages.map(({ project }) => project)).toEqual(['aaa', 'bbb']);
    for (const { filename, sha256, attempts } of report.packages.flatMap(({ files }) => files)) {
      expect(attempts).toBe(1);
      for (const text of [html, markdown]) expect(text).toMatch(new RegExp(`${filename}.*${sha256}.*uploaded`));
    }
    expect(html).not.toMatch(/<script|src=|href=/);
  });

  test('installs together what it published, with the bytes it sent, when asked to', async () => {
    builtPackage('aaa');
    builtPackage('bbb', ['aaa']);
    expect(successes(await publishAll({ verifyInstall: true }))).toEqual([true, true]);
  });

  test('installs what it sent elsewhere without being asked, unless told not to, and not where nothing was sent', async () => {
    const server = await pypiserver();
    process.env[server.variable] = 's3cret/with+signs';
    process.env[server.variable.replace('TOKEN', 'USERNAME')] = 'me';
    const destination = { repository: server.uploadUrl, listingUrl: server.listingUrl };
    builtPackage('aaa', ['nxw-nowhere-at-all']);
    const results = await publishAll(destination);
    expect(successes(results)).toEqual([false]);
    expect(output(results)).toMatch(/ uploaded[\s\S]*what was published cannot be installed[\s\S]*nxw-nowhere-at-all/);
    expect(successes(await publishAll(destination))).toEqual([true]);
    expect(successes(await publishAll({ ...destination, verifyInstall: true }))).toEqual([false]);
    builtPackage('bbb', ['nxw-nowhere-at-all']);
    expect(successes(await publishAll({ ...destination, verifyInstall: false }))).toEqual([true, true]);
  });

  test('fails at once where an index elsewhere has no credential', async () => {
    builtPackage('aaa');
    const results = await publishAll({ repository: 'http://127.0.0.2:9/legacy/' });
    expect(successes(results)).toEqual([false]);
    expect(output(results)).toMatch(/NX_WHEELHOUSE_TOKEN_127_0_0_2_9/);
  });
});
