/** What one graph reads after another: in a process that lives on, as Nx's daemon keeps it, an edit of one file reads that file. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { scanAhead } from '../workspace/scan-ahead.js';
import { cacheFolder } from './cache-folder.js';
import { createNodesOf } from './plugin.js';

vi.mock('node:fs', async (importActual) => {
  const actual = await importActual<typeof import('node:fs')>();
  return { ...actual, readFileSync: vi.fn(actual.readFileSync) };
});

afterAll(removeFolders);

const LOCK = `version = 1
requires-python = ">=3.9"

[[package]]
name = "a"
source = { editable = "a" }
dependencies = [{ name = "idna" }]

[[package]]
name = "b"
source = { editable = "b" }
dependencies = [{ name = "a" }]

[[package]]
name = "idna"
version = "3.9"
source = { registry = "https://index.example/simple" }
`;

/** What b requires only its setup.py knows, so that the lock is asked for edges as well as for closures. */
const FILES = {
  'pyproject.toml': '[tool.uv.workspace]\nmembers = ["a", "b"]\n',
  'uv.lock': LOCK,
  'a/pyproject.toml': project('a', { dependencies: ['idna'] }),
  'a/a/__init__.py': 'import os\n',
  'b/pyproject.toml': '[build-system]\nrequires = ["setuptools"]\n',
  'b/setup.py': 'from setuptools import setup\nsetup(name="b", install_requires=[r for r in open("/none")])\n',
  'b/b/__init__.py': 'import a\n',
  'b/tests/test_b.py': 'import b\n',
};
const MANIFESTS = ['a/pyproject.toml', 'b/pyproject.toml', 'b/setup.py', 'pyproject.toml'];

describe('after the first graph', () => {
  let root: string;

  /** Paths of the workspace's files that a graph reads, sorted. */
  const readsOfGraph = async () => {
    vi.mocked(readFileSync).mockClear();
    await createNodesOf(MANIFESTS, undefined, root);
    const paths = vi.mocked(readFileSync).mock.calls.map(([path]) => relative(root, String(path)));
    return paths.filter((path) => !path.startsWith('..') && !path.startsWith('.nx')).sort();
  };

  beforeEach(async () => {
    root = folderWith(FILES);
    const git = (...args: string[]) => expect(spawnSync('git', args, { cwd: root }).status).toBe(0);
    git('init', '--quiet');
    git('add', '--all');
    // What has just changed is not relied on.
    vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });
  });
  afterEach(() => vi.useRealTimers());

  test('which reads each file once, the lock too, whoever asks for it', async () => {
    const reads = await readsOfGraph();
    expect(reads.filter((path) => path === 'uv.lock')).toHaveLength(1);
    expect(reads.filter((path) => path.endsWith('.py') && path !== 'b/setup.py')).toEqual([
      'a/a/__init__.py',
      'b/b/__init__.py',
      'b/tests/test_b.py',
    ]);
  });

  test('which leaves what it has read for another process', async () => {
    await readsOfGraph();
    await vi.waitFor(() =>
      expect(readdirSync(cacheFolder(root) as string).sort()).toEqual([
        'graph',
        'imports',
        'locks',
        'manifests',
        'texts',
        'workspace',
      ]),
    );
  });

  test('which reads no module that a thread has scanned before', async () => {
    const folder = cacheFolder(root) as string;
    expect(scanAhead(root, folder).paths).toContain('a/a/__init__.py');
    expect((await readsOfGraph()).filter((path) => path.endsWith('.py'))).toEqual(['b/setup.py']);
  });

  test.each([
    ['nothing', 'a/README.md', 'more words\n'],
    ['a module', 'b/b/__init__.py', 'import a\nimport os\n'],
    ['a test', 'b/tests/test_b.py', 'import b, a\n'],
    ['a manifest', 'a/pyproject.toml', project('a', { dependencies: ['idna', 'b'] })],
    ['the lock', 'uv.lock', LOCK.replace('3.9', '3.10')],
  ])('an edit of %s reads no more than that', async (title, path, text) => {
    await readsOfGraph();
    expect(await readsOfGraph()).toEqual([]);
    writeFileSync(join(root, path), text);
    expect(await readsOfGraph()).toEqual(title === 'nothing' ? [] : [path]);
  });
});
