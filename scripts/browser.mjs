#!/usr/bin/env node
// A browser for the tests of pages: the one on PATH, else Debian's Chromium where we may install it. Tests without one say so and go on.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome', 'microsoft-edge'];

/** @returns the name of a program of the Chromium family on PATH, `undefined` where there is none */
export function findBrowser() {
  return NAMES.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && findBrowser() === undefined) {
  const args = ['install', '--yes', '--no-install-recommends', 'chromium'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { stdio: 'inherit', env });
  if (status !== 0) console.log('No browser could be installed: the tests of pages will be left out.');
}
