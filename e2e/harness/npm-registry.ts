/** A real npm registry on this machine, with the packed packages on it; everything else it takes from the one that npm is configured for. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kept, packed } from './install.js';

/** The override: its own request for it is for a tag, which not every mirror has. */
const VERDACCIO = {
  private: true,
  dependencies: { verdaccio: '6.7.4' },
  overrides: { 'node-fetch': '2.7.0' },
};

export interface NpmRegistry {
  readonly url: string;
  close(): void;
}

export async function startNpmRegistry(): Promise<NpmRegistry> {
  const program = join(installVerdaccio(), 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-npm-'));
  const upstream = npm(['config', 'get', 'registry'], folder).trim();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const ours = { access: '$all', publish: '$all' };
  writeFileSync(
    join(folder, 'config.yaml'), // which JSON is as well
    JSON.stringify({
      storage: join(folder, 'storage'),
      // By default two slow answers close the way up for five minutes.
      uplinks: { upstream: { url: upstream, timeout: '5m', max_fails: 1000, fail_timeout: '1s' } },
      packages: {
        '@nx-wheelhouse/*': ours,
        'nx-wheelhouse': ours,
        '**': { access: '$all', proxy: 'upstream' },
      },
      log: { type: 'stdout', format: 'pretty', level: 'warn' },
    }),
  );
  const child = spawn(process.execPath, [program, '--config', join(folder, 'config.yaml'), '--listen', url], {
    cwd: folder,
    stdio: 'ignore',
  });
  const close = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilAnswering(`${url}-/ping`, child);
    // npm sends no package without a token, whatever the registry asks for.
    writeFileSync(join(folder, '.npmrc'), `registry=${url}\n//127.0.0.1:${port}/:_authToken=anyone\n`);
    for (const tarball of readdirSync(packed)) npm(['publish', '--registry', url, join(packed, tarball)], folder);
  } catch (error) {
    close();
    throw error;
  }
  return { url, close };
}

function installVerdaccio(): string {
  const folder = join(kept, 'verdaccio');
  const wanted = JSON.stringify(VERDACCIO);
  const stamp = join(folder, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), wanted);
  npm(['install', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  writeFileSync(stamp, wanted);
  return folder;
}

function npm(args: readonly string[], cwd: string): string {
  const { status, error, stdout, stderr } = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600 && child.exitCode === null; attempt += 1) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(`nothing answers at ${url}`);
}
