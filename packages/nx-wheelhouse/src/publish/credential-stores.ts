/** Opens the places where people keep credentials on this machine. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../toolchain/child-environment.js';
import { homeFolder } from '../toolchain/home-folder.js';
import { runTool } from '../toolchain/run-tool.js';
import type { CredentialStores } from './credentials.js';
import { parseNetrc } from './netrc.js';
import { parsePypirc } from './pypirc.js';

export function openCredentialStores(environment: NodeJS.ProcessEnv): CredentialStores {
  const home = (name: string) => join(homeFolder(), name);
  const netrc = [environment.NETRC, home('.netrc'), home('_netrc')].find((path) => path && existsSync(path));
  return {
    pypirc: parsePypirc(readIfThere(home('.pypirc'))),
    netrc: parseNetrc(netrc === undefined ? '' : readIfThere(netrc)),
    keyring: askKeyring,
  };
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** The program `keyring`, where it is on PATH; it gets no terminal, so that it cannot ask anyone anything. */
async function askKeyring(url: string, username: string): Promise<string | undefined> {
  const { status, stdout } = await runTool('keyring', ['get', url, username], { env: childEnvironment() });
  return status === 0 ? stdout.trim() || undefined : undefined;
}
