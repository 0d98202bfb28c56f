#!/usr/bin/env node
// What every command of this repository needs on a fresh clone: the npm packages of the lock file, and the Python tools.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provisionTools, repository } from './tools.mjs';

/** @returns the folder with the Python tools' programs */
export function setUp() {
  const digest = createHash('sha256')
    .update(readFileSync(join(repository, 'package-lock.json')))
    .digest('hex');
  const stamp = join(repository, 'node_modules', '.nx-wheelhouse-install.sha256');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
    console.log('Installing the npm packages ...');
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status } = spawnSync('npm', args, {
      cwd: repository,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error('npm ci failed, see above');
    writeFileSync(stamp, digest);
  }
  return provisionTools();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(setUp());
