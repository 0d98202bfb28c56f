/** A publisher and an index in processes of their own, so that they can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IndexAccess } from '../../src/publish/listing.js';
import type { PlannedPackage } from '../../src/publish/plan.js';
import { environment } from './tools.js';

const here = dirname(fileURLToPath(import.meta.url));

function start(module: string, argument: unknown, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const args = [join(here, 'child.mjs'), join(here, module), JSON.stringify(argument)];
  return spawn(process.execPath, args, { env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Publishes, until it is killed or done. */
export function startPublisher(access: IndexAccess, packages: readonly PlannedPackage[]): ChildProcess {
  return start('child-publisher.ts', { access, packages });
}

/** Opens a repository as a trusted publisher, says so and waits. */
export async function startTrustedPublisher(repository: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = start('child-trusted.ts', { repository }, env);
  await firstWords(child);
  return child;
}

/** The embedded index at a port, which it has again when it is started again. */
export async function startIndexProcess(folder: string, port: number): Promise<ChildProcess> {
  const child = start('child-index.ts', { folder, port });
  await firstWords(child);
  return child;
}

function firstWords(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code, signal) => reject(new Error(`the process ended with ${code ?? signal}`)));
  });
}

/** As a power cut would. */
export async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await ended;
  }
}
