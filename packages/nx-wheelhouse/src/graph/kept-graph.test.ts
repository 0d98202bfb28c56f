/** A graph that is kept: the same as one that is made, whatever was done to the workspace in between, and made only where something was. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { CreateDependenciesContext } from '@nx/devkit';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Change, changes, manifestOfA, START } from '../../testing/changing-workspace.js';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { listFiles } from '../workspace/files.js';
import { Kept } from '../workspace/kept/kept.js';
import { MANIFEST_FILES } from '../workspace/manifest-files.js';
import { Presence } from '../workspace/presence.js';
import { cacheFolder } from './cache-folder.js';
import { projectEdges } from './create-dependencies.js';
import { type Graph, KeptGraph } from './kept-graph.js';
import { makeGraph } from './make-graph.js';
import type { PluginOptions } from './options.js';
import { createDependenciesOf, createNodesOf } from './plugin.js';

vi.mock('./make-graph.js', async (importActual) => {
  const actual = await importActual<typeof import('./make-graph.js')>();
  return { ...actual, makeGraph: vi.fn(actual.makeGraph) };
});

afterAll(removeFolders);
afterEach(() => vi.restoreAllMocks());

/** A workspace, in git or not, and Nx in front of it. */
class Bench {
  readonly root = folderWith(START);
  options: PluginOptions = {};

  constructor(isInGit = true) {
    if (!isInGit) return;
    this.git('init', '--quiet');
    this.git('add', '--all');
  }

  git(...args: string[]): void {
    spawnSync('git', args, { cwd: this.root });
  }

  make(change: Change): void {
    if (change.kind === 'git') this.git(...change.args);
    else if (change.kind === 'options') this.options = change.options;
    else if (change.kind === 'mode') this.#setMode(change);
    else this.#replace(change);
  }

  #setMode({ file, mode }: Extract<Change, { kind: 'mode' }>): void {
    const path = join(this.root, file);
    if (existsSync(path)) chmodSync(path, mode);
  }

  #replace(change: Extract<Change, { kind: 'text' | 'link' }>): void {
    const path = join(this.root, change.file);
    mkdirSync(dirname(path), { recursive: true });
    // A text is written through a link as people do it; a link takes the place of what is there.
    if (change.kind === 'link' || change.text === undefined) rmSync(path, { force: true });
    if (change.kind === 'link') symlinkSync(change.to, path);
    else if (change.text !== undefined) writeFileSync(path, change.text);
  }

  get manifestFiles(): readonly string[] {
    const names: readonly string[] = MANIFEST_FILES;
    return listFiles(this.root).paths.filter(
      (path) => names.includes(posix.basename(path)) && existsSync(join(this.root, path)),
    );
  }

  /** What Nx gets, and what people are told. */
  async answer() {
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const nodes = await createNodesOf(this.manifestFiles, this.options, this.root);
    const warnings = told.mock.calls.map(([text]) => String(text));
    told.mockRestore();
    return { nodes, edges: await createDependenciesOf(contextOf(this.root, nodes)), warnings };
  }

  /** The same, from a plugin that keeps nothing. */
  async made() {
    const request = { manifestFiles: this.manifestFiles, options: this.options };
    const listing = Promise.resolve(listFiles(this.root));
    const graph = await makeGraph(this.root, request, listing, new Presence(this.root), new Kept());
    const nodes = JSON.parse(JSON.stringify(graph.nodes)) as Graph['nodes'];
    const warnings = graph.warnings.map(
      ({ file, line, message }) => `nx-wheelhouse: ${file}${line === undefined ? '' : `:${line}`}: ${message}\n`,
    );
    return { nodes, edges: projectEdges(graph.edges, contextOf(this.root, nodes)), warnings };
  }

  /** Whether the next answer is the last one, without any reading. */
  async isKept(): Promise<boolean> {
    vi.mocked(makeGraph).mockClear();
    await this.answer();
    return vi.mocked(makeGraph).mock.calls.length === 0;
  }
}

function contextOf(workspaceRoot: string, nodes: Graph['nodes']): CreateDependenciesContext {
  const projects = nodes.flatMap(([, result]) => Object.values(result.projects ?? {}));
  const context = { workspaceRoot, projects: Object.fromEntries(projects.map((each) => [each.name, each])) };
  return { ...context, fileMap: { projectFileMap: {}, nonProjectFiles: [] } } as unknown as CreateDependenciesContext;
}

/** What has just changed is not relied on. */
const later = () => vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });

describe('the graph', () => {
  beforeEach(later);
  afterEach(() => vi.useRealTimers());

  test('is what a plugin that keeps nothing makes, after any change', async () => {
    let wasKept = 0;
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(changes, { minLength: 1, maxLength: 10 }), async (isInGit, all) => {
        const bench = new Bench(isInGit);
        for (const change of all) {
          await bench.answer();
          bench.make(change);
          const answer = await bench.answer();
          expect(JSON.parse(JSON.stringify(answer))).toEqual(JSON.parse(JSON.stringify(await bench.made())));
          if (await bench.isKept()) wasKept += 1;
        }
      }),
      { numRuns: 40 },
    );
    expect(wasKept).toBeGreaterThan(0);
  }, 600_000);

  test('is kept, with its edges and its warnings, and the file of it is not written again', async () => {
    const bench = new Bench();
    bench.make({ kind: 'text', file: 'uv.lock', text: 'version = 99\n' });
    const first = await bench.answer();
    expect(first.warnings).not.toEqual([]);
    const file = join(cacheFolder(bench.root) as string, 'graph');
    const { ino, mtimeMs } = statSync(file);
    expect(await bench.isKept()).toBe(true);
    expect(await bench.answer()).toEqual(first);
    expect(statSync(file)).toMatchObject({ ino, mtimeMs });
  });

  test.each([
    ['words for people', { kind: 'text', file: 'README.md', text: 'other words\n' }],
    ['what git ignores', { kind: 'text', file: 'libs/a/dist/a-1.0.tar.gz', text: '' }],
  ] as const)('is kept after a change of %s', async (_, change) => {
    const bench = new Bench();
    await bench.answer();
    bench.make(change);
    expect(await bench.isKept()).toBe(true);
  });

  test('is known by the list of git as a whole, of which only what git does not have as it is gets read', async () => {
    const bench = new Bench();
    const { edges } = await bench.answer();
    const { summary } = listFiles(bench.root);
    const read = (): never => expect.fail('each file of the list is looked at');
    const listing = {
      get paths() {
        return read();
      },
      get symlinks() {
        return read();
      },
      get blobs() {
        return read();
      },
      get repositories() {
        return read();
      },
      summary,
    };
    const kept = new KeptGraph(bench.root, cacheFolder(bench.root));
    const graph = await kept.read(undefined, Promise.resolve(listing), new Presence(bench.root));
    expect(projectEdges(graph?.edges ?? [], contextOf(bench.root, graph?.nodes ?? []))).toEqual(edges);
  });

  test.each<[string, Change]>([
    ['code', { kind: 'text', file: 'libs/b/b/__init__.py', text: 'import a\n' }],
    [
      'code again, which git tells as it did before',
      { kind: 'text', file: 'libs/a/tests/test_a.py', text: 'import b\n' },
    ],
    ['a manifest', { kind: 'text', file: 'libs/a/pyproject.toml', text: manifestOfA({}) }],
    ['the list of files', { kind: 'text', file: 'libs/a/notes.md', text: '' }],
    ['what was not there', { kind: 'text', file: 'libs/a/project.json', text: '{}' }],
    ['an option', { kind: 'options', options: { testTargetName: 'check' } }],
  ])('is made anew after a change of %s', async (_, change) => {
    const bench = new Bench();
    bench.make({ kind: 'text', file: 'libs/a/tests/test_a.py', text: 'import c\n' });
    await bench.answer();
    bench.make(change);
    expect(await bench.isKept()).toBe(false);
    expect(await bench.isKept()).toBe(true);
  });

  test('is made anew each time where a link leads out of the workspace: nobody looks at what lies there', async () => {
    const bench = new Bench();
    bench.make({ kind: 'link', file: 'libs/a/link', to: folderWith({ 'more.py': '' }) });
    await bench.answer();
    expect(await bench.isKept()).toBe(false);
    bench.make({ kind: 'link', file: 'libs/a/link', to: '../b' });
    await bench.answer();
    expect(await bench.isKept()).toBe(true);
  });

  test('is made anew where a folder becomes a repository of its own', async () => {
    const bench = new Bench();
    bench.git('rm', '--quiet', '--cached', '-r', 'libs/b');
    await bench.answer();
    expect(await bench.isKept()).toBe(true);
    bench.git('init', '--quiet', 'libs/b');
    expect(await bench.isKept()).toBe(false);
    expect((await bench.answer()).nodes).toEqual((await bench.made()).nodes);
  });

  test('is made anew where the kept one is damaged', async () => {
    const bench = new Bench();
    const first = await bench.answer();
    appendFileSync(join(cacheFolder(bench.root) as string, 'graph'), 'x');
    expect(await bench.isKept()).toBe(false);
    expect(await bench.answer()).toEqual(JSON.parse(JSON.stringify(first)));
  });

  test('is whole for each of two that are made at once', async () => {
    const bench = new Bench();
    const expected = await bench.made();
    const answers = await Promise.all(Array.from({ length: 4 }, () => bench.answer()));
    for (const { nodes } of answers) expect(JSON.parse(JSON.stringify(nodes))).toEqual(expected.nodes);
    expect(await bench.isKept()).toBe(true);
  });
});

test('a graph of files that have just changed is not relied on', async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  const bench = new Bench();
  await bench.answer();
  expect(await bench.isKept()).toBe(false);
  later();
  expect(await bench.isKept()).toBe(false);
  expect(await bench.isKept()).toBe(true);
  vi.useRealTimers();
});

/** With modules of their own: to be the last, as what is loaded anew is another module than those above have. */
describe('for another process', () => {
  beforeEach(later);
  afterEach(() => vi.useRealTimers());
  beforeEach(() => void vi.resetModules());

  test('the graph has its edges, also where that was not asked for its projects', async () => {
    const bench = new Bench();
    const { nodes, edges } = await bench.answer();
    expect(edges).not.toEqual([]);
    const other = await import('./plugin.js');
    expect(await other.createDependenciesOf(contextOf(bench.root, nodes))).toEqual(edges);
    rmSync(cacheFolder(bench.root) as string, { recursive: true });
    vi.resetModules();
    const another = await import('./plugin.js');
    expect(await another.createDependenciesOf(contextOf(bench.root, nodes))).toEqual(edges);
  });

  test('the graph is read without loading what reads manifests, locks and sources', async () => {
    const bench = new Bench();
    const { nodes } = await bench.answer();
    vi.doMock('@nx-wheelhouse/python-packaging', () => {
      throw new Error('loaded');
    });
    const other = await import('./plugin.js');
    expect(await other.createNodesOf(bench.manifestFiles, {}, bench.root)).toEqual(JSON.parse(JSON.stringify(nodes)));
    await expect(import('../workspace/read.js')).rejects.toThrow();
    vi.doUnmock('@nx-wheelhouse/python-packaging');
  });
});
