/** The embedded index as a server on this machine only: the upload API that twine and uv speak, and the simple API for pip and uv. */
import { timingSafeEqual } from 'node:crypto';
import { createReadStream, existsSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isValidName, normalizeName } from '@nx-wheelhouse/python-packaging';
import { InvalidForm, readForm } from './multipart.js';
import { overviewHtml } from './overview.js';
import { projectHtml, projectJson, rootHtml, rootJson } from './pages.js';
import { IndexStorage } from './storage.js';

export interface RunningIndex {
  /** where files are sent to, as `twine --repository-url` takes it */
  readonly uploadUrl: string;
  /** what pip takes as `--index-url` */
  readonly simpleUrl: string;
  /** the password that goes with the user name `__token__`; made at the first call, so that reading alone writes nothing */
  token(): string;
  close(): Promise<void>;
}

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
const NOT_AUTHORIZED = 'Invalid or non-existent authentication information.';
const LOOPBACK = new Set(['127.0.0.1', 'localhost']);

/** Where names are looked for that are nobody's here. */
export interface Fallback {
  /** of the simple API, with a slash at the end */
  readonly listingUrl: string;
  /** Whether a name is of this workspace: what has it elsewhere is never taken for it. @param name normalised */
  isOwn(name: string): boolean;
}

/**
 * @param folder of the index, absolute; need not exist
 * @param port 0 for any free one
 */
export async function startLocalIndex(folder: string, port = 0, fallback?: Fallback): Promise<RunningIndex> {
  const storage = new IndexStorage(folder);
  const server = createServer((request, response) => {
    answer(storage, request, fallback)
      .catch((error: Error): Answer => text(500, error.message))
      .then((reply) => send(request, response, reply))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    uploadUrl: `${base}/legacy/`,
    simpleUrl: `${base}/simple/`,
    token: () => storage.token(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = { readonly status: number; readonly type: string } & (
  | { readonly body: string }
  | { readonly path: string }
  | { readonly location: string }
);

async function answer(
  storage: IndexStorage,
  request: IncomingMessage,
  fallback: Fallback | undefined,
): Promise<Answer> {
  // A web page whose name resolves to this machine must not reach the index (DNS rebinding).
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!LOOPBACK.has(host)) return text(421, 'This index answers on the loopback address only.');
  const path = new URL(request.url ?? '/', 'http://index.example').pathname;
  if (request.method === 'POST') {
    const yank = /^\/(yank|unyank)\/([^/]+)\/([^/]+)\/?$/.exec(path);
    return yank === null ? takeUpload(storage, request) : takeYank(storage, request, yank);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'Method not allowed.');
  return read(storage, path, request.headers.accept ?? '', fallback);
}

function read(storage: IndexStorage, path: string, accept: string, fallback: Fallback | undefined): Answer {
  const [area, project, filename, ...more] = path.split('/').filter(Boolean).map(decode);
  if (area === undefined) {
    return { status: 200, type: 'text/html; charset=utf-8', body: overviewHtml(storage.projects()) };
  }
  if (area === 'simple' && filename === undefined) {
    if (!path.endsWith('/')) return { status: 301, type: 'text/plain', location: `${path}/` };
    const json = accept.includes(JSON_TYPE);
    const page = (html: string, data: string): Answer => ({
      status: 200,
      type: json ? JSON_TYPE : 'text/html; charset=utf-8',
      body: json ? data : html,
    });
    if (project === undefined) {
      const names = [...storage.projects().keys()].sort();
      return page(rootHtml(names), rootJson(names));
    }
    const name = normalizeName(project);
    const entries = storage.project(name);
    if (entries.length > 0) return page(projectHtml(name, entries), projectJson(name, entries));
    if (fallback === undefined || !isValidName(project) || fallback.isOwn(name)) return text(404, 'Not Found');
    return { status: 302, type: 'text/plain', location: `${fallback.listingUrl}${name}/` };
  }
  if (
    area === 'files' &&
    project !== undefined &&
    filename !== undefined &&
    more.length === 0 &&
    isValidName(project)
  ) {
    const entry = storage
      .project(normalizeName(project))
      .find((one) => filename === one.filename || filename === `${one.filename}.metadata`);
    if (entry !== undefined) {
      const file = storage.filePath({ name: entry.name, filename });
      if (existsSync(file)) return { status: 200, type: 'application/octet-stream', path: file };
    }
  }
  return text(404, 'Not Found');
}

/** The body says why. */
async function takeYank(storage: IndexStorage, request: IncomingMessage, [, event, project, version]: RegExpExecArray) {
  const reason = await readShortBody(request);
  if (!isAuthorized(request.headers.authorization, storage.token())) return text(403, NOT_AUTHORIZED);
  const isThere = storage.yank(
    normalizeName(decode(project ?? '')),
    decode(version ?? ''),
    event === 'yank' ? 'yank' : 'unyank',
    reason,
  );
  return isThere ? text(200, '') : text(404, 'Not Found');
}

async function readShortBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body = (body + chunk).slice(0, 1000);
  return body.trim();
}

async function takeUpload(storage: IndexStorage, request: IncomingMessage): Promise<Answer> {
  if (!isAuthorized(request.headers.authorization, storage.token())) {
    await drain(request);
    return text(403, NOT_AUTHORIZED);
  }
  const path = storage.temporaryPath();
  try {
    // Kept whole when the form is given up, for there is an answer to be sent.
    const body = request.iterator({ destroyOnReturn: false });
    const { fields, file } = await readForm(body, request.headers['content-type'] ?? '', path);
    const field = (name: string): string | undefined => fields.get(name)?.[0];
    if (field(':action') !== 'file_upload') return text(400, 'The :action must be file_upload.');
    if (file === undefined) return text(400, 'There is no file in the form.');
    const acceptance = await storage.accept(path, {
      filename: file.filename,
      name: field('name') ?? '',
      version: field('version') ?? '',
      filetype: field('filetype') ?? '',
      sha256: field('sha256_digest')?.toLowerCase(),
      md5: field('md5_digest')?.toLowerCase(),
    });
    return acceptance.kind === 'refused' ? text(400, acceptance.reason) : text(200, '');
  } catch (error) {
    if (error instanceof InvalidForm) return text(400, `Invalid upload: ${error.message}.`);
    throw error;
  } finally {
    request.resume(); // What is left unread would keep the connection from its next request.
    rmSync(path, { force: true });
  }
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1] ?? '';
  const given = Buffer.from(encoded, 'base64');
  const expected = Buffer.from(`__token__:${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Clients read the answer only after they have sent everything. */
async function drain(request: IncomingMessage): Promise<void> {
  for await (const _ of request) {
    // not wanted
  }
}

function send(request: IncomingMessage, response: ServerResponse, reply: Answer): void {
  const headers = { 'Content-Type': reply.type, 'Cache-Control': 'no-store' };
  if ('path' in reply) {
    response.writeHead(reply.status, { ...headers, 'Content-Length': statSync(reply.path).size });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(reply.path)
        .on('error', () => response.destroy())
        .pipe(response);
    return;
  }
  const body = 'body' in reply ? reply.body : '';
  const location = 'location' in reply ? { Location: reply.location } : {};
  // twine shows the reason phrase, uv the body.
  const reason = reply.status >= 400 ? body.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 300) : undefined;
  const extra = { ...headers, ...location, 'Content-Length': Buffer.byteLength(body) };
  if (reason) response.writeHead(reply.status, reason, extra);
  else response.writeHead(reply.status, extra);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
