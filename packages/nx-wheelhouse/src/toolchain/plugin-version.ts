/** A program: prints the version of this plugin, for what depends on it and on no interpreter. Asking for that as well takes ten times as long. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {
  version: string;
};
process.stdout.write(`nx-wheelhouse ${version}\n`);
