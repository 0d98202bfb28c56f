/** uv.lock as uv itself writes it, and the closures read from it against what `uv export` selects. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderWith, pinsIn, pinsOf, removeFolders, runIn } from '../../testing/lock-tools.js';
import { normalizeName } from '../names/name.js';
import { type Closure, LockIndex } from './closure.js';
import type { LockedPackage } from './lock.js';
import { select } from './selection.js';
import { parseUvLock } from './uv-lock.js';

afterAll(removeFolders);

const PYTHON = 'requires-python = ">=3.9"\n';

/** Each with what is special about it. */
const WORKSPACES: Record<string, Record<string, string>> = {
  'extras, groups and siblings': {
    'pyproject.toml':
      '[tool.uv.workspace]\nmembers = ["a", "b"]\n[tool.uv.sources]\na = { workspace = true }\n[dependency-groups]\ndev = ["iniconfig==2.0.0"]\n',
    'a/pyproject.toml': `[project]\nname = "a"\nversion = "1"\n${PYTHON}dependencies = ["idna==3.10"]\n[project.optional-dependencies]\nmore = ["six"]\n`,
    'b/pyproject.toml': `[project]\nname = "b"\nversion = "1"\n${PYTHON}dependencies = ["a"]\n[project.optional-dependencies]\nnet = ["requests[socks]==2.31.0"]\nfull = ["a[more]", "b[net]"]\n[dependency-groups]\ntest = ["six==1.16.0", {include-group = "typing"}]\ntyping = ["typing-extensions"]\n`,
  },
  'versions by environment': {
    'pyproject.toml': `[project]\nname = "root"\nversion = "1"\n${PYTHON}dependencies = ["idna<3 ; python_version < '3.11'", "idna>=3.7 ; python_version >= '3.11'", "click"]\n[tool.uv.workspace]\nmembers = ["c"]\n`,
    'c/pyproject.toml': `[project]\nname = "c"\nversion = "1"\n${PYTHON}dependencies = ["requests", "colorama ; sys_platform == 'win32'"]\n`,
  },
  'extras that exclude one another': {
    'pyproject.toml': `[project]\nname = "root"\nversion = "1"\n${PYTHON}dependencies = ["requests<3"]\n[project.optional-dependencies]\nold = ["urllib3==1.26.20"]\nnew = ["urllib3==2.2.3"]\n[dependency-groups]\nsix-old = ["six==1.15.0"]\nsix-new = ["six==1.16.0"]\n[tool.uv]\nconflicts = [[{ extra = "old" }, { extra = "new" }], [{ group = "six-old" }, { group = "six-new" }]]\n`,
  },
  'extras that exclude one another in a sibling': {
    'pyproject.toml': `[tool.uv]\nconflicts = [[{ package = "a", extra = "old" }, { package = "a", extra = "new" }]]\n[tool.uv.workspace]\nmembers = ["a", "b"]\n[tool.uv.sources]\na = { workspace = true }\n`,
    'a/pyproject.toml': `[project]\nname = "a"\nversion = "1"\n${PYTHON}dependencies = ["requests<3"]\n[project.optional-dependencies]\nold = ["urllib3==1.26.20"]\nnew = ["urllib3==2.2.3"]\n`,
    'b/pyproject.toml': `[project]\nname = "b"\nversion = "1"\n${PYTHON}dependencies = ["a"]\n[project.optional-dependencies]\nold = ["a[old]"]\n`,
  },
};

describe.each(Object.entries(WORKSPACES))('uv.lock with %s', (_title, files) => {
  let folder: string;
  let index: LockIndex;
  beforeAll(() => {
    folder = folderWith(files);
    runIn(folder, 'uv', 'lock', '--quiet');
    index = new LockIndex(parseUvLock(readFileSync(join(folder, 'uv.lock'), 'utf8')));
  }, 60_000);

  test('gives the closures of run, each extra and each group that uv export gives', () => {
    const projects = index.lock.packages.filter((entry) => entry.localFolder !== undefined);
    expect(projects.length).toBeGreaterThan(0);
    for (const project of projects) {
      const exported = (...args: string[]) => pinsOf(uvExport(folder, project, args));
      expect(pinsIn(closureOf(index, project, [], [])), project.name).toEqual(exported());
      for (const extra of project.extras.keys())
        expect(pinsIn(closureOf(index, project, [extra], [])), `${project.name}[${extra}]`).toEqual(
          exported('--extra', extra),
        );
      for (const group of project.groups.keys())
        expect(pinsIn(closureOf(index, project, [], [group])), `${project.name}, group ${group}`).toEqual(
          exported('--group', group),
        );
    }
  }, 60_000);
});

function uvExport(folder: string, { name }: LockedPackage, args: readonly string[]): string {
  const how = ['--frozen', '--quiet', '--no-hashes', '--no-annotate', '--no-header', '--no-default-groups'];
  return runIn(folder, 'uv', 'export', '--package', name, ...how, ...args);
}

function closureOf(index: LockIndex, project: LockedPackage, extras: string[], groups: string[]): Closure {
  const on = extras.map(normalizeName);
  const onGroups = groups.map(normalizeName);
  const start = [
    ...project.dependencies,
    ...on.flatMap((extra) => project.extras.get(extra) ?? []),
    ...onGroups.flatMap((group) => project.groups.get(group) ?? []),
  ];
  const reach = index.reach(start, select(project.name, on, onGroups));
  if (reach.kind === 'missing') throw new Error(`${reach.dependency.name} is missing`);
  return reach.closure;
}

describe('uv.lock', () => {
  test('keeps the groups of a root that is no package', () => {
    const folder = folderWith(Object.values(WORKSPACES)[0] ?? {});
    runIn(folder, 'uv', 'lock', '--quiet');
    const { rootGroups } = parseUvLock(readFileSync(join(folder, 'uv.lock'), 'utf8'));
    expect([...rootGroups.values()].flat().map(({ name }) => name)).toEqual(['iniconfig']);
  }, 60_000);

  test('that lacks what it refers to says what', () => {
    const lock = parseUvLock(
      'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = { editable = "." }\ndependencies = [{ name = "gone" }]\n',
    );
    const index = new LockIndex(lock);
    expect(index.reach(index.projectIn('.')?.dependencies ?? [], { kind: 'everything' })).toMatchObject({
      kind: 'missing',
      dependency: { name: 'gone' },
    });
  });

  test.each([
    ['version = 2\n', 'format version is 2'],
    ['', 'format version is not stated'],
    ['version = 1\npackage = 3\n', '"package" is not a list of tables'],
    ['version = 1\n[[package]]\nversion = "1"\n', 'has no name'],
    ['not = = toml', 'not TOML'],
  ])('is refused with the reason: %j', (text, reason) => {
    expect(() => parseUvLock(text)).toThrow(reason);
  });

  test.each([
    ['version = 1\nmanifest = 5\n', '"manifest" is not a table', 2],
    ['version = 1\nrevision = 3\nrequires-python = "new"\n', '"new" is no specifier set', 3],
    ['version = 1\n[[package]]\nname = "a"\n[[package]]\nname = 5\n', '"name" is not a text', 4],
  ])('names the line of what is not as its format says: %j', (text, message, line) => {
    expect(() => parseUvLock(text)).toThrow(expect.objectContaining({ message, line }));
  });
});
