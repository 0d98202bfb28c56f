/** Builds of packages in a build host, step by step as an engine has them done, without the engine. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRequirement } from '@nx-wheelhouse/python-packaging';
import { expect } from 'vitest';
import { BuildHost, type StepsRequest } from '../src/build/build-host.js';
import { buildSteps, isKnownBackend, isPureBackend, nextSteps } from '../src/build/steps.js';
import { ensureEnvironment } from '../src/toolchain/environments.js';
import { findInterpreter } from '../src/toolchain/interpreter.js';
import { folderWith } from './workspace-folder.js';

/** @param requirement the one build requirement */
export async function hostWith(requirement: string): Promise<BuildHost> {
  const interpreter = await findInterpreter({ request: undefined, folder: tmpdir(), requiresPython: undefined });
  const recipe = { interpreter, requirements: [requirement], constraints: [], localWheels: [] };
  return new BuildHost(await ensureEnvironment(recipe));
}

export interface HostBuild {
  readonly backend: string;
  readonly requirement: string;
  /** whether processes may be shared, see StepsRequest; default: they may */
  readonly warmUp?: boolean;
}

/**
 * Builds the sdist and the wheel of a package.
 * @param files of the package, by path
 */
export async function buildIn(
  host: BuildHost,
  files: Readonly<Record<string, string>>,
  { backend, requirement, warmUp = true }: HostBuild,
): Promise<{ readonly folder: string; readonly log: string; readonly dists: Readonly<Record<string, string>> }> {
  const root = folderWith(files);
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-test-'));
  mkdirSync(join(folder, 'dist'));
  const isPure = isPureBackend(backend, [parseRequirement(requirement)]);
  const request: Omit<StepsRequest, 'steps'> = {
    backend,
    backendPath: [],
    configSettings: null,
    provided: [requirement],
    folder,
    project: 'a',
    files: Object.keys(files).map((path) => ({ path: `a/${path}`, origin: join(root, path) })),
    log: join(folder, 'log'),
    ordered: isPure,
    memoryLimit: null,
    timeout: null,
    replacements: {},
    unpack: true,
    warmUp,
    preloadsBackend: isKnownBackend(backend),
  };
  for (let steps = buildSteps('both', false); steps.length > 0; ) {
    const next = nextSteps(steps, isPure);
    expect(await host.call({ ...request, steps: next })).toMatchObject({ ok: true, done: next });
    steps = steps.slice(next.length);
  }
  const output = join(folder, 'dist');
  const dists = readdirSync(output).map((name) => [name, sha256(readFileSync(join(output, name)))]);
  // The folder, and setuptools' temporary ones in it, are the build's own.
  const log = readFileSync(request.log, 'utf8')
    .replaceAll(folder, '')
    .replaceAll(/\.tmp-\w+/g, '.tmp');
  return { folder, log, dists: Object.fromEntries(dists) };
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The ids of the processes that hosts of this one have kept; Linux tells. */
export function keptProcesses(): string[] {
  const isHost = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('build_host.py');
  return childrenOf(String(process.pid)).filter(isHost).flatMap(childrenOf);
}

function childrenOf(pid: string): string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
}
