#!/usr/bin/env node
// Builds the package in the current folder: TypeScript to dist/, and beside it the schemas, templates and texts that it reads at run time.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';

rmSync('dist', { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '--project', 'tsconfig.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

for (const file of readdirSync('src', { recursive: true })) {
  const source = join('src', file);
  if (statSync(source).isFile() && extname(file) !== '.ts') cpSync(source, join('dist', file));
}
