/** The digest of a closure: blind to a lock's layout, and to nothing else that belongs to the closure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderWith, removeFolders, runIn } from '../../testing/lock-tools.js';
import { readToml, type TomlTable, type TomlValue } from '../toml/read.js';
import { allDependencies, LockIndex } from './closure.js';
import { ClosureDigests } from './digest.js';
import type { Lock, LockedDependency, LockedPackage } from './lock.js';
import { parseUvLock } from './uv-lock.js';

afterAll(removeFolders);

const FILES = {
  'pyproject.toml': '[tool.uv.workspace]\nmembers = ["a", "b"]\n[tool.uv.sources]\na = { workspace = true }\n',
  'a/pyproject.toml':
    '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["idna==3.10", "colorama ; sys_platform == \'win32\'"]\n',
  'b/pyproject.toml':
    '[project]\nname = "b"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["a"]\n[project.optional-dependencies]\nnet = ["requests[socks]==2.31.0"]\n[dependency-groups]\ntest = ["pytest"]\n',
};

const PROJECTS = ['a', 'b'];

describe('a digest', () => {
  let text: string;
  beforeAll(() => {
    const folder = folderWith(FILES);
    runIn(folder, 'uv', 'lock', '--quiet');
    text = readFileSync(join(folder, 'uv.lock'), 'utf8');
  }, 60_000);

  test('is the same whatever the order of packages, edges, files and keys, and whatever the layout', () => {
    const expected = digests(parseUvLock(text));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const shuffled = shuffle(readToml(text), () => numbers.next().value as number) as TomlTable;
        expect(digests(parseUvLock(stringify(shuffled)))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('changes with each version, source, hash, name, marker and edge of the closure, and with no other', () => {
    const lock = parseUvLock(text);
    const before = digests(lock);
    const reached = closures(lock);
    const outside = lock.packages.filter(({ localFolder }) => localFolder === undefined);
    fc.assert(
      fc.property(fc.constantFrom(...outside), fc.constantFrom(...Object.keys(MUTATIONS)), (victim, kind) => {
        const mutated = MUTATIONS[kind]?.(victim);
        if (mutated === undefined) return;
        const after = digests(replace(lock, victim, mutated));
        for (const [index, project] of PROJECTS.entries()) {
          const changed = after[index] !== before[index];
          expect(changed, `${kind} of ${victim.name} in ${project}`).toBe(reached[index]?.has(victim));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('takes a marker for the same in another order of its parts', () => {
    const dependency = '{ name = "colorama", marker = "sys_platform == \'win32\'" }';
    const withMarker = (marker: string) =>
      digests(parseUvLock(text.replace(dependency, `{ name = "colorama", marker = "${marker}" }`)))[0];
    expect(text).toContain(dependency);
    expect(withMarker("os_name == 'nt' and (sys_platform == 'a' or sys_platform == 'b')")).toBe(
      withMarker("(sys_platform=='b' or sys_platform == 'a')   and os_name == 'nt'"),
    );
    expect(withMarker("os_name == 'nt'")).not.toBe(withMarker("os_name != 'nt'"));
  });
});

/** One changed field each; `undefined` where the package has none to change. */
const MUTATIONS: Record<string, (entry: LockedPackage) => LockedPackage | undefined> = {
  version: (entry) => ({ ...entry, version: `${entry.version}.1` }),
  source: (entry) => ({ ...entry, source: 'registry https://index.example/simple' }),
  'a hash': (entry) => ({ ...entry, hashes: [...entry.hashes.slice(1), 'sha256:0'] }),
  'a lost file': (entry) => ({ ...entry, hashes: entry.hashes.slice(1) }),
  'an edge': (entry) =>
    entry.dependencies.length === 0 ? undefined : { ...entry, dependencies: entry.dependencies.slice(1) },
  'a marker': (entry) => {
    const [first, ...others] = entry.dependencies;
    const marker = {
      kind: 'comparison',
      left: { variable: 'os_name' },
      operator: '==',
      right: { literal: 'x' },
    } as const;
    return first && { ...entry, dependencies: [{ ...first, marker }, ...others] };
  },
};

/** Edges state version and source only where a name is ambiguous, and must go on meaning the same package. */
function replace(lock: Lock, victim: LockedPackage, by: LockedPackage): Lock {
  const follow = (edge: LockedDependency): LockedDependency => {
    const means =
      edge.name === victim.name &&
      (edge.version ?? victim.version) === victim.version &&
      (edge.source ?? victim.source) === victim.source;
    return means ? { ...edge, version: edge.version && by.version, source: edge.source && by.source } : edge;
  };
  const followAll = (lists: LockedPackage['extras']) =>
    new Map([...lists].map(([name, edges]) => [name, edges.map(follow)] as const));
  const packages = lock.packages
    .map((entry) => (entry === victim ? by : entry))
    .map((entry) => ({
      ...entry,
      dependencies: entry.dependencies.map(follow),
      extras: followAll(entry.extras),
      groups: followAll(entry.groups),
    }));
  return { ...lock, packages };
}

function closures(lock: Lock): ReadonlySet<LockedPackage>[] {
  return PROJECTS.map((folder) => reach(new LockIndex(lock), folder).packages);
}

function digests(lock: Lock): string[] {
  const index = new LockIndex(lock);
  return PROJECTS.map((folder) => new ClosureDigests().of([reach(index, folder)]));
}

function reach(index: LockIndex, folder: string) {
  const project = index.projectIn(folder);
  const found = index.reach(project ? allDependencies(project) : [], { kind: 'everything' });
  if (found.kind === 'missing') throw new Error(`${found.dependency.name} is missing`);
  return found.closure;
}

/** Every list and every table in another order. */
function shuffle(value: TomlValue, next: () => number): TomlValue {
  if (Array.isArray(value))
    return inAnotherOrder(
      value.map((one) => shuffle(one, next)),
      next,
    );
  if (typeof value !== 'object' || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, one]): [string, TomlValue] => [key, shuffle(one, next)]);
  return Object.fromEntries(inAnotherOrder(entries, next));
}

function inAnotherOrder<T>(list: readonly T[], next: () => number): T[] {
  return list
    .map((one) => [next(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}
