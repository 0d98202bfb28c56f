/** uv, the tool that makes environments and locks: the one on PATH when its version suits, else one provisioned once into the tool cache. */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { findBasePython } from './base-python.js';
import { childEnvironment } from './child-environment.js';
import { lastLines, runTool, type ToolResult } from './run-tool.js';
import { makeInToolCache, toolCacheFolder } from './tool-cache.js';

/** The version that is provisioned when PATH has none that suits. */
const PROVISIONED = '0.13.9';
/** Older ones lack `uv venv --clear`. */
const OLDEST = [0, 9, 0] as const;

let found: Promise<string> | undefined;
let onPath: Promise<string | undefined> | undefined;

/**
 * The uv to call.
 * @returns its absolute path, or `uv` when the one on PATH suits
 * @throws {UserError} when there is none and it cannot be provisioned
 */
function ensureUv(): Promise<string> {
  // A failure is kept: the hundred packages behind the first one need not wait for the same network again.
  found ??= findUv();
  return found;
}

/** Whether there is a uv already, so that calling it installs nothing. */
export async function isUvThere(): Promise<boolean> {
  return (await versionOnPath()) !== undefined || existsSync(provisioned().program);
}

/**
 * Calls uv, without colours: what it says is read by programs and put into errors.
 * @param options.env on top of the environment that tools get
 * @throws {UserError} when there is no uv
 */
export async function runUv(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv | undefined } = {},
): Promise<ToolResult> {
  const environment = childEnvironment({ NO_COLOR: '1', FORCE_COLOR: undefined, ...env });
  return runTool(await ensureUv(), args, { ...(cwd === undefined ? {} : { cwd }), env: environment });
}

/** The version of the uv that is called, or would be installed for that. */
export async function uvVersion(): Promise<string> {
  return (await versionOnPath()) ?? PROVISIONED;
}

async function findUv(): Promise<string> {
  if ((await versionOnPath()) !== undefined) return 'uv';
  const { folder, program } = provisioned();
  if (!existsSync(program)) await provision(folder);
  return program;
}

function provisioned(): { folder: string; program: string } {
  const folder = join(toolCacheFolder(), `uv-${PROVISIONED}`);
  return { folder, program: join(folder, ...(process.platform === 'win32' ? ['Scripts', 'uv.exe'] : ['bin', 'uv'])) };
}

/** @returns the version of the uv on PATH where there is one that is new enough */
function versionOnPath(): Promise<string | undefined> {
  onPath ??= suitableVersion('uv');
  return onPath;
}

async function suitableVersion(command: string): Promise<string | undefined> {
  const { status, stdout } = await runTool(command, ['--version'], { env: childEnvironment() });
  const version = /^uv (\d+)\.(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number);
  if (status !== 0 || version === undefined) return undefined;
  const differing = OLDEST.findIndex((oldest, index) => version[index] !== oldest);
  const isNewEnough = differing < 0 || (version[differing] ?? 0) > (OLDEST[differing] ?? 0);
  return isNewEnough ? version.join('.') : undefined;
}

/** Installed beside its final place and renamed, so two processes at once and a killed one leave nothing half made. */
async function provision(folder: string): Promise<void> {
  const python = await findBasePython();
  const unfinished = `${folder}.${randomUUID()}`;
  makeInToolCache(toolCacheFolder());
  try {
    await runOrExplain(python, ['-m', 'venv', unfinished]);
    const inside = join(unfinished, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
    await runOrExplain(inside, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `uv==${PROVISIONED}`,
    ]);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function runOrExplain(command: string, args: string[]): Promise<void> {
  const { status, stdout, stderr } = await runTool(command, args, { env: childEnvironment() });
  if (status === 0) return;
  throw new UserError(
    `uv ${PROVISIONED} could not be installed into the tool cache (${toolCacheFolder()}).`,
    {},
    'install uv yourself so that it is on PATH, or give pip access to a package index',
    lastLines(`${stdout}\n${stderr}`, 10),
  );
}
