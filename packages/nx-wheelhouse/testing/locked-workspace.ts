/** What tests ask of workspaces with locks. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { lockedClosures } from '../src/workspace/locks/locked-closures.js';
import type { Workspace } from '../src/workspace/workspace.js';
import { toolPrograms } from './tools.js';

export const locksOf = (workspace: Workspace) =>
  Object.fromEntries([...lockedClosures(workspace).byPackage].map(([folder, { lock }]) => [folder, lock]));
export const warningsOf = (workspace: Workspace) =>
  lockedClosures(workspace).warnings.map(({ file, line, message }) => `${file}:${line ?? ''}: ${message}`);
/** By `package purpose`. */
const digestsOf = (workspace: Workspace): Record<string, string> =>
  Object.fromEntries(
    [...lockedClosures(workspace).byPackage].flatMap(([folder, { closures }]) =>
      closures.map(({ purpose, digest }) => [`${folder} ${purpose}`, digest]),
    ),
  );
/** What an edit of a file of the workspace changes. */
export const changedBy = (workspace: Workspace, file: string, edit: (text: string) => string): string[] => {
  const before = digestsOf(workspace);
  const path = join(workspace.root, file);
  const text = readFileSync(path, 'utf8');
  expect(edit(text)).not.toBe(text);
  writeFileSync(path, edit(text));
  const after = digestsOf(workspace);
  writeFileSync(path, text);
  return Object.keys(before)
    .filter((key) => before[key] !== after[key])
    .sort();
};
export const bump = (name: string, version: string, to: string) => (text: string) =>
  text.replace(`name = "${name}"\nversion = "${version}"`, `name = "${name}"\nversion = "${to}"`);

export const lockWithUv = ({ root }: Workspace) => {
  for (const [program, ...args] of [
    ['git', 'init', '--quiet'],
    [join(toolPrograms, 'uv'), 'lock', '--quiet'],
  ] as const) {
    const { status, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
};

export const poetryLock = (...packages: string[]) => `${packages.join('\n')}\n[metadata]\nlock-version = "2.1"\n`;
export const poetryEntry = (name: string, version: string, more = '') =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\nfiles = []\n${more}`;
