/** Where things that are made once per machine are kept: the provisioned uv, build environments. Never inside the workspace. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { homeFolder } from './home-folder.js';

/**
 * The tool cache folder: `NX_WHEELHOUSE_CACHE_DIRECTORY`, else the platform's own place for caches.
 * @returns an absolute path; the folder need not exist
 */
export function toolCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment.NX_WHEELHOUSE_CACHE_DIRECTORY;
  if (chosen) return chosen;
  if (process.platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(homeFolder(), 'AppData', 'Local'), 'nx-wheelhouse', 'Cache');
  }
  if (process.platform === 'darwin') return join(homeFolder(), 'Library', 'Caches', 'nx-wheelhouse');
  return join(environment.XDG_CACHE_HOME || join(homeFolder(), '.cache'), 'nx-wheelhouse');
}

/**
 * Makes a folder in the tool cache, with those around it.
 * @param path of the folder, absolute
 * @throws {UserError} where this user may not write there
 */
export function makeInToolCache(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new UserError(
      `The tool cache (${toolCacheFolder()}) cannot be written to.`,
      {},
      'let this user write there, or set NX_WHEELHOUSE_CACHE_DIRECTORY to another folder',
      (error as Error).message,
    );
  }
}
