/** Sends one file: the recorded bytes, streamed, and again only after the index has been asked whether it has them by now. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { CoreMetadata } from '@nx-wheelhouse/python-packaging';
import type { RecordedDist } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';
import { authorization } from './credentials.js';
import { formFields } from './form-fields.js';
import { explanation, type HttpAnswer, isPassing, isRedirect, NoAnswer, send } from './http.js';
import { type IndexAccess, readListing } from './listing.js';
import { backoff } from './retry.js';

export type UploadOutcome =
  /** the index took it; whether it has it is for the listing to say */
  | { readonly kind: 'sent'; readonly attempts: number }
  /** an attempt failed, yet the index lists these bytes */
  | { readonly kind: 'there'; readonly attempts: number }
  | { readonly kind: 'failed'; readonly attempts: number; readonly problem: string };

/** @throws {UserError} when the file changes while it is read, or the listing cannot be read */
export async function upload(access: IndexAccess, dist: RecordedDist, metadata: CoreMetadata): Promise<UploadOutcome> {
  const failed = (attempts: number, problem: string): UploadOutcome => ({ kind: 'failed', attempts, problem });
  for (let attempts = 1; ; attempts++) {
    let answer: HttpAnswer | undefined;
    let problem: string;
    try {
      answer = await post(access, dist, metadata);
      if (answer.status >= 200 && answer.status < 300) return { kind: 'sent', attempts };
      problem = explanation(answer);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      problem = error.message;
    }
    if (answer !== undefined && isRedirect(answer)) {
      return failed(attempts, `the index redirects to ${answer.headers.location}: give that address if you trust it`);
    }
    // What a status says of duplicates differs by index; what the listing says does not.
    const onIndex = (await readListing(access, metadata.name, [dist.filename])).sha256.get(dist.filename);
    if (onIndex === dist.sha256) return { kind: 'there', attempts };
    if (onIndex !== undefined) return failed(attempts, otherBytes(dist, onIndex));
    const isOver = answer !== undefined && !isPassing(answer);
    if (isOver || attempts >= access.patience.attempts) return failed(attempts, withAdvice(problem, answer));
    await backoff(access.patience, attempts, answer);
  }
}

function withAdvice(problem: string, answer: HttpAnswer | undefined): string {
  const isDenied = answer?.status === 401 || answer?.status === 403;
  return isDenied ? `${problem} (check the token and what it is allowed to upload)` : problem;
}

/** The words for a file name that is taken. */
export function otherBytes({ sha256 }: Pick<RecordedDist, 'sha256'>, onIndex: string): string {
  return `the index has other bytes under this name: sha256 ${onIndex}, here ${sha256}. Released files cannot change: raise the version`;
}

async function post(access: IndexAccess, dist: RecordedDist, metadata: CoreMetadata): Promise<HttpAnswer> {
  const boundary = `----nx-wheelhouse-${randomBytes(16).toString('hex')}`;
  const fields = formFields(dist, metadata).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = Buffer.from(
    `${fields.join('')}--${boundary}\r\nContent-Disposition: form-data; name="content"; filename="${dist.filename}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { repository, credential, certificates } = access;
  return send({
    certificates,
    method: 'POST',
    url: repository.uploadUrl,
    headers: {
      Accept: '*/*',
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': head.length + dist.size + tail.length,
      ...(credential ? { Authorization: authorization(credential) } : {}),
    },
    body: Readable.from(bodyOf(dist, head, tail), { objectMode: false }),
  });
}

/** The form ends only behind the recorded bytes: an index never sees a complete upload of any others. */
async function* bodyOf(dist: RecordedDist, head: Buffer, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  const sha256 = createHash('sha256');
  for await (const chunk of createReadStream(dist.path, { highWaterMark: 1 << 18 })) {
    sha256.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  if (sha256.digest('hex') !== dist.sha256) {
    throw new UserError('This file has changed while it was uploaded.', { file: dist.path }, 'build again');
  }
  yield tail;
}
