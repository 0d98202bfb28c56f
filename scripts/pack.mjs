#!/usr/bin/env node
// Builds both packages and writes the npm tarballs that a user would install to dist/packages.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(repository, 'dist', 'packages');

/** @returns the absolute paths of the tarballs */
export function pack() {
  // A task of Nx depends on the builds; to bring them out of the cache once more would take them away from the tasks beside it for a moment.
  if (process.env.NX_TASK_TARGET_PROJECT === undefined) build();
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of ['python-packaging', 'nx-wheelhouse']) {
    run('npm', ['pack', '--silent', '--pack-destination', target], join(repository, 'packages', name));
  }
  return readdirSync(target).map((file) => join(target, file));
}

function build() {
  run(process.execPath, [join(repository, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'), 'run-many', '-t', 'build']);
}

function run(command, args, cwd = repository) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const tarball of pack()) console.log(tarball);
