/** The environment of a uv workspace: its own `.venv`, brought up to date by uv once per run. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { pythonIn } from '../toolchain/environments.js';
import { lastLines } from '../toolchain/run-tool.js';
import { runUv } from '../toolchain/uv.js';

export interface SyncedEnvironment {
  /** the interpreter inside, absolute */
  readonly python: string;
  /** something a person should know, such as that uv.lock was not up to date */
  readonly notice: string;
}

/**
 * Installs all members, editable, with all their groups and extras, as the lock says.
 * What is in the environment beyond that stays: it is the person's own.
 * @param folder the uv workspace's root, absolute
 * @throws {UserError} when uv cannot resolve or install
 */
export async function syncUvWorkspace(folder: string): Promise<SyncedEnvironment> {
  const lock = join(folder, 'uv.lock');
  const before = readIfThere(lock);
  // Extras and groups may be declared to exclude one another: then the members' own dependencies must do.
  const everything = await sync(folder, ['--all-extras', '--all-groups']);
  const result = everything.status === 0 ? everything : await sync(folder, ['--all-groups']);
  if (result.status !== 0) {
    throw new UserError(
      'uv could not bring the workspace environment up to date.',
      { file: 'pyproject.toml' },
      `run \`uv sync --all-packages\` in ${folder} and follow what it says`,
      lastLines(everything.stderr),
    );
  }
  const notice =
    before !== undefined && before !== readIfThere(lock)
      ? 'uv.lock was not up to date and has been updated: commit it.\n'
      : '';
  return { python: pythonIn(environmentFolder(folder)), notice };
}

async function sync(folder: string, selection: readonly string[]) {
  const args = ['sync', '--quiet', '--inexact', '--all-packages', '--no-python-downloads', ...selection];
  return runUv(args, { cwd: folder });
}

/** @see uv documentation, "UV_PROJECT_ENVIRONMENT" */
function environmentFolder(folder: string): string {
  const chosen = process.env.UV_PROJECT_ENVIRONMENT || '.venv';
  return isAbsolute(chosen) ? chosen : join(folder, chosen);
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
