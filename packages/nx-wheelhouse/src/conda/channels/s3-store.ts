/** The objects of an S3 bucket, of AWS or of any other server that speaks its API: read whole, written under a condition. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Credentials, sign } from 'aws4';
import { UserError } from '../../errors/user-error.js';
import { explanation, type HttpAnswer, isPassing, NoAnswer, send } from '../../publish/http.js';
import { askedToWaitMs, backoff, type Patience, sendPatiently } from '../../publish/retry.js';

export interface S3Access {
  /** of the bucket, without a slash at the end */
  readonly url: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly patience: Patience;
}

export interface S3Object {
  readonly content: Buffer;
  readonly etag: string;
}

/** What must be true of the object for a write to happen. */
export type WriteCondition =
  | { readonly kind: 'is not there' }
  | { readonly kind: 'is still'; readonly etag: string }
  | { readonly kind: 'whatever' };

export type Written =
  | { readonly kind: 'written' }
  /** the condition does not hold; or the write had arrived when its answer was lost */
  | { readonly kind: 'not as expected' }
  | { readonly kind: 'failed'; readonly problem: string };

/** @throws {UserError} when there is no way to know what is there */
export async function readObject(access: S3Access, key: string): Promise<S3Object | undefined> {
  const url = urlOf(access, key);
  const found = await sendPatiently(
    { method: 'GET', url, headers: signed(access, 'GET', url, {}, sha256('')) },
    access.patience,
  );
  if (found.kind === 'given-up') throw unreadable(url, found.problem);
  const { status, body, headers } = found.answer;
  if (status === 200) return { content: body, etag: String(headers.etag) };
  if (status === 404 && !body.includes('<Code>NoSuchBucket</Code>')) return undefined;
  throw unreadable(url, explanation(found.answer));
}

/** @see Amazon S3 documentation, "Add preconditions to S3 operations with conditional requests" */
export async function writeObject(
  access: S3Access,
  key: string,
  content: Buffer,
  condition: WriteCondition,
): Promise<Written> {
  const url = urlOf(access, key);
  const described = { 'Content-Length': content.length, 'Content-Type': 'application/octet-stream' };
  for (let attempt = 1; ; attempt += 1) {
    let answer: HttpAnswer | undefined;
    let problem: string;
    try {
      const headers = signed(access, 'PUT', url, { ...described, ...conditionHeader(condition) }, sha256(content));
      // A buffer in an array goes out whole; by itself it would be taken apart.
      answer = await send({ method: 'PUT', url, headers, body: Readable.from([content]) });
      if (answer.status === 200) return { kind: 'written' };
      // 409: another write of the same object was faster.
      if (answer.status === 412 || answer.status === 409) return { kind: 'not as expected' };
      problem = explanation(answer);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      problem = error.message;
    }
    const isOver = answer !== undefined && !isPassing(answer);
    if (isOver || attempt >= access.patience.attempts) return { kind: 'failed', problem };
    await backoff(access.patience, attempt, askedToWaitMs(answer));
  }
}

function conditionHeader(condition: WriteCondition): Readonly<Record<string, string>> {
  switch (condition.kind) {
    case 'is not there':
      return { 'If-None-Match': '*' };
    case 'is still':
      return { 'If-Match': condition.etag };
    case 'whatever':
      return {};
  }
}

/** A signature counts for minutes only, so each attempt has its own. @see AWS documentation, "Signature Version 4" */
function signed(
  { region, credentials }: S3Access,
  method: string,
  url: string,
  headers: Readonly<Record<string, string | number>>,
  contentSha256: string,
): Record<string, string | number> {
  const { host, pathname } = new URL(url);
  const request = sign(
    {
      service: 's3',
      region,
      method,
      host,
      path: pathname,
      headers: { ...headers, 'X-Amz-Content-Sha256': contentSha256 },
    },
    credentials,
  );
  return request.headers as Record<string, string | number>;
}

/** S3 signs paths in which everything is escaped that may be. */
function urlOf({ url }: S3Access, key: string): string {
  const escaped = (part: string) =>
    encodeURIComponent(part).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${url}/${key.split('/').map(escaped).join('/')}`;
}

function unreadable(url: string, problem: string): UserError {
  return new UserError(
    `The bucket cannot be read at ${url}: ${problem}`,
    {},
    'check its name, the region, the network, and that the key may get, put and list objects there',
  );
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
