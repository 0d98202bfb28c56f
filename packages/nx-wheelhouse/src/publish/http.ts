/** Requests to an index on Node's own client: no redirect is followed, nothing is cached, a credential goes where it is told to. */
import type { Readable } from 'node:stream';
import { type Route, routeTo } from './connection.js';

export interface HttpAnswer {
  readonly status: number;
  /** the reason phrase: some indexes explain themselves there */
  readonly reason: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Readable;
  /** how long the connection may be silent */
  readonly timeoutMs?: number;
  /** PEM text of authorities to believe on top of the usual ones */
  readonly certificates?: string | undefined;
}

/** A request without an answer: no connection, one that broke off, or silence. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const TIMEOUT_MS = 120_000;
/** An index that refuses a file before it has read it all answers and closes; the answer may be behind the error. */
const LATE_ANSWER_MS = 100;

/**
 * @throws {NoAnswer} saying what happened to the connection
 * @throws whatever the body's stream fails with
 */
export async function send(asked: HttpRequest): Promise<HttpAnswer> {
  let route: Route;
  try {
    route = await routeTo(new URL(asked.url), asked.certificates, process.env);
  } catch (error) {
    asked.body?.destroy();
    throw new NoAnswer((error as Error).message);
  }
  return exchange(route, asked);
}

function exchange(
  { request: open, options }: Route,
  { method, headers = {}, body, timeoutMs = TIMEOUT_MS }: HttpRequest,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = open({
      ...options,
      method,
      headers: { ...options.headers, 'User-Agent': 'nx-wheelhouse', 'Cache-Control': 'no-cache', ...headers },
    });
    let isAnswered = false;
    const broken = (error: NodeJS.ErrnoException) => {
      body?.destroy();
      reject(new NoAnswer(error.code === undefined ? error.message : `${error.message} (${error.code})`));
    };
    request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    request.on('error', (error: NodeJS.ErrnoException) => {
      setTimeout(() => {
        if (!isAnswered) broken(error);
      }, LATE_ANSWER_MS);
    });
    request.on('response', (response) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', broken);
      response.on('end', () => {
        body?.destroy();
        // The index has said all it has to say, also when it did not want the rest of the body.
        if (!request.writableFinished) request.destroy();
        const { statusCode = 0, statusMessage = '' } = response;
        resolve({ status: statusCode, reason: statusMessage, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    if (body === undefined) {
      request.end();
      return;
    }
    body.on('error', (error) => {
      reject(error);
      request.destroy();
    });
    body.pipe(request);
  });
}

/** What a server says in an answer, in one line for a person. */
export function explanation({ status, reason, body }: HttpAnswer): string {
  const words = body
    .toString('utf8')
    .replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
  return [`${status} ${reason}`.trim(), words === reason ? '' : words].filter(Boolean).join(': ');
}

export function isRedirect({ status }: HttpAnswer): boolean {
  return status >= 300 && status < 400;
}

/** Whether the same request may well succeed a little later. */
export function isPassing({ status }: Pick<HttpAnswer, 'status'>): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 425;
}
