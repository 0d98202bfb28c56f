/**
 * Where the plugin keeps what saves time on the next graph: a folder of the tool cache for each workspace. Not among the files of Nx, which
 * `nx reset` removes: what is kept here is compared with the workspace each time, and has no use for a fresh start.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { markUsed, removeUnused, removeWhole } from '../toolchain/environment-state.js';
import { toolCacheFolder } from '../toolchain/tool-cache.js';

/** In each folder: whose it is, and, by its time, when it was last of use. */
const WORKSPACE = 'workspace';

/**
 * @param workspaceRoot absolute
 * @returns absolute; `undefined` where the user has switched such caches off
 * @see Nx documentation, "Environment variables", for `NX_CACHE_PROJECT_GRAPH`
 */
export function cacheFolder(workspaceRoot: string): string | undefined {
  if (process.env.NX_CACHE_PROJECT_GRAPH === 'false') return undefined;
  const key = createHash('sha256').update(workspaceRoot).digest('hex').slice(0, 24);
  return join(toolCacheFolder(), 'graphs', key);
}

/**
 * Notes that a workspace is in use. Whenever one more comes, the folders of those go that are there no more, or that nobody has used for a
 * month.
 * @param folder the workspace's own, see `cacheFolder`
 */
export function noteUse(workspaceRoot: string, folder: string | undefined): void {
  if (folder === undefined) return;
  const note = join(folder, WORKSPACE);
  if (existsSync(note)) {
    markUsed(note);
    return;
  }
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(note, workspaceRoot);
    removeOrphans(dirname(folder));
    removeUnused(dirname(folder), WORKSPACE);
  } catch {
    // A tool cache that cannot be written to keeps nothing.
  }
}

function removeOrphans(graphs: string): void {
  for (const name of readdirSync(graphs)) {
    try {
      const root = readFileSync(join(graphs, name, WORKSPACE), 'utf8');
      if (root !== '' && !existsSync(root)) removeWhole(join(graphs, name));
    } catch {
      // Another process is removing it.
    }
  }
}
