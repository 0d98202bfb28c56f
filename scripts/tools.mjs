#!/usr/bin/env node
// The Python tools that the tests and the demo compare with: one virtual environment in .tools, made once from scripts/tools.txt.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const venv = join(repository, '.tools', 'venv');
const binDirectory = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');

/**
 * Makes the environment unless it is there already.
 * @returns the folder with its programs (python, uv, twine, pypi-server, ...)
 */
export function provisionTools() {
  const pins = readFileSync(join(repository, 'scripts', 'tools.txt'), 'utf8');
  const stamp = join(venv, 'nx-wheelhouse-tools.sha256');
  const digest = createHash('sha256').update(pins).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return binDirectory;
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(dirname(venv), { recursive: true });
  run(basePython(), ['-m', 'venv', venv]);
  run(join(binDirectory, 'python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '-r',
    join(repository, 'scripts', 'tools.txt'),
  ]);
  writeFileSync(stamp, digest);
  return binDirectory;
}

/** The first interpreter on PATH that can carry the tools: CPython 3.9 or newer, with venv. */
function basePython() {
  const probe = 'import sys, venv; sys.exit(sys.version_info < (3, 9))';
  for (const candidate of ['python3', 'python', 'py']) {
    if (spawnSync(candidate, ['-c', probe], { stdio: 'ignore' }).status === 0) return candidate;
  }
  throw new Error(
    'No CPython 3.9 or newer with the venv module on PATH: install one, for example python3 and python3-venv.',
  );
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(provisionTools());
