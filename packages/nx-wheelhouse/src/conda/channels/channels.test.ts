/** Channels on servers: the protocols, the faults, the tokens. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Received,
  type RunningServer,
  startAnaconda,
  startQuetz,
  startServer,
} from '../../../testing/conda/servers.js';
import {
  builtWorkspace,
  install,
  removeTemporaryFolders,
  type TestWheel,
  temporaryFolder,
  useTools,
} from '../../../testing/conda/tools.js';
import type { Workspace } from '../../workspace/workspace.js';
import { buildConda } from '../build.js';
import { type BuiltCondaPackage, readVerifiedCondaPackages } from '../conda-record.js';
import { publishConda } from '../publish.js';
import { type ChannelChoice, openChannel } from './open-channel.js';
import { rattlerChannel } from './rattler-upload.js';
import { serverChannel } from './server.js';

beforeAll(useTools);
afterAll(removeTemporaryFolders);

const running: RunningServer[] = [];
const variables = new Map<string, string | undefined>();

afterEach(() => {
  for (const server of running.splice(0)) server.close();
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  variables.clear();
});

function setVariable(name: string, value: string): void {
  if (!variables.has(name)) variables.set(name, process.env[name]);
  process.env[name] = value;
}

async function server<Started extends RunningServer>(start: Promise<Started>): Promise<Started> {
  const started = await start;
  running.push(started);
  return started;
}

async function built(packages: readonly TestWheel[]): Promise<Workspace> {
  const workspace = builtWorkspace(packages);
  for (const { name } of packages) await buildConda(workspace, name, {});
  return workspace;
}

async function publish(workspace: Workspace, choice: Partial<ChannelChoice>, verifyTimeoutMs = 60_000) {
  const channel = openChannel(workspace.root, { channel: 'local', label: undefined, listingUrl: undefined, ...choice });
  const projects = [...workspace.packages.values()].map(({ project }) => project);
  const { outcomes } = await publishConda(workspace, projects, channel, {
    dryRun: false,
    verifyTimeoutMs,
    installFrom: undefined,
    raiseBuildNumber: false,
  });
  const states = outcomes.map(({ project, files }) => [project, ...files.map(({ state }) => state)].join(' '));
  return { channel, states, problems: outcomes.flatMap(({ problems }) => problems).join('\n') };
}

async function onePackage(): Promise<BuiltCondaPackage> {
  const workspace = await built([{ name: 'alpha' }]);
  return readVerifiedCondaPackages(workspace.root, 'alpha', 'libs/alpha').packages[0] as BuiltCondaPackage;
}

const SIBLINGS: readonly TestWheel[] = [{ name: 'alpha', siblings: ['beta'] }, { name: 'beta' }];

describe('a real quetz', () => {
  test('takes packages once, lists them, and serves them to a solver', async () => {
    const quetz = await server(startQuetz());
    setVariable('QUETZ_API_KEY', quetz.token);
    const channel = `quetz+${quetz.url}/get/channel0`;
    const workspace = await built(SIBLINGS);
    const first = await publish(workspace, { channel });
    expect(first).toMatchObject({ problems: '', states: ['beta uploaded', 'alpha uploaded'] });
    expect((await publish(workspace, { channel })).states).toEqual(['beta already there', 'alpha already there']);
    expect((await install(first.channel.installFrom, 'alpha', { imports: ['alpha', 'beta'] })).problems).toEqual([]);

    const other = await built([{ name: 'alpha', files: { 'alpha.py': 'NEW = 1\n' } }]);
    expect((await publish(other, { channel })).problems).toMatch(/other bytes under this name/);
    setVariable('QUETZ_API_KEY', 'no-such-key-00');
    const denied = await publish(await built([{ name: 'gamma' }]), { channel });
    expect(denied.states).toEqual(['gamma failed']);
    expect(denied.problems).toMatch(/40[13].*check the token/s);
    expect(denied.channel.redact(denied.problems)).not.toContain('no-such-key-00');
  });
});

describe('a server', () => {
  const NOTHING = { status: 404 };
  const listed = (pkg: BuiltCondaPackage, sha256 = pkg.sha256) => ({
    status: 200,
    body: JSON.stringify({ packages: {}, 'packages.conda': { [pkg.filename]: { sha256 } } }),
  });
  const patience = { attempts: 3, delayMs: 1 };
  const open = (url: string, token = 'secret') =>
    serverChannel('artifactory', `${url}/team`, { ARTIFACTORY_TOKEN: token }, patience);

  test('of the Artifactory kind gets the bytes by one PUT, with the token', async () => {
    const { url, received } = await server(startServer(() => ({ status: 201 })));
    const pkg = await onePackage();
    expect(await open(url).put(pkg)).toEqual({ kind: 'stored' });
    const [{ method, path, headers, body }] = received as [Received];
    expect([method, path, headers.authorization]).toEqual(['PUT', `/team/noarch/${pkg.filename}`, 'Bearer secret']);
    expect(createHash('sha256').update(body).digest('hex')).toBe(pkg.sha256);
  });

  test.each([
    ['/get/team', '/api/channels/team/upload/'],
    ['/channels/team', '/api/channels/team/upload/'],
    ['/quetz/get/team/', '/quetz/api/channels/team/upload/'],
  ])('of the quetz kind at %s gets it at %s', async (address, path) => {
    const { url, received } = await server(startServer(() => ({ status: 201 })));
    const pkg = await onePackage();
    await serverChannel('quetz', url + address, { QUETZ_API_KEY: 'secret' }, patience).put(pkg);
    expect(received[0]?.path).toBe(`${path}${pkg.filename}?force=false&sha256=${pkg.sha256}`);
    expect(received[0]?.headers['x-api-key']).toBe('secret');
  });

  test('that fails for a while is tried again, one that says no is not', async () => {
    const pkg = await onePackage();
    let calls = 0;
    const flaky = await server(
      startServer(() => (++calls < 3 ? (calls === 1 ? 'hang up' : { status: 503 }) : { status: 201 })),
    );
    expect(await open(flaky.url).put(pkg)).toEqual({ kind: 'stored' });
    for (const [status, words] of [
      [401, 'check the token'],
      [403, 'check the token'],
      [409, 'a file of this name'],
      [400, 'bad words'],
    ] as const) {
      const strict = await server(startServer(() => ({ status, body: 'bad words' })));
      const sent = await open(strict.url).put(pkg);
      expect(sent).toMatchObject({ kind: 'failed', problem: expect.stringContaining(words) });
      expect(strict.received).toHaveLength(1);
    }
  });

  test('that took an upload whose answer was lost is believed by what it lists', async () => {
    const pkg = await onePackage();
    let calls = 0;
    const { url } = await server(startServer(() => (++calls === 1 ? 'hang up' : { status: 409 })));
    expect(await open(url).put(pkg)).toEqual({ kind: 'stored' });
  });

  test('says what it lists; a redirect is followed without the token', async () => {
    const pkg = await onePackage();
    const store = await server(startServer(() => listed(pkg)));
    const { url } = await server(startServer(() => ({ status: 302, headers: { Location: `${store.url}/elsewhere` } })));
    expect((await open(url).look([pkg])).get(pkg)).toEqual({ sha256: pkg.sha256, isListed: true });
    expect(store.received[0]?.headers.authorization).toBeUndefined();
    const empty = await server(startServer(() => NOTHING));
    expect((await open(empty.url).look([pkg])).size).toBe(0);
    const page = await server(startServer(() => ({ status: 200, body: '<html>log in</html>' })));
    await expect(open(page.url).look([pkg])).rejects.toThrow(/cannot be read/);
  });

  test('that never lists a package makes its publication fail', async () => {
    const workspace = await built([{ name: 'alpha' }]);
    const { url } = await server(startServer(({ method }) => (method === 'PUT' ? { status: 201 } : NOTHING)));
    setVariable('ARTIFACTORY_TOKEN', 'secret');
    const { states, problems } = await publish(workspace, { channel: `artifactory+${url}/team` }, 300);
    expect(states).toEqual(['alpha failed']);
    expect(problems).toMatch(/did not list these bytes/);
  });

  test('is not spoken to without a token; one of its own goes before that of the tools', async () => {
    const workspace = await built([{ name: 'alpha' }]);
    const { url, received } = await server(startServer(() => NOTHING));
    setVariable('ARTIFACTORY_TOKEN', '');
    const { states, problems } = await publish(workspace, { channel: `artifactory+${url}/team` });
    const own = `NX_WHEELHOUSE_TOKEN_${new URL(url).host.replace(/[.:]/g, '_')}`;
    expect(states).toEqual(['alpha not sent']);
    expect(problems).toContain(`${own} and ARTIFACTORY_TOKEN`);
    expect(received).toEqual([]);
    setVariable('ARTIFACTORY_TOKEN', 'of the tools');
    setVariable(own, 'our own\n');
    await publish(workspace, { channel: `artifactory+${url}/team` }, 0);
    expect(new Set(received.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer our own']));
  });
});

describe("Anaconda's own client", () => {
  test('uploads in order, under a label, once; a bad token is told and not shown', async () => {
    const anaconda = await server(startAnaconda('right-token'));
    const home = temporaryFolder();
    mkdirSync(join(home, '.continuum/anaconda-client'), { recursive: true });
    writeFileSync(join(home, '.continuum/anaconda-client/config.yaml'), `url: ${anaconda.url}\n`);
    setVariable('HOME', home);
    setVariable('USERPROFILE', home);
    expect(homedir()).toBe(home);
    setVariable('ANACONDA_API_TOKEN', 'right-token');
    const workspace = await built(SIBLINGS);
    const choice = { channel: 'anaconda:someone', label: 'dev' };
    const first = await publish(workspace, choice);
    expect(first).toMatchObject({ problems: '', states: ['beta uploaded', 'alpha uploaded'] });
    expect(first.channel.installFrom).toBe('someone/label/dev');
    const files = [...anaconda.known].filter(([key]) => key.startsWith('dist/'));
    expect(files.map(([key, { labels }]) => [key.replace(/-py.*/, ''), labels])).toEqual([
      ['dist/someone/beta/1.0/noarch/beta-1.0', ['dev']],
      ['dist/someone/alpha/1.0/noarch/alpha-1.0', ['dev']],
    ]);
    expect((await publish(workspace, choice)).states).toEqual(['beta already there', 'alpha already there']);
    const other = await built([{ name: 'alpha', files: { 'alpha.py': 'NEW = 1\n' } }]);
    expect((await publish(other, choice)).problems).toMatch(/other bytes under this name/);
    setVariable('ANACONDA_API_TOKEN', 'wrong-token');
    const denied = await publish(workspace, choice).catch((error: Error) => error.message);
    expect(denied).toMatch(/cannot be read[\s\S]*Unauthorized/);
    expect(denied).not.toContain('wrong-token');
  });
});

describe("rattler-build's client", () => {
  test('uploads to a server of the prefix kind', async () => {
    const workspace = await built([{ name: 'alpha' }]);
    const [pkg] = readVerifiedCondaPackages(workspace.root, 'alpha', 'libs/alpha').packages;
    let isThere = false;
    const { url, received } = await server(
      startServer(({ method }) => {
        if (method === 'POST') isThere = true;
        const body = JSON.stringify({ 'packages.conda': isThere ? { [pkg!.filename]: { sha256: pkg!.sha256 } } : {} });
        return { status: method === 'POST' ? 201 : 200, body };
      }),
    );
    setVariable('PREFIX_API_KEY', 'secret');
    expect(await publish(workspace, { channel: `prefix+${url}/team` })).toMatchObject({
      problems: '',
      states: ['alpha uploaded'],
    });
    const post = received.find(({ method }) => method === 'POST');
    expect([post?.path, post?.headers.authorization]).toEqual(['/api/v1/upload/team', 'Bearer secret']);
    expect(post?.body.includes(pkg!.filename)).toBe(true);
  });

  test('sends to a server of the Cloudsmith kind in three steps, and shows no key', async () => {
    const pkg = await onePackage();
    const workspace = temporaryFolder();
    const { url, received } = await server(
      startServer(({ path, headers }) => {
        if (path === '/store') return { status: 204 };
        if (headers['x-api-key'] !== 'secret') return { status: 401, body: '{"detail": "Invalid key."}' };
        const stored = { slug: 's', slug_perm: 's', status_str: 'Completed', is_sync_completed: true, self_url: url };
        const body = { identifier: 'abc', upload_url: `${url}/store`, upload_fields: { key: 'k' }, ...stored };
        return { status: 201, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
      }),
    );
    const open = () =>
      rattlerChannel({ server: 'cloudsmith', url, target: 'me/mine', listingUrl: `${url}/list` }, workspace);
    setVariable('CLOUDSMITH_API_KEY', 'secret');
    expect(await open().put(pkg)).toEqual({ kind: 'stored' });
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /files/me/mine/',
      'POST /store',
      'POST /packages/me/mine/upload/conda/',
    ]);
    expect(received[1]?.headers['x-api-key']).toBeUndefined();
    expect(received[1]?.body.includes(readFileSync(pkg.path))).toBe(true);
    setVariable('CLOUDSMITH_API_KEY', 'wrong-key-00');
    const denied = await open().put(pkg);
    expect(denied).toMatchObject({ kind: 'failed', problem: expect.stringContaining('401') });
    expect(JSON.stringify(denied)).not.toContain('wrong-key-00');
  });
});

describe('a channel reference', () => {
  test.each(['somewhere', 'quetz+not-a-url', 'cloudsmith:me/mine', 'ftp+https://index.example/x'])(
    '%s is refused with all kinds named',
    (channel) => {
      expect(() => openChannel('/', { channel, label: undefined, listingUrl: undefined })).toThrow(/quetz\+<URL>/);
    },
  );
});
