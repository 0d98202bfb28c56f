/** An index that misbehaves as told, in front of a real embedded one. */
import { createHash } from 'node:crypto';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningIndex } from '../../src/local-index/server.js';

export interface FaultServer {
  readonly uploadUrl: string;
  readonly listingUrl: string;
  /** how many uploads have come; forms without a file are none */
  posts(): number;
  /** when no upload is under way any more */
  settled(): Promise<void>;
  /** the credentials that came with any request */
  readonly authorizations: readonly string[];
  close(): void;
}

/** What happens to an upload. */
export type Fault =
  | 'pass'
  | 'pass-then-500'
  | 'pass-then-reset'
  /** stores it, and never says so */
  | 'pass-then-silence'
  | 'reset'
  /** before the body is read */
  | 'early-413'
  | 'login-page'
  /** whoever sends it */
  | 'anonymous'
  /** stores half of the file, and says that all is well */
  | 'half'
  /** the same, and lists the hash that the sender states */
  | 'half-and-stated-hash'
  /** answers when this has come about, or after so many milliseconds */
  | { readonly after: Promise<unknown> | number }
  /** 429 that asks for a second */
  | 'retry-after'
  | { readonly status: number; readonly location?: string }
  /** 400, with the credential in every form in which a server may repeat it */
  | 'echo';

/** What happens to the listing of a project. */
export type ListingFault = 'pass' | 503 | 'empty' | 'html' | 'no-hashes' | 'other-hashes' | 'cacheable' | 'yanked';

/**
 * @param faultOf the fault of each upload, by its number from 1 and the head of its body
 * @param listingFaultOf the fault of each listing, by its number from 1
 */
export async function startFaultServer(
  index: RunningIndex,
  faultOf: (post: number, head: string) => Fault,
  listingFaultOf: (get: number) => ListingFault = () => 'pass',
): Promise<FaultServer> {
  let posts = 0;
  let listings = 0;
  const authorizations: string[] = [];
  const halves = new Halves();
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    authorizations.push(request.headers.authorization ?? '');
    if (request.method !== 'POST') {
      const half = halves.content(request.url ?? '');
      if (half !== undefined) return void response.writeHead(200, { 'Content-Length': half.length }).end(half);
      if (request.url?.startsWith('/simple/')) {
        const fault = listingFaultOf(++listings);
        return halves.has(request.url) ? halves.list(request.url, response) : list(index, request, response, fault);
      }
      return pass(index, request, response, Buffer.alloc(0));
    }
    if (faultOf(posts + 1, '') === 'early-413') {
      posts += 1;
      response.writeHead(413, { Connection: 'close' }).end('File too large.');
      return;
    }
    const body = await read(request);
    if (!body.includes('; filename="')) return pass(index, request, response, body);
    posts += 1;
    const fault = faultOf(posts, body.toString('latin1'));
    if (fault === 'half' || fault === 'half-and-stated-hash') halves.store(body.toString('latin1'), fault, response);
    else await misbehave(index, request, response, body, fault);
  };
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const taken = take(request, response)
      .catch(() => void response.destroy()) // whoever sent it is gone
      .finally(() => underWay.delete(taken));
    underWay.add(taken);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    uploadUrl: `${base}legacy/`,
    listingUrl: `${base}simple/`,
    posts: () => posts,
    authorizations,
    async settled() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      await Promise.all(underWay); // the index may still be at what a sender that is gone had sent in full
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function misbehave(
  index: RunningIndex,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  fault: Exclude<Fault, 'half' | 'half-and-stated-hash'>,
): Promise<void> {
  switch (fault) {
    case 'pass':
      return pass(index, request, response, body);
    case 'anonymous': {
      const pair = Buffer.from(`__token__:${index.token()}`).toString('base64');
      request.headers.authorization = `Basic ${pair}`;
      return pass(index, request, response, body);
    }
    case 'pass-then-500':
      return pass(index, request, response, body, () => response.writeHead(500).end('lost'));
    case 'pass-then-silence':
      return pass(index, request, response, body, () => {});
    case 'pass-then-reset':
      return pass(index, request, response, body, () => request.socket.resetAndDestroy());
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'early-413':
      return;
    case 'echo': {
      const header = request.headers.authorization ?? '';
      const pair = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString();
      const password = pair.slice(pair.indexOf(':') + 1);
      const secrets = [header, pair, password, encodeURIComponent(password), Buffer.from(password).toString('base64')];
      const said = `sorry, ${secrets.join(' ')}`;
      response.writeHead(400, said, { 'Content-Type': 'text/plain' }).end(said); // twine shows the reason only
      return;
    }
    case 'login-page':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<form><input name="user"></form>');
      return;
    case 'retry-after':
      response.writeHead(429, { 'Retry-After': '1' }).end('slowly');
      return;
    default: {
      if ('after' in fault) {
        await (typeof fault.after === 'number' ? sleep(fault.after) : fault.after);
        return pass(index, request, response, body);
      }
      const { status, location } = fault;
      const headers = { 'Content-Type': 'text/plain', ...(location === undefined ? {} : { Location: location }) };
      response.writeHead(status, headers).end(`sorry, ${request.headers.authorization}`);
    }
  }
}

/** Files of which an index has kept the first half only. */
class Halves {
  readonly #files = new Map<string, { project: string; content: Buffer; sha256: string }>();

  store(form: string, fault: 'half' | 'half-and-stated-hash', response: ServerResponse): void {
    const field = (name: string) => new RegExp(`name="${name}"\r\n\r\n([^\r]*)`).exec(form)?.[1] ?? '';
    const [, filename = '', file = ''] = /filename="([^"]+)"[\s\S]*?\r\n\r\n([\s\S]*)\r\n--/.exec(form) ?? [];
    const content = Buffer.from(file.slice(0, file.length / 2), 'latin1');
    const kept = createHash('sha256').update(content).digest('hex');
    const sha256 = fault === 'half' ? kept : field('sha256_digest');
    this.#files.set(filename, { project: field('name'), content, sha256 });
    response.writeHead(200).end();
  }

  content(path: string): Buffer | undefined {
    return this.#files.get(path.replace('/half/', ''))?.content;
  }

  has(path: string): boolean {
    return [...this.#files.values()].some(({ project }) => path === `/simple/${project}/`);
  }

  list(path: string, response: ServerResponse): void {
    const own = [...this.#files].filter(([, { project }]) => path === `/simple/${project}/`);
    const links = own.map(([filename, { sha256 }]) => `<a href="/half/${filename}#sha256=${sha256}">${filename}</a>`);
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<html>${links.join('<br>')}</html>`);
  }
}

async function list(
  index: RunningIndex,
  request: IncomingMessage,
  response: ServerResponse,
  fault: ListingFault,
): Promise<void> {
  if (fault === 'pass') return pass(index, request, response, Buffer.alloc(0));
  if (fault === 503) return void response.writeHead(503).end('busy');
  if (fault === 'empty') return void response.writeHead(404).end();
  const answer = await fetch(new URL(request.url ?? '/', index.simpleUrl));
  const html = (await answer.text()).replace(/#sha256=[0-9a-f]{64}/g, (hash) => {
    if (fault !== 'no-hashes' && fault !== 'other-hashes') return hash;
    return fault === 'no-hashes' ? '' : `#sha256=${'0'.repeat(64)}`;
  });
  const page = fault === 'yanked' ? html.replaceAll('<a ', '<a data-yanked="bad" ') : html;
  const cacheControl = fault === 'cacheable' ? { 'Cache-Control': 'max-age=600' } : {};
  response.writeHead(answer.status, { 'Content-Type': 'text/html', ...cacheControl }).end(page);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** @returns when the index is done with it */
function pass(
  index: RunningIndex,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  instead?: () => void,
): Promise<void> {
  const url = new URL(request.url ?? '/', index.uploadUrl);
  const headers = { ...request.headers, host: url.host };
  return new Promise((resolve) => {
    const onward = forward(url, { method: request.method, headers }, (answer) => {
      answer.on('close', resolve);
      if (instead === undefined) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        response.on('close', () => answer.resume());
      } else answer.resume().on('end', instead);
    });
    onward.on('error', () => {
      response.destroy();
      resolve();
    });
    onward.end(body);
  });
}
