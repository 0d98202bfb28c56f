/** uv.lock as uv itself writes it, and the closures read from it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../testing/reference.js';
import { allDependencies, digestOfClosure, LockIndex } from './closure.js';
import { parseUvLock } from './uv-lock.js';

const FILES = {
  'pyproject.toml':
    '[tool.uv.workspace]\nmembers = ["a", "b"]\n[tool.uv.sources]\na = { workspace = true }\n[dependency-groups]\ndev = ["iniconfig==2.0.0"]\n',
  'a/pyproject.toml':
    '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["idna==3.10"]\n',
  'b/pyproject.toml':
    '[project]\nname = "b"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["a"]\n[project.optional-dependencies]\nnet = ["requests[socks]==2.31.0"]\n[dependency-groups]\ntest = ["six==1.16.0"]\n',
};

describe('uv.lock', () => {
  let folder: string;
  let text: string;
  const names = (project: string, of = text) => {
    const index = new LockIndex(parseUvLock(of));
    const entry = index.projectIn(project);
    return [...new Set([...(index.reach(entry ? allDependencies(entry) : []) ?? [])].map(({ name }) => name))].sort();
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'uv-lock-'));
    for (const [path, content] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const { status, stderr } = spawnSync(join(dirname(python), 'uv'), ['lock', '--quiet'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    text = readFileSync(join(folder, 'uv.lock'), 'utf8');
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a closure holds extras, groups and what siblings need', () => {
    expect(names('a')).toEqual(['idna']);
    expect(names('b')).toEqual(['a', 'certifi', 'charset-normalizer', 'idna', 'pysocks', 'requests', 'six', 'urllib3']);
  });

  test('groups of a virtual root are kept', () => {
    const { rootGroups } = parseUvLock(text);
    expect([...rootGroups.values()].flat().map(({ name }) => name)).toEqual(['iniconfig']);
  });

  test('all versions of a name that the lock keeps for different environments are in', () => {
    const index = new LockIndex(parseUvLock(text));
    const entry = index.projectIn('b');
    const versions = [...(index.reach(entry ? allDependencies(entry) : []) ?? [])].filter(
      ({ name }) => name === 'urllib3',
    );
    expect(versions.length).toBe(text.split('name = "urllib3"\nversion').length - 1);
    expect(versions.length).toBeGreaterThan(1);
  });

  test('a digest survives another order and changes with a version', () => {
    const digest = (of: string) => {
      const index = new LockIndex(parseUvLock(of));
      const entry = index.projectIn('b');
      return digestOfClosure(index.reach(entry ? allDependencies(entry) : []) ?? new Set());
    };
    const [head = '', ...packages] = text.split('[[package]]');
    expect(digest([head, ...packages.reverse().map((one) => `${one.trim()}\n\n`)].join('[[package]]\n'))).toBe(
      digest(text),
    );
    expect(digest(text.replace('version = "1.16.0"', 'version = "1.17.0"'))).not.toBe(digest(text));
  });

  test('a dependency that the lock does not have is told', () => {
    const lock = parseUvLock(
      text
        .replace('name = "idna", specifier', 'name = "idnax", specifier')
        .replaceAll('{ name = "idna" }', '{ name = "gone" }'),
    );
    const index = new LockIndex(lock);
    const entry = index.projectIn('a');
    expect(entry && index.reach(entry.dependencies)).toBeUndefined();
  });

  test('a later format is refused by its number', () => {
    expect(() => parseUvLock(text.replace('version = 1', 'version = 2'))).toThrow('format version is 2');
    expect(() => parseUvLock('not = = toml')).toThrow('line 1');
  });
});
