/** Servers that conda channels live on: a real quetz, and stand-ins that do what the API of a server says. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinnedEnvironment } from '../environments.js';
import { run, temporaryFolder } from './tools.js';

export interface RunningServer {
  readonly url: string;
  close(): void;
}

export interface QuetzServer extends RunningServer {
  /** of a user who may upload to `channel0` */
  readonly token: string;
}

/** quetz 0.10 asks for any fastapi, and runs with none of this year. */
const QUETZ = ['quetz-server==0.10.4', 'fastapi==0.128.8', 'starlette==0.49.3'];

/** A quetz with users and channels of its own making. */
export async function startQuetz(): Promise<QuetzServer> {
  const quetz = join(pinnedEnvironment('quetz', QUETZ), 'quetz');
  const folder = join(temporaryFolder(), 'quetz');
  const made = run(quetz, ['create', folder, '--create-conf', '--dev'], { cwd: dirname(folder) });
  const token = /API key created for user "\w+": (\w+)/.exec(made)?.[1];
  if (token === undefined) throw new Error(`quetz made no key:\n${made}`);
  const port = await freePort();
  const child = spawn(quetz, ['start', folder, '--host', '127.0.0.1', '--port', String(port)], {
    // It writes a log where it is started.
    cwd: dirname(folder),
    stdio: 'ignore',
    // It starts others, which its own end does not end: so they are ended as a group.
    detached: true,
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswering(`${url}/api/channels`);
  return { url, token, close: () => void process.kill(-(child.pid as number)) };
}

/** moto, which checks each signature with Amazon's own library, and what of it serves buckets. */
const MOTO = ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5', 'PyYAML==6.0.4', 'py-partiql-parser==0.6.3'];

export interface S3Server extends RunningServer {
  /** the environment variables of a user who may use the bucket `channels` */
  readonly environment: Readonly<Record<string, string>>;
  /** Lets everyone in: moto knows no signatures in the query, which are those of py-rattler. */
  openToAll(): Promise<void>;
}

/** A server of S3's API, with a bucket called `channels` and one user who may use it. */
export async function startS3(): Promise<S3Server> {
  const python = join(pinnedEnvironment('s3', MOTO), 'python');
  const child = spawn(python, [join(import.meta.dirname, 's3_server.py')], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface(child.stdout)) {
    const environment = JSON.parse(line) as Record<string, string>;
    const url = environment.AWS_ENDPOINT_URL ?? '';
    const openToAll = async () => {
      await fetch(`${url}/moto-api/reset-auth`, { method: 'POST', body: '1000000' });
    };
    return { url, environment, openToAll, close: () => void child.kill() };
  }
  throw new Error('moto did not start');
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A server that answers as told, and remembers what it was asked. */
export async function startServer(
  answer: (request: Received) => { status: number; body?: string; headers?: Record<string, string> } | 'hang up',
): Promise<RunningServer & { readonly received: readonly Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const one: Received = { method, path, headers, body: Buffer.concat(chunks) };
    received.push(one);
    const answered = answer(one);
    if (answered === 'hang up') request.socket.destroy();
    else response.writeHead(answered.status, answered.headers).end(answered.body ?? '');
  });
  return { url: await listening(server), received, close: () => void server.close() };
}

/**
 * Anaconda's server as its client sees it: users, packages, releases, files that are staged, sent as a form and committed.
 * @see the API that anaconda-client 1.16 speaks
 */
export async function startAnaconda(token: string) {
  const known = new Map<string, Record<string, unknown>>();
  const staged: { readonly place: string; readonly claims: Record<string, unknown>; body: Buffer }[] = [];
  const server = await startServer(({ method, path, headers, body }) => {
    const [, kind = '', ...rest] = decodeURIComponent(path.split('?')[0] ?? '').split('/');
    const place = rest.join('/');
    const json = (status: number, value: unknown) => ({
      status,
      body: JSON.stringify(value),
      headers: { 'Content-Type': 'application/json' },
    });
    if (kind === '' || method === 'HEAD') return json(200, {});
    if (kind === 'form') {
      const form = staged[Number(place)];
      if (form) form.body = fileOfForm(body);
      return { status: 201, body: '<PostResponse/>' };
    }
    if (![`token ${token}`, `Bearer ${token}`].includes(headers.authorization ?? ''))
      return json(401, { error: 'bad token' });
    const claims = body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {};
    switch (kind) {
      case 'user':
        return json(200, { login: rest[0] ?? 'someone', user_type: 'user' });
      case 'stage':
        if (known.has(`dist/${place}`)) return json(409, { error: 'file exists' });
        staged.push({ place, claims, body: Buffer.alloc(0) });
        return json(200, {
          post_url: `${server.url}/form/${staged.length - 1}`,
          form_data: {},
          dist_id: String(staged.length - 1),
        });
      case 'commit': {
        const form = staged[Number(claims.dist_id)];
        const sha256 = createHash('sha256')
          .update(form?.body ?? '')
          .digest('hex');
        if (form === undefined || sha256 !== form.claims.sha256)
          return json(400, { error: 'other bytes than were staged' });
        known.set(`dist/${form.place}`, { basename: form.place, sha256, labels: form.claims.channels });
        return json(200, { url: `${server.url}/${place}` });
      }
      default: {
        const key = `${kind}/${place}`;
        if (method !== 'GET')
          known.set(key, { package_types: ['conda'], distributions: [], ...known.get(key), ...claims });
        return known.has(key) ? json(200, known.get(key)) : json(404, { error: 'not found' });
      }
    }
  });
  return { ...server, known };
}

/** The content of the field `file`. */
function fileOfForm(body: Buffer): Buffer {
  const boundary = body.subarray(0, body.indexOf('\r\n'));
  const start = body.indexOf('\r\n\r\n', body.indexOf('name="file"')) + 4;
  return body.subarray(start, body.indexOf(Buffer.concat([Buffer.from('\r\n'), boundary]), start));
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return Number(new URL(url).port);
}

async function untilAnswering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(`nothing answers at ${url}`);
}
