/** The index servers that people run themselves, over an empty folder: pypiserver and devpi. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import { environment, temporaryFolder, tool } from './tools.js';

export interface RealServer {
  readonly uploadUrl: string;
  readonly listingUrl: string;
  close(): void;
  /** ends it as a power cut would, and starts it again over the same folder, under the same address */
  crash(): Promise<void>;
}

/**
 * Uploads need the user `me` and this password.
 * @param largestFile so many bytes of a file fit on its disk
 */
export async function startPypiserver(password: string, largestFile = 0): Promise<RealServer> {
  const folder = temporaryFolder();
  const program = `
import sys, pypiserver, wsgiref.simple_server, socketserver
password, largest = sys.argv[3], int(sys.argv[4])
if largest:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
app = pypiserver.app(roots=[sys.argv[1]], disable_fallback=True, authenticate=["update"], auther=lambda user, given: (user, given) == ("me", password))
class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True
wsgiref.simple_server.make_server("127.0.0.1", int(sys.argv[2]), app, Server).serve_forever()
`;
  const port = await freePort();
  const base = `http://127.0.0.1:${port}/`;
  const start = () =>
    spawnServer(tool('python'), ['-c', program, folder, String(port), password, String(largestFile)], base);
  return running(folder, start, { uploadUrl: base, listingUrl: `${base}simple/` });
}

/** @param volatile whether the index replaces files, as devpi's do unless told otherwise */
export async function startDevpi(password: string, volatile = false): Promise<RealServer> {
  const folder = join(temporaryFolder(), 'devpi');
  const options = ['--serverdir', folder];
  const made = spawnSync(tool('devpi-init', 'index-servers'), [...options, '--no-root-pypi'], {
    env: environment,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const port = await freePort();
  const base = `http://127.0.0.1:${port}/`;
  const args = [...options, '--host', '127.0.0.1', '--port', String(port), '--offline-mode'];
  const start = () => spawnServer(tool('devpi-server', 'index-servers'), args, `${base}+api`);
  const server = await running(folder, start, { uploadUrl: `${base}me/dev/`, listingUrl: `${base}me/dev/+simple/` });
  await put(`${base}me`, { password }, {});
  const login = await fetch(`${base}+login`, { method: 'POST', body: JSON.stringify({ user: 'me', password }) });
  const { result } = (await login.json()) as { result: { password: string } };
  const token = Buffer.from(`me:${result.password}`).toString('base64');
  await put(`${base}me/dev`, { volatile, bases: [] }, { 'X-Devpi-Auth': token });
  return server;
}

async function put(url: string, body: unknown, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body), headers });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

async function running(
  folder: string,
  start: () => Promise<ChildProcess>,
  addresses: { uploadUrl: string; listingUrl: string },
): Promise<RealServer> {
  let child = await start();
  return {
    ...addresses,
    close: () => {
      child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
      child.kill('SIGKILL');
    },
    crash: async () => {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      child = await start();
    },
  };
}

/** @returns when it answers, however long that takes on a busy machine */
async function spawnServer(command: string, args: readonly string[], url: string): Promise<ChildProcess> {
  const child = spawn(command, [...args], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  while (child.exitCode === null && child.signalCode === null) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return child;
    await sleep(50);
  }
  throw new Error(`${command} ended: ${said}`);
}
