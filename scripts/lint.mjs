#!/usr/bin/env node
// Everything that judges the sources without running them: format and lint rules, dead code, and what the packed packages offer.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const programs = join(repository, 'node_modules', '.bin');
const packages = ['packages/python-packaging', 'packages/nx-wheelhouse'];
const checks = [
  ['biome', ['ci', '--error-on-warnings']],
  ['knip', []],
  ...packages.map((folder) => ['publint', ['--strict', folder]]),
  ...packages.map((folder) => ['attw', ['--pack', folder, '--profile', 'node16']]),
];

let failed = 0;
for (const [program, args] of checks) {
  console.log(`\n> ${program} ${args.join(' ')}`);
  const { status } = spawnSync(join(programs, program), args, { cwd: repository, stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
