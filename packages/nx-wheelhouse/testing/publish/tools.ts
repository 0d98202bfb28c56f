/** The real tools that publishing is tested with: the environment of the repository, small dists, servers. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RecordedDist } from '../../src/build/dist-record.js';
import type { PlannedPackage } from '../../src/publish/plan.js';

const here = dirname(fileURLToPath(import.meta.url));

/** A program of the tools' environment. */
export function tool(name: string): string {
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    const [programs, suffix] = process.platform === 'win32' ? ['Scripts', '.exe'] : ['bin', ''];
    const program = join(folder, '.tools', 'venv', programs, name + suffix);
    if (existsSync(program)) return program;
  }
  throw new Error(`${name} is not in .tools/venv`);
}

/** Without what the shell of whoever runs the tests may hold. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TWINE|UV|PIP|NX)_|_PROXY$/i.test(name)),
);

/** Runs a program to its end without blocking: the servers of the tests live in this process. */
export async function run(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ status: number | null; output: string }> {
  const child = spawn(tool(name), [...args], { env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, output };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'nx-wheelhouse publish '));
}

export interface TestPackage {
  readonly name: string;
  readonly version: string;
  readonly requires?: readonly string[];
  /** ends up in the files: the same package with other bytes */
  readonly note?: string;
}

/** Makes a wheel and an sdist of each package in one folder. */
export function makeDists(folder: string, packages: readonly TestPackage[]): string[] {
  const input = JSON.stringify(packages);
  const { status, stderr } = spawnSync(tool('python'), ['-I', join(here, 'make_dists.py'), folder], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return readdirSync(folder).map((filename) => join(folder, filename));
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** A package as a plan has it, with freshly made dists. */
export function plannedPackage(folder: string, pkg: TestPackage, after: readonly string[] = []): PlannedPackage {
  const own = join(folder, `${pkg.name}-${pkg.version}${pkg.note ?? ''}`);
  const dists = makeDists(own, [pkg]).map((path): RecordedDist => {
    const filename = path.slice(own.length + 1);
    const kind = filename.endsWith('.whl') ? 'wheel' : 'sdist';
    return { filename, kind, path, sha256: sha256Of(path), size: readFileSync(path).length };
  });
  return { project: pkg.name, name: pkg.name, version: pkg.version, dists, after };
}

export interface PypiServer {
  readonly uploadUrl: string;
  readonly listingUrl: string;
  close(): void;
}

/** pypiserver over an empty folder; uploads need the user `me` and this password. */
export async function startPypiserver(password: string): Promise<PypiServer> {
  const port = await freePort();
  const folder = temporaryFolder();
  const server = startServer(folder, port, password);
  const base = `http://127.0.0.1:${port}/`;
  for (let attempt = 0; attempt < 200; attempt++) {
    if (
      await fetch(base).then(
        (answer) => answer.ok,
        () => false,
      )
    ) {
      return { uploadUrl: base, listingUrl: `${base}simple/`, close: () => void server.kill() };
    }
    await sleep(50);
  }
  server.kill();
  throw new Error('pypiserver does not answer');
}

function startServer(folder: string, port: number, password: string): ChildProcess {
  const program = `
import sys, pypiserver, wsgiref.simple_server
password = sys.argv[3]
app = pypiserver.app(roots=[sys.argv[1]], disable_fallback=True, authenticate=["update"], auther=lambda user, given: (user, given) == ("me", password))
wsgiref.simple_server.make_server("127.0.0.1", int(sys.argv[2]), app).serve_forever()
`;
  return spawn(tool('python'), ['-c', program, folder, String(port), password], { env: environment, stdio: 'ignore' });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
