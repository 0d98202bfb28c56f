/** What an index says it has, asked afresh every time. */
import { createHash } from 'node:crypto';
import {
  type ListedFile,
  NotAListing,
  normalizeName,
  parseSdistFilename,
  parseSimpleListing,
  parseWheelFilename,
  SIMPLE_ACCEPT,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { authorization, type Credential } from './credentials.js';
import { explanation, type HttpAnswer, type HttpRequest, isRedirect } from './http.js';
import type { Repository } from './repositories.js';
import { type Patience, sendPatiently } from './retry.js';

/** What an index has of one project. */
export interface Listing {
  /** all files */
  readonly files: readonly ListedFile[];
  /** of the files that were asked for, by file name */
  readonly sha256: ReadonlyMap<string, string>;
}

export const NOTHING_LISTED: Listing = { files: [], sha256: new Map() };

/** A repository with what is needed to speak to it. */
export interface IndexAccess {
  readonly repository: Repository;
  readonly credential: Credential | undefined;
  readonly patience: Patience;
  /** PEM text of authorities to believe on top of the usual ones */
  readonly certificates?: string | undefined;
  /** Makes `credential` one that will last for an upload; only where it is of a trusted publisher. */
  readonly renew?: (() => Promise<void>) | undefined;
}

/** @returns `undefined` for an egg, an installer of old */
export function versionOf(filename: string): string | undefined {
  try {
    return (filename.endsWith('.whl') ? parseWheelFilename(filename) : parseSdistFilename(filename)).version;
  } catch {
    return undefined;
  }
}

const REDIRECTS = 3;

/**
 * Reads the listing of one project.
 * @param wanted file names whose hash is needed; where the index lists one without a hash, the file itself is fetched
 * @returns an empty listing for a project that the index does not know
 * @throws {UserError} when there is no way to know what the index has
 */
export async function readListing(access: IndexAccess, name: string, wanted: readonly string[]): Promise<Listing> {
  const hashes = new Map<string, string>();
  const files = await listProject(access, name);
  for (const { filename, url, sha256: stated } of files) {
    if (!wanted.includes(filename)) continue;
    const sha256 = stated ?? (await fetchedHash(access, url));
    if (sha256 !== undefined) hashes.set(filename, sha256);
  }
  return { files, sha256: hashes };
}

/**
 * @returns the files of a project, with absolute addresses; none for a project that the index does not know
 * @throws {UserError} when there is no way to know what the index has
 */
export async function listProject(access: IndexAccess, name: string): Promise<readonly ListedFile[]> {
  const address = new URL(`${normalizeName(name)}/`, access.repository.listingUrl).href;
  const found = await get(access, address, SIMPLE_ACCEPT);
  if (found === undefined) return [];
  const type = String(found.answer.headers['content-type'] ?? '');
  try {
    const files = parseSimpleListing(found.answer.body.toString('utf8'), type);
    return files.map((file) => ({ ...file, url: new URL(file.url, found.url).href }));
  } catch (error) {
    if (error instanceof NotAListing) throw unreadable(access, address, error.message);
    throw error;
  }
}

async function fetchedHash(access: IndexAccess, url: string): Promise<string | undefined> {
  const found = await get(access, url, '*/*');
  return found && createHash('sha256').update(found.answer.body).digest('hex');
}

/**
 * Looks whether an index serves as many bytes of a file as there are, without fetching it.
 * @returns the hash of what it serves instead, `undefined` where nothing speaks against the file
 */
export async function hashIfOfOtherSize(access: IndexAccess, url: string, size: number): Promise<string | undefined> {
  const asked = await sendPatiently(request(access, 'HEAD', url, '*/*'), access.patience);
  const length = asked.kind === 'answer' && asked.answer.status === 200 && asked.answer.headers['content-length'];
  // What is said of a file that is not sent may be wrong.
  return length && Number(length) !== size ? fetchedHash(access, url) : undefined;
}

/** @returns `undefined` where there is nothing at this address */
async function get(
  access: IndexAccess,
  url: string,
  accept: string,
): Promise<{ answer: HttpAnswer; url: string } | undefined> {
  let at = url;
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const answer = await getPatiently(access, at, accept);
    if (answer.status === 404) return undefined;
    if (!isRedirect(answer)) {
      if (answer.status >= 200 && answer.status < 300) return { answer, url: at };
      throw unreadable(access, at, explanation(answer));
    }
    const target = new URL(String(answer.headers.location ?? ''), at);
    // Some indexes pass on what they do not know to a public one: that is another index's answer.
    if (target.origin !== new URL(url).origin) return undefined;
    at = target.href;
  }
  throw unreadable(access, url, 'it redirects without end');
}

async function getPatiently(access: IndexAccess, url: string, accept: string): Promise<HttpAnswer> {
  const found = await sendPatiently(request(access, 'GET', url, accept), access.patience);
  if (found.kind === 'answer') return found.answer;
  throw unreadable(access, url, found.problem);
}

/** The credential goes along to the host that it was given for only. */
function request(
  { repository, credential, certificates }: IndexAccess,
  method: 'GET' | 'HEAD',
  url: string,
  accept: string,
): Omit<HttpRequest, 'body'> {
  const isOwn = new URL(url).origin === new URL(repository.uploadUrl).origin;
  const headers = { Accept: accept, ...(credential && isOwn ? { Authorization: authorization(credential) } : {}) };
  return { method, url, headers, certificates };
}

function unreadable({ repository }: IndexAccess, url: string, problem: string): UserError {
  return new UserError(
    `The listing of repository "${repository.name}" at ${url} cannot be read: ${problem}`,
    {},
    'check the address, the network and the credentials; where the listing has another address, set `listingUrl`',
  );
}
