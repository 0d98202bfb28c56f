/** A channel in an S3 bucket, on a server that checks signatures and conditions. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type S3Server, startS3, startServer } from '../../../testing/conda/servers.js';
import {
  builtWorkspace,
  install,
  removeTemporaryFolders,
  type TestWheel,
  useTools,
} from '../../../testing/conda/tools.js';
import type { Workspace } from '../../workspace/workspace.js';
import { buildConda } from '../build.js';
import { type BuiltCondaPackage, readVerifiedCondaPackages } from '../conda-record.js';
import { publishConda } from '../publish.js';
import { openChannel } from './open-channel.js';
import { parseRepodata, withPackages } from './repodata.js';
import { s3Channel } from './s3.js';
import { readObject, type S3Access, writeObject } from './s3-store.js';

const PATIENCE = { attempts: 3, delayMs: 1 };
const WHATEVER = { kind: 'whatever' } as const;

let s3: S3Server;
let access: S3Access;
/** of a channel of each test's own */
let address: string;
let channels = 0;

beforeAll(async () => {
  useTools();
  s3 = await startS3();
  access = accessOf(s3.environment);
});
afterAll(() => {
  s3?.close();
  removeTemporaryFolders();
});
beforeEach(() => {
  channels += 1;
  address = `s3://channels/team/channel ${channels}`;
});

function accessOf(environment: Readonly<Record<string, string>>): S3Access {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const credentials = { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! };
  return { url: `${environment.AWS_ENDPOINT_URL}/channels`, region: 'us-east-1', credentials, patience: PATIENCE };
}

const open = (environment = s3.environment) => s3Channel(address, environment, PATIENCE);
const objectOf = async (path: string) => (await readObject(access, `team/channel ${channels}/${path}`))?.content;
const put = (path: string, content: string | Buffer) =>
  writeObject(access, `team/channel ${channels}/${path}`, Buffer.from(content as string), WHATEVER);

async function built(packages: readonly TestWheel[], archive: 'conda' | 'both' = 'conda'): Promise<Workspace> {
  const workspace = builtWorkspace(packages);
  for (const { name } of packages) await buildConda(workspace, name, { archive });
  return workspace;
}

function packagesOf(workspace: Workspace, name: string): readonly BuiltCondaPackage[] {
  return readVerifiedCondaPackages(workspace.root, name, `libs/${name}`).packages;
}

async function publish(workspace: Workspace, channel = open()) {
  const projects = [...workspace.packages.values()].map(({ project }) => project);
  const options = { dryRun: false, verifyTimeoutMs: 1000, installFrom: undefined, raiseBuildNumber: false };
  const { outcomes } = await publishConda(workspace, projects, channel, options);
  const states = outcomes.map(({ project, files }) => [project, ...files.map(({ state }) => state)].join(' '));
  return { states, problems: outcomes.flatMap(({ problems }) => problems).join('\n') };
}

describe('a channel in a bucket', () => {
  const SIBLINGS: readonly TestWheel[] = [
    { name: 'alpha', siblings: ['beta'], version: '1!1.0+local.1' },
    { name: 'beta' },
  ];

  test('takes packages once, dependencies first, and lists them in both forms', async () => {
    const workspace = await built(SIBLINGS, 'both');
    expect(await publish(workspace)).toEqual({
      problems: '',
      states: ['beta uploaded uploaded', 'alpha uploaded uploaded'],
    });
    expect((await publish(workspace)).states).toEqual([
      'beta already there already there',
      'alpha already there already there',
    ]);
    const listed = parseRepodata(String(await objectOf('noarch/repodata.json')));
    for (const pkg of ['alpha', 'beta'].flatMap((name) => packagesOf(workspace, name))) {
      const { filename, sha256, md5, size, index } = pkg;
      expect(listed.get(filename)).toEqual({ ...index, sha256, md5, size });
      expect(await objectOf(`noarch/${filename}`)).toEqual(readFileSync(pkg.path));
    }
  });

  test('has the same list compressed', async () => {
    const { decompress } = await import('@bokuweb/zstd-wasm');
    await publish(await built([{ name: 'alpha' }]));
    const compressed = await objectOf('noarch/repodata.json.zst');
    expect(Buffer.from(decompress(compressed!))).toEqual(await objectOf('noarch/repodata.json'));
  });

  test('refuses other bytes under a name that is taken, and then takes nothing at all', async () => {
    await publish(await built([{ name: 'alpha' }]));
    const other = await built([{ name: 'alpha', files: { 'alpha.py': 'NEW = 1\n' } }, { name: 'beta' }]);
    const { states, problems } = await publish(other);
    expect(states).toEqual(['alpha not sent', 'beta not sent']);
    expect(problems).toMatch(/other bytes under this name/);
    // Between the look and the write another run may have been there.
    const [pkg] = packagesOf(other, 'alpha');
    expect(await open().put(pkg!)).toMatchObject({ kind: 'failed', problem: expect.stringContaining('other bytes') });
  });

  test('takes up a run that was ended before its packages were listed', async () => {
    const workspace = await built([{ name: 'alpha' }, { name: 'beta' }]);
    const [pkg] = packagesOf(workspace, 'alpha');
    expect(await open().put(pkg!)).toEqual({ kind: 'stored' });
    expect(await open().put(pkg!)).toEqual({ kind: 'stored' });
    expect((await open().look([pkg!])).get(pkg!)).toEqual({ sha256: pkg!.sha256, isListed: false });
    expect(await publish(workspace)).toEqual({ problems: '', states: ['alpha uploaded', 'beta uploaded'] });
    expect((await open().look([pkg!])).get(pkg!)?.isListed).toBe(true);
  });

  test('lists the packages of all runs that publish at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `many-${letter}`);
    const workspaces = await Promise.all(names.map((name) => built([{ name }])));
    const outcomes = await Promise.all(workspaces.map((workspace) => publish(workspace)));
    expect(outcomes.map(({ problems }) => problems).join('')).toBe('');
    const listed = [...parseRepodata(String(await objectOf('noarch/repodata.json'))).values()];
    expect(listed.map(({ name }) => name)).toEqual(names);
    const { decompress } = await import('@bokuweb/zstd-wasm');
    const compressed = await objectOf('noarch/repodata.json.zst');
    expect(Buffer.from(decompress(compressed!))).toEqual(await objectOf('noarch/repodata.json'));
  });

  test('keeps what others have listed, whatever they say of it', async () => {
    const theirs = { info: { subdir: 'noarch' }, packages: { 'x.tar.bz2': { odd: [1] } }, removed: ['y.conda'] };
    await put('noarch/repodata.json', JSON.stringify(theirs));
    await publish(await built([{ name: 'alpha' }]));
    expect(JSON.parse(String(await objectOf('noarch/repodata.json')))).toMatchObject(theirs);
  });

  test('whose list is none is left as it is, and named', async () => {
    await put('noarch/repodata.json', '<html>');
    await expect(publish(await built([{ name: 'alpha' }]))).rejects.toThrow(/list is none.*not JSON/);
    expect(String(await objectOf('noarch/repodata.json'))).toBe('<html>');
  });

  test('of compiled packages has a list of noarch packages too', async () => {
    await publish(await built([{ name: 'fast', tag: 'cp311-cp311-linux_x86_64' }]));
    expect(JSON.parse(String(await objectOf('noarch/repodata.json')))).toMatchObject({ 'packages.conda': {} });
    expect([...parseRepodata(String(await objectOf('linux-64/repodata.json'))).values()]).toMatchObject([
      { name: 'fast', subdir: 'linux-64' },
    ]);
  });
});

describe('a bucket', () => {
  const withKey = (changes: Readonly<Record<string, string>>) => ({ ...s3.environment, ...changes });

  test('is not spoken to with a wrong key for long, and the key is not shown', async () => {
    const workspace = await built([{ name: 'alpha' }]);
    const environment = withKey({ AWS_SECRET_ACCESS_KEY: 'wrong+secret/key' });
    const channel = open(environment);
    const message = await publish(workspace, channel).catch((error: Error) => error.message);
    expect(message).toMatch(/cannot be read.*403.*SignatureDoesNotMatch/);
    expect(message).not.toContain('wrong+secret/key');
    expect(channel.redact(`it is wrong+secret/key`)).toBe('it is [hidden]');
  });

  test('that is not there is told from one with nothing in it', async () => {
    const [pkg] = packagesOf(await built([{ name: 'alpha' }]), 'alpha');
    await expect(s3Channel('s3://no-such-bucket/a', s3.environment, PATIENCE).look([pkg!])).rejects.toThrow(
      /NoSuchBucket/,
    );
    expect((await open().look([pkg!])).size).toBe(0);
  });

  test('without a key or a region is not spoken to: the variables are named', async () => {
    const workspace = await built([{ name: 'alpha' }]);
    const { states, problems } = await publish(workspace, open({}));
    expect(states).toEqual(['alpha not sent']);
    expect(problems).toMatch(/AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY[\s\S]*AWS_REGION/);
  });

  test('sends the token of a session with the key', async () => {
    const server = await startServer(() => ({ status: 404 }));
    const [pkg] = packagesOf(await built([{ name: 'alpha' }]), 'alpha');
    const environment = withKey({ AWS_ENDPOINT_URL_S3: `${server.url}/`, AWS_SESSION_TOKEN: 'of-a-session' });
    await open(environment).look([pkg!]);
    server.close();
    expect(server.received[0]?.path).toBe(`/channels/team/channel%20${channels}/noarch/repodata.json`);
    expect(server.received[0]?.headers['x-amz-security-token']).toBe('of-a-session');
    expect(open(environment).redact('of-a-session')).toBe('[hidden]');
  });

  test('that fails for a while is tried again; a write that arrived all the same counts', async () => {
    const [pkg] = packagesOf(await built([{ name: 'alpha' }]), 'alpha');
    const bytes = readFileSync(pkg!.path);
    let calls = 0;
    const server = await startServer(({ method }) => {
      calls += 1;
      if (method === 'GET') return { status: 200, body: bytes.toString('latin1') };
      return calls < 3 ? 'hang up' : { status: 412 };
    });
    const sent = await open(withKey({ AWS_ENDPOINT_URL: server.url })).put(pkg!);
    server.close();
    expect(server.received.filter(({ method }) => method === 'PUT')).toHaveLength(3);
    // What this server has is not what was sent.
    const there = createHash('sha256').update(bytes.toString('latin1')).digest('hex');
    expect(sent).toEqual({ kind: 'failed', problem: expect.stringContaining(there) });
  });

  test.each([
    ['s3://channels', ''],
    ['s3://channels/', ''],
    ['s3://channels/a/b/', 'a/b/'],
  ])('%s is a channel', async (channel, prefix) => {
    const server = await startServer(() => ({ status: 404 }));
    const [pkg] = packagesOf(await built([{ name: 'alpha' }]), 'alpha');
    await s3Channel(channel, withKey({ AWS_ENDPOINT_URL: server.url }), PATIENCE).look([pkg!]);
    server.close();
    expect(server.received.map(({ path }) => path)).toEqual([
      `/channels/${prefix}noarch/repodata.json`,
      `/channels/${prefix}noarch/${pkg!.filename}`,
    ]);
  });

  test('is opened by its address', () => {
    const channel = openChannel('/', { channel: 's3://channels/team/', label: undefined, listingUrl: undefined });
    expect(channel.installFrom).toBe('s3://channels/team');
  });
});

test('a list stays as it is when it has the packages already', () => {
  const index = { name: 'a', version: '1', build: '0', build_number: 0, depends: [] };
  const pkg = { filename: 'a-1-0.conda', index, md5: 'm', sha256: 's', size: 1 };
  const once = withPackages(undefined, 'noarch', [pkg]);
  expect(withPackages(once, 'noarch', [pkg])).toBe(once);
  expect(parseRepodata(once).get(pkg.filename)).toMatchObject({ name: 'a', sha256: 's' });
});

// The last one: from here on everyone may use the bucket.
test('a real solver and installer takes packages from a bucket', async () => {
  const workspace = await built([
    { name: 'alpha', siblings: ['beta'] },
    { name: 'beta', version: '1!1.0+local.1' },
  ]);
  address = 's3://channels/team/installed'; // py-rattler escapes blanks twice
  const channel = open();
  expect((await publish(workspace, channel)).problems).toBe('');
  await s3.openToAll();
  for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
  const { problems } = await install(channel.installFrom, 'alpha', { imports: ['alpha', 'beta'] });
  vi.unstubAllEnvs();
  expect(problems).toEqual([]);
});
