/** The digest of a closure: blind to a lock's layout, and to nothing else that belongs to the closure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderWith, removeFolders, runIn } from '../../testing/lock-tools.js';
import { parseRequirement } from '../requirements/requirement.js';
import { readToml, type TomlTable, type TomlValue } from '../toml/read.js';
import { allDependencies, LockIndex } from './closure.js';
import { ClosureDigests } from './digest.js';
import type { Lock, LockedDependency, LockedPackage } from './lock.js';
import { parsePdmLock } from './pdm-lock.js';
import { parsePinnedRequirements } from './pinned-requirements.js';
import { parsePoetryLock } from './poetry-lock.js';
import { parsePylock } from './pylock.js';
import { dependencyOf } from './requirement-edge.js';
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

/** Two needed distributions, in two versions one of them, and one that is not needed, as each format writes them. */
const OF_EVERY_KIND: Record<string, { readonly text: string; readonly parse: (text: string) => Lock }> = {
  'uv.lock': {
    text: `version = 1
[[package]]
name = "one"
version = "1.0"
source = { registry = "https://index.example/simple" }
dependencies = [{ name = "two", version = "1.0", marker = "os_name == 'nt'" }, { name = "two", version = "2.0", extra = ["x"] }]
wheels = [{ url = "https://index.example/one.whl", hash = "sha256:11" }, { url = "https://index.example/one2.whl", hash = "sha256:12" }]
${['1.0', '2.0'].map((version) => `[[package]]\nname = "two"\nversion = "${version}"\nsource = { git = "https://index.example/two" }\n[package.optional-dependencies]\nx = [{ name = "far" }]\n`).join('')}
[[package]]
name = "far"
version = "1.0"
`,
    parse: parseUvLock,
  },
  'poetry.lock': {
    text: `[[package]]
name = "one"
version = "1.0"
files = [{ file = "a", hash = "sha256:11" }, { file = "b", hash = "sha256:12" }]
[package.dependencies]
two = [{ version = "^1.0", markers = "os_name == 'nt'" }, { version = "^2.0", extras = ["x"] }]
${['1.0', '2.0'].map((version) => `[[package]]\nname = "two"\nversion = "${version}"\nfiles = []\n[package.dependencies]\nfar = { version = "*", optional = true }\n[package.extras]\nx = ["far"]\n`).join('')}
[[package]]
name = "far"
version = "1.0"
files = []
[metadata]
lock-version = "2.1"
`,
    parse: parsePoetryLock,
  },
  'pdm.lock': {
    text: `[metadata]
lock_version = "4.5.0"
groups = ["default", "x"]
[[package]]
name = "one"
version = "1.0"
dependencies = ["two==1.0; os_name == 'nt'", "two[x]==2.0"]
files = [{ file = "a", hash = "sha256:11" }, { file = "b", hash = "sha256:12" }]
${['1.0', '2.0'].map((version) => `[[package]]\nname = "two"\nversion = "${version}"\n[[package]]\nname = "two"\nversion = "${version}"\nextras = ["x"]\ndependencies = ["far"]\n`).join('')}
[[package]]
name = "far"
version = "1.0"
`,
    parse: parsePdmLock,
  },
  'pylock.toml': {
    text: `lock-version = "1.0"
extras = ["x"]
[[packages]]
name = "one"
version = "1.0"
dependencies = [{ name = "two", version = "1.0" }, { name = "two", version = "2.0" }]
wheels = [{ url = "https://index.example/a", hashes = { sha256 = "11", sha512 = "12" } }, { url = "https://index.example/b", hashes = { sha256 = "13" } }]
${['1.0', '2.0'].map((version) => `[[packages]]\nname = "two"\nversion = "${version}"\nmarker = "os_name == 'nt'"\ndependencies = [{ name = "far" }]\n`).join('')}
[[packages]]
name = "far"
version = "1.0"
`,
    parse: parsePylock,
  },
};

describe.each(Object.entries(OF_EVERY_KIND))('the digest of a closure in %s', (_, { text, parse }) => {
  const digest = (lock: Lock) => new ClosureDigests().of([closureOfOne(lock)]);

  test('holds what is reached', () => {
    const names = [...closureOfOne(parse(text)).packages].map(({ name, version }) => `${name} ${version}`);
    expect(names.sort()).toEqual(['far 1.0', 'one 1.0', 'two 1.0', 'two 2.0']);
  });

  test('survives another order of everything, and another layout', () => {
    const expected = digest(parse(text));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const shuffled = shuffle(readToml(text), () => numbers.next().value as number) as TomlTable;
        expect(digest(parse(`# by another tool\n\n${stringify(shuffled)}`.replaceAll('\n', '\r\n')))).toBe(expected);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['a hash', '11"', '99"'],
    ['a marker', "os_name == 'nt'", "os_name != 'nt'"],
    ['a version', 'name = "far"\nversion = "1.0"', 'name = "far"\nversion = "1.1"'],
  ])('changes with %s', (_, from, to) => {
    expect(text).toContain(from);
    expect(digest(parse(text.replace(from, to)))).not.toBe(digest(parse(text)));
  });
});

describe('the digest of a closure in pinned requirements', () => {
  const BLOCKS = [
    'one==1.0 \\\n    --hash=sha256:11 \\\n    --hash=sha256:12\n    # via -r in.txt\n',
    "two==2.0 ; os_name == 'nt' \\\n    --hash=sha256:21\n    # via\n    #   one\n    #   three\n",
    'three==3.0\n    # via one\n',
    'far==1.0\n    # via -r in.txt\n',
  ];
  const digest = (text: string) => {
    const read = parsePinnedRequirements((file) => (file === 'r.txt' ? text : undefined), 'r.txt');
    if (read.kind !== 'lock') throw new Error('no lock');
    return new ClosureDigests().of([closureOfOne(read.lock)]);
  };

  test('survives another order of everything, and another layout', () => {
    const expected = digest(BLOCKS.join(''));
    fc.assert(
      fc.property(fc.shuffledSubarray(BLOCKS, { minLength: BLOCKS.length }), (blocks) => {
        expect(digest(`# compiled\n\n${blocks.join('\n')}`)).toBe(expected);
      }),
    );
    const other = BLOCKS.join('')
      .replace('--hash=sha256:11 \\\n    --hash=sha256:12', '--hash=sha256:12 --hash=sha256:11')
      .replace('# via\n    #   one\n    #   three', '# via three, one')
      .replace("os_name == 'nt'", 'os_name=="nt"');
    expect(digest(other.replaceAll('\n', '\r\n'))).toBe(expected);
  });

  test.each([
    ['a hash', 'sha256:21', 'sha256:22'],
    ['a marker', "== 'nt'", "!= 'nt'"],
    ['a version', 'three==3.0', 'three==3.1'],
    ['an edge', 'far==1.0\n    # via -r in.txt', 'far==1.0\n    # via one'],
  ])('changes with %s', (_, from, to) => {
    const text = BLOCKS.join('');
    expect(text).toContain(from);
    expect(digest(text.replace(from, to))).not.toBe(digest(text));
  });
});

/** What a project that requires `one` has of a lock. */
function closureOfOne(lock: Lock) {
  const found = new LockIndex(lock).reach([dependencyOf(parseRequirement('one'))], { kind: 'everything' });
  if (found.kind === 'missing') throw new Error(`${found.dependency.name} is missing`);
  return found.closure;
}

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
