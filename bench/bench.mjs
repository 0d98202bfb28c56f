#!/usr/bin/env node
// Runs the benchmarks, all or those named, and prints one table: `npm run bench -- versions builds --packages=40`. Each is a file in
// bench/benchmarks, and says which options it takes.
import { existsSync, readdirSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setUp } from '../scripts/setup.mjs';
import { repository } from '../scripts/tools.mjs';

/**
 * What a benchmark's default export gives, in a list or one after the other: a row for each thing it measures.
 * @typedef {object} Row
 * @property {string} subject what was done
 * @property {string} here our figure, with its unit
 * @property {string} reference the same of the program compared with, with its name and version
 * @property {string} ratio how many times better we are
 * @property {string} wanted the figure or ratio we hold ourselves to
 * @property {boolean} isMet
 */

const folder = join(repository, 'bench', 'benchmarks');
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => basename(file, '.mjs'))
  .sort();
const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('--'));
const options = Object.fromEntries(
  words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')),
);
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  process.exit(2);
}

setUp();
if (!existsSync(join(repository, 'packages', 'python-packaging', 'dist', 'index.js'))) {
  console.error('The packages are not built: run `npm run build` first.');
  process.exit(2);
}

console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${platform()} ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`,
);
const columns = ['benchmark', 'subject', 'here', 'reference', 'ratio', 'wanted', 'met'];
console.log(`| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}`);
let areAllMet = true;
for (const name of named.length > 0 ? named : known) {
  const { default: run } = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  for await (const { subject, here, reference, ratio, wanted, isMet } of await run(options)) {
    console.log(`| ${[name, subject, here, reference, ratio, wanted, isMet ? 'yes' : 'no'].join(' | ')} |`);
    areAllMet &&= isMet;
  }
}
process.exit(areAllMet ? 0 : 1);
