#!/usr/bin/env node
// Everything CI runs: sets up, then builds, lints and tests through Nx, and closes with one line of counts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { provisionBrowser } from './browser.mjs';
import { setUp } from './setup.mjs';
import { provisionIndexServers, provisionLockTools, repository } from './tools.mjs';

const results = ['packages/python-packaging', 'packages/nx-wheelhouse', 'e2e'].map((folder) =>
  join(repository, folder, 'test-results.json'),
);
for (const file of results) rmSync(file, { force: true });

const programs = setUp();
provisionLockTools(programs);
provisionIndexServers(programs);
if (process.env.CI && process.getuid?.() === 0) provisionBrowser(); // not on a machine that is somebody's own
const nx = join(repository, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
const args = [
  'run-many',
  '-t',
  'build',
  'lint',
  'unit',
  'e2e',
  '--output-style=stream',
  '--parallel=2',
  '--nx-bail=false',
];
const { status } = spawnSync(process.execPath, [nx, ...args], {
  cwd: repository,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
});

const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const file of results) {
  if (!existsSync(file)) {
    console.log(`${file} is missing: those tests did not run`);
    counts.failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  for (const { name, status, message, assertionResults } of report.testResults) {
    const failed = assertionResults.filter((one) => one.status === 'failed');
    for (const one of assertionResults) if (isLeftOut(one)) console.log(`LEFT OUT ${one.fullName}`);
    for (const one of failed) failures.push([name, one.fullName, one.failureMessages.join('\n')]);
    // A file that fails to load has no tests to count, one whose hook fails may have none that failed.
    if (status === 'failed' && failed.length === 0) {
      counts.failed += 1;
      failures.push([name, 'the file itself', message]);
    }
  }
}
if (status !== 0 && counts.failed === 0) counts.failed = 1; // build or lint
// Last, because a log is often kept from its end only.
for (const [file, test, message] of failures)
  console.log(`\nFAILED ${relative(repository, file)}: ${test}\n${message.slice(0, 4000)}`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed === 0 ? 0 : 1);

function isLeftOut({ status }) {
  return ['pending', 'skipped', 'todo', 'disabled'].includes(status);
}
