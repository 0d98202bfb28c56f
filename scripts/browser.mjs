#!/usr/bin/env node
// A browser for the tests of pages: the one on PATH, else Debian's Chromium where we may install it. Without one they are left out, and counted.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome', 'microsoft-edge'];

/** @returns the name of a program of the Chromium family on PATH, `undefined` where there is none */
export function findBrowser() {
  return NAMES.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** Installs one where there is none and this may be done without asking: as root, on a machine with apt. */
export function provisionBrowser() {
  if (findBrowser() !== undefined) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { stdio: 'inherit', env, timeout: 300_000 }).status === 0;
  const install = () => apt('install', '--yes', '--no-install-recommends', 'chromium');
  // A fresh machine has no lists of packages yet, and old ones name versions that are gone.
  if (!install() && !(apt('update') && install())) {
    console.log('No browser could be installed: the tests of pages will be left out.');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) provisionBrowser();
