#!/usr/bin/env node
// The main job, shown: a workspace in a temporary folder with the packed plugin, every command printed as a user would type it.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pack } from './pack.mjs';
import { setUp } from './setup.mjs';
import { repository } from './tools.mjs';

const started = Date.now();
const programs = setUp();
const python = join(programs, 'python');
title('Packing the plugin');
const tarballs = pack();
const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-demo-'));
const environment = {
  ...process.env,
  PATH: [programs, process.env.PATH].join(delimiter),
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_INTERACTIVE: 'false', // in a terminal the generator would ask for a licence
  NX_CACHE_DIRECTORY: join(scratch, 'nx-cache'),
  NX_WORKSPACE_DATA_DIRECTORY: join(scratch, 'nx-data'),
};
try {
  ownPackages(join(scratch, 'workspace'));
  realPackages(join(scratch, 'real'));
  title(`Done in ${seconds(started)}; everything was made in ${scratch}, which is removed now`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function ownPackages(folder) {
  title('A new workspace with the plugin');
  newWorkspace(folder);

  title('Three packages that depend on one another');
  show(folder, 'npx nx g python-package libs/alpha --description "The first"');
  show(folder, 'npx nx g python-package libs/beta --dependencies alpha --backend setuptools --layout flat');
  show(folder, 'npx nx g python-package libs/gamma --dependencies beta --manifest setup.py --layout flat');
  git(folder, 'Three packages');

  title('Build and test them');
  const first = show(folder, 'npx nx run-many -t build test');
  title('Publish them to the local index, install from it in a clean environment, call the code');
  show(folder, 'npx nx run-many -t publish');
  show(folder, 'uv venv --quiet --seed fresh');
  show(folder, 'fresh/bin/pip install --quiet --index-url file://$PWD/.wheelhouse/index/simple gamma');
  show(folder, 'fresh/bin/python -c "from gamma.module import say_hello; print(say_hello())"');

  title('The same again: nothing has changed, so nothing runs');
  const second = show(folder, 'npx nx run-many -t build test');
  say(
    `first ${(first / 1000).toFixed(1)} s, second ${(second / 1000).toFixed(1)} s: ${((first - second) / 1000).toFixed(1)} s saved`,
  );

  title('One file edited: what does it affect?');
  appendFileSync(join(folder, 'libs', 'beta', 'beta', 'module.py'), '\n\nANSWER = 42\n');
  show(folder, 'git diff --stat');
  show(folder, 'npx nx affected -t build test');
}

function realPackages(folder) {
  title('Packages nobody here wrote: three families of the package index, as their sdists are');
  newWorkspace(folder);
  const pins = readFileSync(join(repository, 'e2e', 'real-packages.txt'), 'utf8');
  const download = join(repository, 'e2e', 'harness', 'download_sdists.py');
  const sdists = join(repository, '.tools', 'sdists');
  const { status, stdout, stderr } = spawnSync(python, [download, sdists], { input: pins, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout + stderr);
  const names = [];
  for (const line of stdout.trim().split('\n')) {
    const file = line.split(' ').at(-1);
    const target = join(folder, 'libs', file.replace('.tar.gz', ''));
    mkdirSync(target, { recursive: true });
    run(folder, `tar -xzf "${join(sdists, file)}" --strip-components=1 -C "${target}"`);
    names.push(line.split('==')[0]);
  }
  git(folder, 'Packages');
  show(folder, 'npx nx show projects');
  show(folder, 'npx nx run-many -t build');
  show(folder, 'npx nx run-many -t publish');
  show(folder, 'uv venv --quiet fresh');
  show(
    folder,
    `uv pip install --quiet --python fresh --prerelease=allow --index file://$PWD/.wheelhouse/index/simple ${names.join(' ')}`,
  );
  show(folder, 'fresh/bin/python -c "import zope.component, opentelemetry.sdk.trace, flit; print(\'all import\')"');
  show(folder, 'npx nx run-many -t build');
}

function newWorkspace(folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "demo", "private": true }\n');
  run(folder, 'git init --quiet --initial-branch=main');
  const nx = JSON.parse(readFileSync(join(repository, 'node_modules', 'nx', 'package.json'), 'utf8')).version;
  writeFileSync(join(folder, 'nx.json'), '{ "analytics": false }\n');
  show(
    folder,
    `npm install --save-dev --silent --no-audit --no-fund nx@${nx} ${tarballs.map((path) => `"${path}"`).join(' ')}`,
  );
  show(folder, 'npx nx g nx-wheelhouse:init');
  git(folder, 'A workspace');
}

function git(folder, message) {
  const identity = '-c user.name=Demo -c user.email=demo@index.example';
  run(folder, `git add --all && git ${identity} commit --quiet --message "${message}"`);
}

/** Prints a command, runs it, prints what it says. @returns milliseconds */
function show(folder, command) {
  console.log(`\n$ ${command.replaceAll(`${repository}/`, '')}`);
  const begin = Date.now();
  run(folder, command, 'inherit');
  return Date.now() - begin;
}

// A shell on purpose: the demo runs the very line that it prints.
function run(cwd, command, stdio = 'pipe') {
  const { status, stderr } = spawnSync(command, {
    cwd,
    env: environment,
    shell: true,
    stdio: ['ignore', stdio, stdio],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stderr ?? ''}`);
}

function title(text) {
  console.log(`\n=== ${text}`);
}

function say(text) {
  console.log(`\n${text}`);
}

function seconds(since) {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}
