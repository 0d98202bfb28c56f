/** Generate, build, test, publish, install: three packages, then everything from the cache. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRemoteCache } from './harness/remote-cache.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

describe('three packages that depend on one another', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace();
    await workspace.nx('g python-package libs/alpha');
    await workspace.nx('g python-package libs/beta --dependencies=alpha');
    await workspace.nx('g python-package libs/gamma --dependencies=beta,alpha --manifest=setup.py --layout=flat');
    await workspace.commit('Three packages');
  });
  afterAll(() => workspace?.dispose());

  const digests = () =>
    ['alpha', 'beta', 'gamma'].flatMap((name) =>
      workspace.list(`libs/${name}/dist`).map((file) => {
        const sha256 = createHash('sha256')
          .update(readFileSync(workspace.path('libs', name, 'dist', file)))
          .digest('hex');
        return `${file} ${sha256}`;
      }),
    );

  test('build and test', async () => {
    expect(await workspace.tasks('run-many -t build test')).toMatchObject({
      'alpha:build': 'executed',
      'beta:build': 'executed',
      'gamma:build': 'executed',
      'alpha:test': 'executed',
      'beta:test': 'executed',
      'gamma:test': 'executed',
    });
    for (const name of ['alpha', 'beta', 'gamma']) {
      expect(workspace.list(`libs/${name}/dist`)).toEqual([`${name}-0.1.0-py3-none-any.whl`, `${name}-0.1.0.tar.gz`]);
    }
  });

  test('what is built passes twine check --strict', async () => {
    const files = ['alpha', 'beta', 'gamma'].flatMap((name) =>
      workspace.list(`libs/${name}/dist`).map((file) => `libs/${name}/dist/${file}`),
    );
    expect(await workspace.run('twine', 'check', '--strict', ...files)).not.toContain('FAILED');
  });

  test('a second run does nothing: everything comes from the cache', async () => {
    const verdicts = await workspace.tasks('run-many -t build test');
    expect(Object.keys(verdicts).length).toBeGreaterThanOrEqual(6);
    expect([...new Set(Object.values(verdicts))]).toEqual(['local cache']);
  });

  test('deleted dists come back from the cache, byte for byte', async () => {
    const before = digests();
    for (const name of ['alpha', 'beta', 'gamma']) workspace.remove(`libs/${name}/dist`);
    const verdicts = await workspace.tasks('run-many -t build');
    expect([...new Set(Object.values(verdicts))]).toEqual(['local cache']);
    expect(digests()).toEqual(before);
  });

  test('a build from nothing gives the same bytes', async () => {
    const before = digests();
    const verdicts = await workspace.tasks('run-many -t build --skip-nx-cache');
    expect([...new Set(Object.values(verdicts))]).toEqual(['executed']);
    expect(digests()).toEqual(before);
  });

  test('another machine takes dists and test results from the remote cache', async () => {
    const cache = await startRemoteCache();
    const first = await workspace.clone();
    const second = await workspace.clone();
    try {
      for (const machine of [first, second]) {
        machine.env.NX_SELF_HOSTED_REMOTE_CACHE_SERVER = cache.url;
        machine.env.NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN = cache.token;
      }
      expect(new Set(Object.values(await first.tasks('run-many -t build test')))).toEqual(new Set(['executed']));
      expect(cache.size()).toBeGreaterThanOrEqual(6);
      expect(new Set(Object.values(await second.tasks('run-many -t build test')))).toEqual(new Set(['remote cache']));
      for (const file of second.list('libs/beta/dist')) {
        expect(readFileSync(second.path('libs/beta/dist', file))).toEqual(
          readFileSync(first.path('libs/beta/dist', file)),
        );
      }
    } finally {
      cache.close();
      first.dispose();
      second.dispose();
    }
  });

  test('publish goes to the local index, from which pip installs what was built', async () => {
    const output = await workspace.nx('run-many -t publish --output-style=static');
    expect(output).toContain('gamma-0.1.0-py3-none-any.whl');
    await workspace.run('uv', 'venv', '--quiet', '--seed', 'fresh');
    const index = `file://${workspace.path('.wheelhouse/index/simple/')}`;
    await workspace.run('fresh/bin/python', '-m', 'pip', 'install', '--quiet', '--index-url', index, 'gamma');
    expect(
      await workspace.run(
        'fresh/bin/python',
        '-c',
        'import alpha.module, beta.module, gamma.module; print(gamma.module.say_hello())',
      ),
    ).toMatch(/hello/i);
  });

  test('publishing the same again uploads nothing and succeeds', async () => {
    expect(await workspace.nx('run-many -t publish --output-style=static')).toMatch(/already/);
  });

  test('one package that cannot be published stops the run before anything is sent, built now or from the cache', async () => {
    const known = workspace.read('.wheelhouse/index/ledger.jsonl');
    workspace.write('libs/alpha/pyproject.toml', workspace.read('libs/alpha/pyproject.toml').replace('0.1.0', '0.2.0'));
    workspace.append('libs/gamma/gamma/module.py', '\nCHANGED = True\n');
    for (const build of ['executed', 'local cache']) {
      const { status, output } = await workspace.tryNx('run-many -t publish --output-style=static');
      expect(status, build).not.toBe(0);
      expect(output).toMatch(/gamma-0\.1\.0.*other bytes/);
      expect(output).toMatch(/alpha-0\.2\.0.*not sent[\s\S]*because of problems in gamma/);
    }
    expect(workspace.read('.wheelhouse/index/ledger.jsonl')).toBe(known);
    await workspace.git('checkout', '--quiet', 'libs');
  });

  test('a package whose build fails stops the run too, though an older build of it lies there', async () => {
    workspace.append('libs/beta/pyproject.toml', '\n[tool.hatch.metadata.hooks.nowhere]\n');
    const { output } = await workspace.tryNx('run-many -t publish --output-style=static');
    expect(output).toMatch(/beta not published to local\s+its build has failed/);
    expect(output).toMatch(/alpha 0\.1\.0 not published/);
    await workspace.git('checkout', '--quiet', 'libs');
  });

  test('the packages that one needs go where it goes', async () => {
    const output = await workspace.nx('run gamma:publish --dryRun --output-style=static');
    expect(output.match(/dry run: nothing was sent/g)).toHaveLength(3);
  });
});
