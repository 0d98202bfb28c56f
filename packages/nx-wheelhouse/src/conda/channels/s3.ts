/**
 * A channel in an S3 bucket. Nobody can lock a bucket: a package is written only where none of its name is, and the list only over the
 * one that it was made from, so that any number of runs may publish at once.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UserError } from '../../errors/user-error.js';
import { redactor } from '../../publish/credentials.js';
import { PATIENCE, type Patience } from '../../publish/retry.js';
import type { BuiltCondaPackage } from '../conda-record.js';
import { zstd } from '../zstd.js';
import { type CondaChannel, type Presence, pathInChannel, type Sent } from './channel.js';
import { NotRepodata, parseRepodata, withPackages } from './repodata.js';
import { readObject, type S3Access, writeObject } from './s3-store.js';

/** How often a list is made anew because another run wrote one in between. */
const ROUNDS = 20;

/** A channel's place in its bucket. */
interface Place extends S3Access {
  /** what every key begins with: empty, or a path with a slash at its end */
  readonly prefix: string;
}

/**
 * @param address `s3://<bucket>/<path>`
 * @param environment where the key is looked for, as AWS's own tools do
 */
export function s3Channel(
  address: string,
  environment: NodeJS.ProcessEnv,
  patience: Patience = PATIENCE,
): CondaChannel {
  // Not as a URL: whatever stands in the path stands in the keys.
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)\/*(.*?)\/*$/.exec(address) ?? [];
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = environment;
  const sessionToken = environment.AWS_SESSION_TOKEN || undefined;
  const endpoint = (environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL)?.replace(/\/+$/, '');
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || (endpoint ? 'us-east-1' : '');
  const place: Place = {
    url: bucketUrl(bucket, endpoint, region),
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    patience,
    prefix: path === '' ? '' : `${path}/`,
  };
  const secrets = [secretAccessKey, sessionToken ?? ''].map((password) => redactor({ username: '', password }));
  const missing = [
    ...(accessKeyId && secretAccessKey ? [] : ['AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY']),
    ...(region ? [] : ['AWS_REGION, or AWS_ENDPOINT_URL for a server of another kind']),
  ];
  return {
    installFrom: address.replace(/\/+$/, ''),
    problems: missing.map((variables) => `there is no access to the bucket: set ${variables}`),
    look: (packages) => look(place, packages),
    put: (pkg) => put(place, pkg),
    settle: (packages) => settle(place, packages),
    redact: (text) => secrets.reduce((rest, redact) => redact(rest), text),
  };
}

/** In the host where that can be: certificates hold for one more label only, and other servers may have no such names. */
function bucketUrl(bucket: string, endpoint: string | undefined, region: string): string {
  if (endpoint) return `${endpoint}/${bucket}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

/** What is listed is believed; what is not may still lie there, from a run that was ended. */
async function look(
  place: Place,
  packages: readonly BuiltCondaPackage[],
): Promise<ReadonlyMap<BuiltCondaPackage, Presence>> {
  const found = new Map<BuiltCondaPackage, Presence>();
  for (const subdir of new Set(packages.map((pkg) => pkg.subdir))) {
    const text = (await readObject(place, listKey(place, subdir)))?.content.toString('utf8');
    const entries = text === undefined ? new Map() : explained(place, subdir, () => parseRepodata(text));
    for (const pkg of packages.filter((one) => one.subdir === subdir)) {
      const listed = entries.get(pkg.filename)?.sha256;
      const sha256 = listed ?? (await hashOfObject(place, pkg));
      if (sha256 !== undefined) found.set(pkg, { sha256, isListed: listed !== undefined });
    }
  }
  return found;
}

async function put(place: Place, pkg: BuiltCondaPackage): Promise<Sent> {
  const key = place.prefix + pathInChannel(pkg);
  const written = await writeObject(place, key, readFileSync(pkg.path), { kind: 'is not there' });
  switch (written.kind) {
    case 'written':
      return { kind: 'stored' };
    case 'failed':
      return written;
    case 'not as expected': {
      const there = await hashOfObject(place, pkg);
      if (there === pkg.sha256) return { kind: 'stored' };
      return { kind: 'failed', problem: `the channel has other bytes by now: sha256 ${there}` };
    }
  }
}

async function settle(place: Place, packages: readonly BuiltCondaPackage[]): Promise<readonly string[]> {
  // Clients want a list of noarch packages in every channel, also where there are none.
  for (const subdir of new Set(['noarch', ...packages.map((pkg) => pkg.subdir)])) {
    const added = packages.filter((pkg) => pkg.subdir === subdir);
    await listPackages(place, subdir, added);
  }
  return [];
}

async function listPackages(place: Place, subdir: string, packages: readonly BuiltCondaPackage[]): Promise<void> {
  const key = listKey(place, subdir);
  for (let round = 0; round < ROUNDS; round += 1) {
    const seen = await readObject(place, key);
    const old = seen?.content.toString('utf8');
    const text = explained(place, subdir, () => withPackages(old, subdir, packages));
    const content = Buffer.from(text);
    if (text !== old) {
      const condition = seen ? ({ kind: 'is still', etag: seen.etag } as const) : ({ kind: 'is not there' } as const);
      if (!(await isWritten(place, key, content, condition))) continue;
    }
    await isWritten(place, `${key}.zst`, await zstd(content), { kind: 'whatever' });
    // Where another run has listed more by now, the compressed form may have become older than the plain one.
    if ((await readObject(place, key))?.content.equals(content)) return;
  }
  throw unlisted(place, subdir, `other runs changed the list ${ROUNDS} times while this one was adding to it`);
}

async function isWritten(place: Place, key: string, content: Buffer, condition: Parameters<typeof writeObject>[3]) {
  const written = await writeObject(place, key, content, condition);
  if (written.kind === 'failed') throw unlisted(place, key, written.problem);
  return written.kind === 'written';
}

async function hashOfObject(place: Place, pkg: BuiltCondaPackage): Promise<string | undefined> {
  const object = await readObject(place, place.prefix + pathInChannel(pkg));
  return object && createHash('sha256').update(object.content).digest('hex');
}

function listKey({ prefix }: Place, subdir: string): string {
  return `${prefix}${subdir}/repodata.json`;
}

function explained<Result>(place: Place, subdir: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotRepodata) throw unlisted(place, subdir, `its list is none: ${error.message}`);
    throw error;
  }
}

function unlisted({ url, prefix }: Place, what: string, problem: string): UserError {
  return new UserError(
    `The channel at ${url}/${prefix} cannot list packages (${what}): ${problem}`,
    {},
    'see what lies there; once that is mended, publishing again sends and lists what is missing',
  );
}
