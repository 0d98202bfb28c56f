/**
 * A program: prints a digest of files outside of the workspace that a package takes in, one line. Nx hashes no such files, so it runs
 * this once per command and hashes its output. Its arguments are files and folders relative to the workspace, percent-encoded.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Links } from '../workspace/links.js';

const links = new Links(process.cwd(), { paths: [], symlinks: new Map() });
const digest = createHash('sha256');
for (const place of process.argv.slice(2).map(decodeURIComponent)) {
  for (const { path, origin } of links.filesAt(place)) {
    const content = createHash('sha256').update(readFileSync(origin)).digest('hex');
    digest.update(`${path}\0${content}\n`);
  }
}
process.stdout.write(`${digest.digest('hex')}\n`);
