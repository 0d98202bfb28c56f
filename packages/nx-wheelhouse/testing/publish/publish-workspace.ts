/** Publish tasks as Nx runs them, over a workspace with built packages. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { afterEach, beforeEach } from 'vitest';
import { distRecordPath } from '../../src/build/dist-record.js';
import publishBatch from '../../src/executors/publish/batch.js';
import type { PublishTaskOptions } from '../../src/executors/publish/options.js';
import type { BatchResult } from '../../src/executors/task-batch.js';
import { plannedPackage, temporaryFolder } from './tools.js';

/** A fresh one for each test of a file. */
export class PublishWorkspace {
  root = '';
  projects: string[] = [];
  /** closed after the test */
  readonly open: { close(): void }[] = [];

  constructor() {
    beforeEach(() => {
      this.root = temporaryFolder();
      this.projects = [];
    });
    afterEach(() => {
      for (const one of this.open.splice(0)) one.close();
      for (const name of Object.keys(process.env)) if (name.startsWith('NX_WHEELHOUSE_')) delete process.env[name];
      rmSync(this.root, { recursive: true, force: true });
    });
  }

  /** A package as the build target leaves it. */
  builtPackage(name: string, requires: readonly string[] = []): void {
    const folder = join(this.root, 'libs', name);
    const { dists } = plannedPackage(join(this.root, 'made'), { name, version: '1.0', requires });
    mkdirSync(join(folder, 'dist'), { recursive: true });
    const toml = `[project]\nname = "${name}"\nversion = "1.0"\ndependencies = ${JSON.stringify(requires)}\n`;
    const sources = requires.map((one) => `\n[tool.uv.sources.${one}]\nworkspace = true\n`);
    writeFileSync(join(folder, 'pyproject.toml'), toml + sources.join(''));
    for (const { path, filename } of dists) renameSync(path, join(folder, 'dist', filename));
    const record = join(this.root, distRecordPath(`libs/${name}`));
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, JSON.stringify({ format: 1, name, version: '1.0', files: dists, tools: {} }));
    this.projects.push(name);
  }

  async publishAll(options: PublishTaskOptions = {}): Promise<BatchResult[]> {
    const { root, projects } = this;
    writeFileSync(join(root, 'pyproject.toml'), '[tool.uv.workspace]\nmembers = ["libs/*"]\n');
    const tasks = projects.map((project) => ({
      id: `${project}:publish`,
      target: { project, target: 'publish' },
      overrides: {},
      outputs: [],
      parallelism: true,
    }));
    const graph = {
      roots: [],
      tasks: Object.fromEntries(tasks.map((task) => [task.id, task])),
      dependencies: {},
      continuousDependencies: {},
    };
    const nodes = projects.map((name) => [name, { name, type: 'lib' as const, data: { root: `libs/${name}` } }]);
    const context = {
      root,
      projectGraph: { nodes: Object.fromEntries(nodes), dependencies: {} },
    } as unknown as ExecutorContext;
    const results: BatchResult[] = [];
    const inputs = Object.fromEntries(tasks.map(({ id }) => [id, options]));
    for await (const one of publishBatch(graph as unknown as TaskGraph, inputs, {}, context)) results.push(one);
    return results;
  }
}
