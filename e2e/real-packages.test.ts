/** Packages nobody here wrote: three families from the index, as sdists pinned by hash, laid out as one workspace. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kept, toolPrograms } from './harness/install.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const here = dirname(fileURLToPath(import.meta.url));
const python = join(toolPrograms, 'python');
const sdists = join(kept, 'sdists');
const pins = readFileSync(join(here, 'real-packages.txt'), 'utf8');

/** flit's sdist holds its build backend as a second package, in a folder of its own. */
const PROJECTS = [
  ...pins
    .trim()
    .split('\n')
    .map((pin) => pin.split('==')[0] as string),
  'flit_core',
];

/** What their own metadata declare, read by hand. */
const DECLARED = [
  'flit -> flit_core',
  'opentelemetry-exporter-otlp-proto-common -> opentelemetry-proto',
  'opentelemetry-sdk -> opentelemetry-api',
  'opentelemetry-sdk -> opentelemetry-semantic-conventions',
  'opentelemetry-semantic-conventions -> opentelemetry-api',
  'zope.component -> zope.configuration',
  'zope.component -> zope.event',
  'zope.configuration -> zope.schema',
  'zope.schema -> zope.event',
];

/** What their modules import and their metadata do not declare: `grep` finds each. */
const IMPORTED = [
  'opentelemetry-exporter-otlp-proto-common -> opentelemetry-api',
  'opentelemetry-exporter-otlp-proto-common -> opentelemetry-sdk',
  'zope.component -> zope.schema',
];

const IMPORTS = [
  'zope.event',
  'zope.exceptions',
  'zope.schema',
  'zope.configuration.config',
  'zope.component',
  'opentelemetry.context',
  'opentelemetry.sdk.trace',
  'opentelemetry.semconv.trace',
  'opentelemetry.proto.common.v1.common_pb2',
  'opentelemetry.exporter.otlp.proto.common',
  'flit',
  'flit_core.buildapi',
];

describe('packages from the index', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    const download = spawnSync(python, [join(here, 'harness', 'download_sdists.py'), sdists], {
      input: pins,
      encoding: 'utf8',
    });
    if (download.status !== 0) throw new Error(download.stdout + download.stderr);
    workspace = await aWorkspace();
    for (const line of download.stdout.trim().split('\n')) {
      const file = line.split(' ').at(-1) as string;
      mkdirSync(workspace.path('libs', file), { recursive: true });
      await workspace.run('tar', '-xzf', join(sdists, file), '--strip-components=1', '-C', join('libs', file));
      // What an sdist carries of its own making is no source.
      workspace.remove(`libs/${file}/PKG-INFO`);
    }
    await workspace.commit('Packages');
  });
  afterAll(() => workspace?.dispose());

  test('all are projects, and the edges are right', async () => {
    await workspace.nx('graph --file=graph.json');
    const { graph } = JSON.parse(workspace.read('graph.json'));
    expect(Object.keys(graph.nodes).sort()).toEqual([...PROJECTS].sort());
    const edges = Object.values<{ source: string; target: string }[]>(graph.dependencies).flat();
    expect(edges.map(({ source, target }) => `${source} -> ${target}`).sort()).toEqual(
      [...DECLARED, ...IMPORTED].sort(),
    );
    workspace.remove('graph.json');
  });

  test('all are built, the build backend that lives in the workspace before the package that needs it', async () => {
    const verdicts = await workspace.tasks('run-many -t build');
    expect(Object.keys(verdicts)).toHaveLength(PROJECTS.length);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['executed']));
  });

  test('each wheel has the files and the metadata that `python -m build` gives', async () => {
    const reference = workspace.path('..', 'reference');
    mkdirSync(reference, { recursive: true });
    for (const folder of workspace.list('libs')) {
      const source = join(reference, folder);
      await workspace.run('cp', '-r', `libs/${folder}`, source);
      await workspace.run('rm', '-rf', join(source, 'dist'), join(source, 'flit_core', 'dist'));
      await workspace.run(python, '-m', 'build', '--installer', 'uv', '--outdir', join(reference, 'out'), source);
    }
    const backend = join(reference, workspace.list('libs').find((name) => name.startsWith('flit')) ?? '', 'flit_core');
    await workspace.run(python, '-m', 'build', '--installer', 'uv', '--outdir', join(reference, 'out'), backend);
    const read = async (folder: string) =>
      JSON.parse(await workspace.run(python, join(here, 'harness', 'read_wheels.py'), folder));
    expect(await read(workspace.path('libs'))).toEqual(await read(join(reference, 'out')));
  });

  test('a second run is wholly cached', async () => {
    expect(new Set(Object.values(await workspace.tasks('run-many -t build')))).toEqual(new Set(['local cache']));
  });

  test('all are published and installed together in a fresh environment, and import', async () => {
    await workspace.nx('run-many -t publish');
    await workspace.run('uv', 'venv', '--quiet', 'fresh');
    // The workspace's own packages from the local index only, what they need beside from where pip is configured to look.
    const index = `file://${workspace.path('.wheelhouse/index/simple')}`;
    await workspace.run(
      'uv',
      'pip',
      'install',
      '--quiet',
      '--python',
      'fresh',
      '--index',
      index,
      '--prerelease=allow',
      ...PROJECTS,
    );
    await workspace.run('fresh/bin/python', '-c', `import ${IMPORTS.join(', ')}`);
  });
});
