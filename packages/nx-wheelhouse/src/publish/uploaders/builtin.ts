/** Our own client: one form per file, streamed from the disk. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { RecordedDist } from '../../build/dist-record.js';
import { UserError } from '../../errors/user-error.js';
import { authorization } from '../credentials.js';
import { formFields } from '../form-fields.js';
import { explanation, type HttpAnswer, isPassing, isRedirect, NoAnswer, send } from '../http.js';
import type { IndexAccess } from '../listing.js';
import { askedToWaitMs } from '../retry.js';
import { type Attempt, refusedFor, type Upload } from './uploader.js';

export async function uploadDirectly(access: IndexAccess, upload: Upload): Promise<Attempt> {
  let answer: HttpAnswer;
  try {
    answer = await post(access, upload);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { kind: 'not-now', problem: error.message, askedToWaitMs: 0 };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (isRedirect(answer)) {
    const problem = `the index redirects to ${answer.headers.location}: give that address if you trust it`;
    return { kind: 'refused', problem };
  }
  const problem = explanation(answer);
  return isPassing(answer)
    ? { kind: 'not-now', problem, askedToWaitMs: askedToWaitMs(answer) }
    : refusedFor(status, problem);
}

async function post(access: IndexAccess, upload: Upload): Promise<HttpAnswer> {
  const { dist } = upload;
  const boundary = `----nx-wheelhouse-${randomBytes(16).toString('hex')}`;
  const fields = formFields(upload).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = Buffer.from(
    `${fields.join('')}--${boundary}\r\nContent-Disposition: form-data; name="content"; filename="${dist.filename}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { repository, credential, certificates, patience } = access;
  return send({
    certificates,
    timeoutMs: patience.silenceMs,
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
