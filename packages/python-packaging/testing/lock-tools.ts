/** Locks as the tools themselves write them, for tests: files in a temporary folder, and the tools of the tools' environment. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Closure, LockIndex } from '../src/locks/closure.js';
import type { LockedDependency } from '../src/locks/lock.js';
import { dependencyOf } from '../src/locks/requirement-edge.js';
import type { DeclaredRequirement, PackageManifest } from '../src/manifests/manifest.js';
import { readManifest } from '../src/manifests/read.js';
import { normalizeName } from '../src/names/name.js';
import { lockPython, python } from './reference.js';

const made: string[] = [];

/** @returns the folder, absolute */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  made.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Removes what the tests of a file have made. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Runs a tool, of the tools' environment or of that of the tools that make locks. @returns what it prints */
export function runIn(folder: string, tool: string, ...args: string[]): string {
  const own = join(dirname(python), tool);
  const program = existsSync(own) ? own : join(dirname(lockPython), tool);
  const env = {
    ...process.env,
    POETRY_VIRTUALENVS_CREATE: 'false',
    PDM_IGNORE_ACTIVE_VENV: '1',
    PDM_CHECK_UPDATE: '0',
  };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** What a manifest states in that folder. */
export function manifestIn(folder: string): PackageManifest {
  const reading = readManifest({ read: (path) => textOf(join(folder, path)) });
  if (reading.kind !== 'package') throw new Error(`${folder} is ${reading.kind}`);
  return reading.manifest;
}

/** The edges into a lock that a manifest's requirements make: those of the run, of extras, of groups. */
export function startOf(manifest: PackageManifest, extras: readonly string[] = [], groups: readonly string[] = []) {
  const inExtras = manifest.extras.kind === 'static' ? manifest.extras.value : new Map();
  const run = manifest.dependencies.kind === 'static' ? manifest.dependencies.value : [];
  return [
    ...run,
    ...extras.flatMap((extra): readonly DeclaredRequirement[] => inExtras.get(normalizeName(extra)) ?? []),
    ...groups.flatMap((group) => manifest.groups.get(normalizeName(group)) ?? []),
  ].map(({ requirement }) => dependencyOf(requirement));
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The names and versions of what is reached, projects of the repository left out, sorted. */
export function pinsReached(index: LockIndex, start: readonly LockedDependency[]): string[] {
  const reach = index.reach(start, { kind: 'only', extras: new Set(), groups: new Set() });
  if (reach.kind === 'missing') throw new Error(`${reach.dependency.name} is missing`);
  return pinsIn(reach.closure);
}

export function pinsIn({ packages }: Closure): string[] {
  const outside = [...packages].filter(({ localFolder }) => localFolder === undefined);
  return outside.map(({ name, version }) => `${name}==${version}`).sort();
}

/** The names and versions of a requirements file, projects of the repository left out: `idna==3.10`, sorted, each once. */
export function pinsOf(requirements: string): string[] {
  const pins = [...requirements.matchAll(/^([\w.-]+)(?:\[[^\]]*\])?(==[^\s;\\]+)/gm)];
  return [...new Set(pins.map(([, name = '', version]) => `${normalizeName(name)}${version}`))].sort();
}
