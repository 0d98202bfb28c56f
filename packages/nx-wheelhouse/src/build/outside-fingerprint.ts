/**
 * A program: prints a digest of files outside of the workspace that a package takes in, one line. Nx hashes no such files, so it runs
 * this once per command and hashes its output. Its arguments are files and folders relative to the workspace, percent-encoded.
 */
import { Links } from '../workspace/links.js';
import { filesDigest } from './files-digest.js';

const links = new Links(process.cwd(), { paths: [], symlinks: new Map() });
const places = process.argv.slice(2).map(decodeURIComponent);
process.stdout.write(`${filesDigest(places.flatMap((place) => links.filesAt(place)))}\n`);
