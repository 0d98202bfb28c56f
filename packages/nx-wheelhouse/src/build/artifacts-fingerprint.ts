/**
 * A program: prints a digest of a package's artifacts, one line. Nx hashes no files that git ignores, so it runs this before the package
 * is hashed, and hashes its output. Its arguments are the package's folder, relative to the workspace, and the globs of the artifacts,
 * percent-encoded.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactFiles } from '../workspace/artifacts.js';

const [root = '.', ...globs] = process.argv.slice(2).map(decodeURIComponent);
const digest = createHash('sha256');
for (const path of artifactFiles(root, globs)) {
  digest.update(
    `${path}\0${createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex')}\n`,
  );
}
process.stdout.write(`${digest.digest('hex')}\n`);
