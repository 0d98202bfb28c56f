#!/usr/bin/env node
// Builds the package in the current folder: TypeScript to dist/, and beside it the schemas, templates and texts that it reads at run time.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';

rmSync('dist', { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '--project', 'tsconfig.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

for (const file of readdirSync('src', { recursive: true })) {
  const source = join('src', file);
  if (statSync(source).isFile() && extname(file) !== '.ts') cpSync(source, join('dist', file));
}

const index = resolve('dist', 'index.js');
if (readFileSync(index, 'utf8').includes('__exportStar(require(')) writeLazyIndex(index);

/**
 * An index names everything and is loaded by every Nx command, which uses little of it: so each name loads its module when it is first asked
 * for. The list of names at the end is what Node goes by when an ES module imports from it.
 */
function writeLazyIndex(index) {
  const require = createRequire(index);
  const paths = new Set(
    [...readFileSync(index, 'utf8').matchAll(/\brequire\("(\.\/[^"]+)"\)/g)].map(([, path]) => path),
  );
  const names = Object.keys(require(index));
  const homes = names.map((name) => [name, [...paths].find((path) => name in require(path))]);
  const text = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const homes = ${JSON.stringify(Object.fromEntries(homes), undefined, 2)};
for (const [name, path] of Object.entries(homes)) {
  const settle = (value) => Object.defineProperty(exports, name, { enumerable: true, value }) && value;
  Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => settle(require(path)[name]) });
}
0 && (module.exports = { ${names.join(', ')} });
`;
  writeFileSync(index, text);
}
