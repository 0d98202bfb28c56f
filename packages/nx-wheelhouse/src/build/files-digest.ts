/** A digest of files that Nx does not hash: what programs print that it runs for a task's hash. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { LinkedFile } from '../workspace/links.js';

/** @returns of their paths, contents and executable bits, in this order; lower-case hexadecimal */
export function filesDigest(files: readonly LinkedFile[]): string {
  const digest = createHash('sha256');
  for (const { path, origin } of files) {
    const content = createHash('sha256').update(readFileSync(origin)).digest('hex');
    digest.update(`${path}\0${content}${statSync(origin).mode & 0o100 ? ' executable' : ''}\n`);
  }
  return digest.digest('hex');
}
