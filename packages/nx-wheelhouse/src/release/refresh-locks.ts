/** uv.lock says which versions the workspace's own packages have: after a release it must say the new ones. */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { normalizeVersion, parseUvLock, readManifest, UnreadableLock } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { lastLines } from '../toolchain/run-tool.js';
import { runUv } from '../toolchain/uv.js';
import { listFiles } from '../workspace/files.js';
import { folderOf, statedValue } from '../workspace/workspace.js';

/**
 * Runs `uv lock` for every uv.lock that states another version of one of its packages than the package's manifest.
 * @returns the locks that have changed, relative to the workspace root
 * @throws {UserError} when uv cannot lock
 */
export async function refreshUvLocks(workspaceRoot: string): Promise<readonly string[]> {
  const locks = listFiles(workspaceRoot).paths.filter((path) => posix.basename(path) === 'uv.lock');
  const stale = locks.filter((path) => existsSync(join(workspaceRoot, path)) && isStale(workspaceRoot, path));
  for (const path of stale) await lock(workspaceRoot, path);
  return stale;
}

function isStale(workspaceRoot: string, path: string): boolean {
  const folder = folderOf(path);
  try {
    return parseUvLock(readFileSync(join(workspaceRoot, path), 'utf8')).packages.some(({ localFolder, version }) => {
      if (localFolder === undefined || version === undefined) return false;
      const stated = statedVersion(join(workspaceRoot, folder, localFolder));
      return stated !== undefined && normalizeVersion(stated) !== normalizeVersion(version);
    });
  } catch (error) {
    if (error instanceof UnreadableLock) return false; // of a later uv: said when the graph is made
    throw error;
  }
}

/** @param folder absolute */
function statedVersion(folder: string): string | undefined {
  const read = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;
  const reading = readManifest({ read });
  return reading.kind === 'package' ? statedValue(reading.manifest.version) : undefined;
}

async function lock(workspaceRoot: string, path: string): Promise<void> {
  const folder = folderOf(path);
  const { status, stdout, stderr } = await runUv(['lock'], { cwd: join(workspaceRoot, folder) });
  if (status === 0) return;
  throw new UserError(
    'uv cannot refresh the lock after versioning.',
    { file: path },
    `mend what uv says and run "uv lock" beside it; or set release.version.versionActionsOptions.skipLockFileUpdate to true`,
    lastLines(`${stdout}\n${stderr}`, 15),
  );
}
