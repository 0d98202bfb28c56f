/** What uv has seen of an interpreter, for the cache of one run: to look at one takes it as long as to build ten packages. */
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stampOf } from '../stamps.js';
import { markUsed, removeUnused } from '../toolchain/environment-state.js';
import { toolCacheFolder } from '../toolchain/tool-cache.js';
import { runUv, uvVersion } from '../toolchain/uv.js';

/** In each folder: whose it is, and, by its time, when it was last of use. */
const NOTE = 'interpreter';

/**
 * Fills a new cache of uv. Whether what is in it still holds uv finds out by itself.
 * @param interpreter absolute path
 * @param cache absolute path of a folder that is not there yet
 */
export async function showInterpreter(interpreter: string, cache: string): Promise<void> {
  const state = JSON.stringify([await uvVersion(), interpreter, stampOf(interpreter).stamp]);
  const key = createHash('sha256').update(state).digest('hex').slice(0, 24);
  const folder = join(toolCacheFolder(), 'uv-interpreters', key);
  try {
    if (!existsSync(join(folder, NOTE))) await look(interpreter, folder);
    cpSync(join(folder, 'cache'), cache, { recursive: true });
    markUsed(join(folder, NOTE));
  } catch {
    // Nowhere to keep it: uv looks for itself.
  }
}

async function look(interpreter: string, folder: string): Promise<void> {
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    mkdirSync(unfinished, { recursive: true });
    const args = ['python', 'find', '--no-project', '--no-config', '--offline', interpreter];
    const { status } = await runUv(args, { env: { UV_CACHE_DIR: join(unfinished, 'cache') } });
    if (status !== 0) return; // nothing was seen that could be kept
    writeFileSync(join(unfinished, NOTE), interpreter);
    if (!existsSync(folder)) renameSync(unfinished, folder);
    removeUnused(dirname(folder), NOTE);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
