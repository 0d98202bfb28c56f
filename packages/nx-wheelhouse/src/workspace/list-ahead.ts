/** The list of a workspace's files is made while something else is done; where nothing is kept of the workspace's imports, a thread finds and keeps them meanwhile. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { listFilesInBackground, type WorkspaceFiles } from './files.js';
import { IMPORTS_FILE } from './kept/kept-imports.js';

/** Packages from which on a thread saves more than the fiftieth of a second that its start takes. */
const WORTHWHILE = 100;

/**
 * Lists the files of a workspace while something else is done. A thread that scans them, too, leaves what it finds in the cache folder.
 * @param root absolute
 * @param packages how many there may be
 * @param cacheFolder absolute; `undefined`: nothing can be left anywhere
 */
export async function listFilesAhead(
  root: string,
  packages: number,
  cacheFolder: string | undefined,
): Promise<WorkspaceFiles> {
  const isWorthwhile = packages >= WORTHWHILE && availableParallelism() > 1;
  if (!isWorthwhile || cacheFolder === undefined || existsSync(join(cacheFolder, IMPORTS_FILE)))
    return listFilesInBackground(root);
  try {
    const { Worker } = await import('node:worker_threads'); // not where all is kept: a plugin's start is paid in each command
    return await new Promise((resolve, reject) => {
      const thread = new Worker(join(__dirname, 'scan-thread.js'), { workerData: [root, cacheFolder] });
      thread.once('message', resolve).once('error', reject).once('exit', reject);
    });
  } catch {
    return listFilesInBackground(root); // no thread to be had: the imports are found when they are asked for
  }
}
