/** Clients that share no code with what we build with. */
import { createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findPython, pinnedEnvironment } from '../environments.js';
import type { RunningServer } from './servers.js';
import { run, runPython, temporaryFolder } from './tools.js';

/** The last conda that pip installs in full; newer ones are on channels only. It runs on no Python but 3.6. */
const OLD_CONDA = ['conda==4.3.16', 'ruamel.yaml<0.16'];

/** What the old conda runs on and installs for; `undefined` where this machine has none. */
export const python36 = findPython('3.6');

export interface OldConda {
  /** Runs `conda <args>`: its configuration, environments and cache are all of its own. */
  run(...args: readonly string[]): string;
}

/** conda 4.3, with the packages of some channels, and CPython 3.6 as their `python`. */
export function oldConda(python: string, channels: readonly string[]): OldConda {
  const folder = temporaryFolder();
  const ofPython = join(folder, 'python-channel');
  run(python, [join(import.meta.dirname, 'make_python.py'), ofPython]);
  runPython(join(import.meta.dirname, '..', '..', 'python', 'conda_index.py'), ofPython);
  const configuration = join(folder, 'condarc.yml');
  writeFileSync(
    configuration,
    JSON.stringify({
      channels: [...channels, pathToFileURL(ofPython).href],
      default_channels: [],
      add_pip_as_python_dependency: false,
      pkgs_dirs: [join(folder, 'packages')],
      envs_dirs: [join(folder, 'environments')],
    }),
  );
  const home = join(folder, 'home');
  mkdirSync(home);
  const program = join(pinnedEnvironment('conda-4.3', OLD_CONDA, python), 'python');
  const env = { ...process.env, CONDARC: configuration, HOME: home };
  return { run: (...args) => run(program, ['-m', 'conda', ...args], { env, cwd: home }) };
}

/** A channel's folder as a server of plain files has it. */
export async function serveFolder(folder: string): Promise<RunningServer> {
  const server = createServer(({ url = '' }, response) => {
    const path = join(folder, decodeURIComponent(new URL(url, 'http://localhost').pathname));
    if (existsSync(path)) createReadStream(path).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
