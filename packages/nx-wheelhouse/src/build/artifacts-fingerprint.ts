/**
 * A program: prints a digest of a package's artifacts, one line. Nx hashes no files that git ignores, so it runs this before the package
 * is hashed, and hashes its output. Its arguments are the package's folder, relative to the workspace, and the globs of the artifacts,
 * percent-encoded.
 */
import { join } from 'node:path';
import { artifactFiles } from '../workspace/artifacts.js';
import { filesDigest } from './files-digest.js';

const [root = '.', ...globs] = process.argv.slice(2).map(decodeURIComponent);
const files = artifactFiles(root, globs).map((path) => ({ path, origin: join(root, path) }));
process.stdout.write(`${filesDigest(files)}\n`);
