/** Where things that are made once per machine are kept: the provisioned uv, build environments. Never inside the workspace. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The tool cache folder: `NX_WHEELHOUSE_CACHE_DIRECTORY`, else the platform's own place for caches.
 * @returns an absolute path; the folder need not exist
 */
export function toolCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment.NX_WHEELHOUSE_CACHE_DIRECTORY;
  if (chosen) return chosen;
  if (process.platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'nx-wheelhouse', 'Cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nx-wheelhouse');
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nx-wheelhouse');
}
