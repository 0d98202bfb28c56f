#!/usr/bin/env node
// The Python tools that the tests and the demo compare with: virtual environments in .tools, each made once from a list of pins.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));
/**
 * Makes the environment of the tools unless it is there already.
 * @returns the folder with its programs (python, uv, twine, pypi-server, ...)
 */
export function provisionTools() {
  return provision('venv', 'tools.txt', (python, pins) => {
    run(python, ['-m', 'pip', 'install', '--quiet', '-r', pins]);
  });
}

/**
 * The same for the tools that tests make locks with: apart, since they are many packages, and only tests need them.
 * @param programs the folder of the other tools' programs: uv installs these, five times as fast as pip
 */
export function provisionLockTools(programs) {
  return provision('lock-tools', 'lock-tools.txt', (python, pins) => {
    run(join(programs, 'uv'), ['pip', 'install', '--quiet', '--python', python, '-r', pins]);
  });
}

/** And for the index servers that publishing is tested with: they need older libraries than the other tools. */
export function provisionIndexServers(programs) {
  return provision('index-servers', 'index-servers.txt', (python, pins) => {
    run(join(programs, 'uv'), ['pip', 'install', '--quiet', '--python', python, '-r', pins]);
  });
}

function provision(name, pinsFile, install) {
  const venv = join(repository, '.tools', name);
  const programs = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  const pins = join(repository, 'scripts', pinsFile);
  const stamp = join(venv, 'nx-wheelhouse-tools.sha256');
  const digest = createHash('sha256').update(readFileSync(pins)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return programs;
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(dirname(venv), { recursive: true });
  run(basePython(), ['-m', 'venv', venv]);
  install(join(programs, 'python'), pins);
  writeFileSync(stamp, digest);
  return programs;
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const programs = provisionTools();
  console.log([programs, provisionLockTools(programs), provisionIndexServers(programs)].join('\n'));
}
