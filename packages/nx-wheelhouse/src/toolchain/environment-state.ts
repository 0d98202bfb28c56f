/** Whether an environment is what it was when it was made, and which ones nobody has used for long. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, relative } from 'node:path';

const DAY = 24 * 60 * 60 * 1000;
const UNUSED_DAYS = 30;

/**
 * A digest of the names and sizes of all files, without compiled bytecode: it tells a half-removed or half-written environment,
 * at the price of a look at each file (10 ms for setuptools), once per run.
 */
export function contentsDigest(folder: string, ignored: string): string {
  const digest = createHash('sha256');
  const visit = (current: string) => {
    const entries = readdirSync(current, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== '__pycache__') visit(path);
      } else if (entry.name !== ignored) {
        digest.update(`${relative(folder, path)}\0${lstatSync(path).size}\n`);
      }
    }
  };
  visit(folder);
  return digest.digest('hex');
}

/** Notes that an environment is in use: its manifest's time is that of its last use, to a day. */
export function markUsed(manifest: string): void {
  try {
    const now = new Date();
    if (now.getTime() - statSync(manifest).mtimeMs > DAY) utimesSync(manifest, now, now);
  } catch {
    // A tool cache that cannot be written to is used as it is.
  }
}

/** Removes environments that nobody has used for a month, and what a killed run has left half made. */
export function removeUnused(environments: string, manifestName: string, now = Date.now()): void {
  for (const name of readdirSync(environments)) {
    const folder = join(environments, name);
    try {
      const isUnfinished = name.includes('.');
      const lastUse = statSync(isUnfinished ? folder : join(folder, manifestName)).mtimeMs;
      if (now - lastUse > (isUnfinished ? DAY : UNUSED_DAYS * DAY)) removeWhole(folder);
    } catch {
      // It is being made, or another process is removing it.
    }
  }
}

/** Renamed first, so that nobody takes a half-removed one for whole. */
export function removeWhole(folder: string): void {
  const doomed = `${folder}.removed-${process.pid}`;
  renameSync(folder, doomed);
  rmSync(doomed, { recursive: true, force: true });
}
