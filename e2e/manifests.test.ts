/** Workspaces as people have them: broken manifests, unusual names, unusual places. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

describe('workspaces as people have them', () => {
  let workspace: Workspace;
  afterEach(() => workspace?.dispose());

  test('a broken manifest is an error of its own project, the others work', async () => {
    workspace = await aWorkspace({
      files: { ...aPackage('libs/good', 'good'), 'libs/bad/pyproject.toml': '[project]\nname = "bad"\nversion = \n' },
    });
    expect(await workspace.json('show projects')).toEqual(expect.arrayContaining(['good', 'bad']));
    const { status, output } = await workspace.tryNx('run-many -t build --output-style=static');
    expect(status).not.toBe(0);
    expect(output).toContain('libs/bad/pyproject.toml:3');
    expect(workspace.list('libs/good/dist')).toHaveLength(2);
  });

  test('names with capitals, dots and underscores keep their spelling and find their siblings', async () => {
    workspace = await aWorkspace({
      files: {
        ...aPackage('libs/one', 'Acme.One_Thing'),
        ...aPackage('libs/two', 'acme_two', { dependencies: ['acme-one-thing'], backend: 'setup.py' }),
      },
    });
    await workspace.nx('run-many -t build');
    expect(workspace.list('libs/one/dist')).toEqual([
      'acme_one_thing-0.1.0-py3-none-any.whl',
      'acme_one_thing-0.1.0.tar.gz',
    ]);
    const graph = await projectGraph(workspace);
    expect(graph.dependencies.acme_two).toEqual([expect.objectContaining({ target: 'Acme.One_Thing' })]);
  });

  test('a package at the repository root, with others below it', async () => {
    workspace = await aWorkspace({
      files: { ...aPackage('.', 'rooted', { dependencies: ['below'] }), ...aPackage('libs/below', 'below') },
    });
    await workspace.nx('run-many -t build test');
    expect(workspace.list('dist')).toEqual(['rooted-0.1.0-py3-none-any.whl', 'rooted-0.1.0.tar.gz']);
    const sdist = await workspace.run('tar', '-tzf', 'dist/rooted-0.1.0.tar.gz');
    expect(sdist).toContain('rooted-0.1.0/src/rooted/__init__.py');
    expect(sdist).not.toContain('libs/below');
  });

  test('spaces and non-ASCII characters in paths', async () => {
    workspace = await aWorkspace({ name: 'ein schöner Ort', files: aPackage('meine pakete/größe', 'alpha') });
    expect(await workspace.tasks('run-many -t build test')).toEqual({
      'alpha:build': 'executed',
      'alpha:test': 'executed',
    });
    expect(new Set(Object.values(await workspace.tasks('run-many -t build test')))).toEqual(new Set(['local cache']));
  });

  test('two packages of one name are two projects, with a warning', async () => {
    workspace = await aWorkspace({ files: { ...aPackage('libs/a', 'same'), ...aPackage('libs/b', 'same') } });
    const output = await workspace.nx('show projects');
    expect(output).toContain('libs-a');
    expect(output).toContain('libs-b');
    expect(output).toMatch(/libs\/a\/pyproject\.toml.*same/);
  });

  test('a workspace without git, and ignored files in no dist', async () => {
    workspace = await aWorkspace({
      git: false,
      files: { ...aPackage('libs/a', 'a'), 'libs/a/.env': 'SECRET=1\n', 'libs/a/build/stale.py': '' },
    });
    await workspace.nx('run a:build');
    const sdist = await workspace.run('tar', '-tzf', 'libs/a/dist/a-0.1.0.tar.gz');
    expect(sdist).not.toMatch(/\.env|stale/);
  });

  test('a backend that fails: its own words, the project, no dist', async () => {
    workspace = await aWorkspace({
      files: {
        'libs/a/setup.py':
          'raise RuntimeError("the backend speaks")\nfrom setuptools import setup\nsetup(name="a", version="1")\n',
      },
    });
    const { status, output } = await workspace.tryNx('run a:build');
    expect(status).not.toBe(0);
    expect(output).toContain('the backend speaks');
    expect(workspace.has('libs/a/dist')).toBe(false);
  });

  test.skipIf(process.getuid?.() === 0)('a dist folder that cannot be written is named', async () => {
    workspace = await aWorkspace({ files: aPackage('libs/a', 'a') });
    workspace.write('libs/a/dist/.keep', '');
    chmodSync(workspace.path('libs/a/dist'), 0o555);
    const { status, output } = await workspace.tryNx('run a:build');
    chmodSync(workspace.path('libs/a/dist'), 0o755);
    expect(status).not.toBe(0);
    expect(output).toContain('make libs/a/dist writable');
  });

  test('no Python on PATH is said in one line', async () => {
    workspace = await aWorkspace({ files: aPackage('libs/a', 'a') });
    mkdirSync(workspace.path('.programs'));
    symlinkSync(process.execPath, workspace.path('.programs/node'));
    symlinkSync('/bin/sh', workspace.path('.programs/sh'));
    workspace.env.PATH = workspace.path('.programs');
    workspace.env.UV_PYTHON_INSTALL_DIR = workspace.path('.no-pythons');
    workspace.env.NX_WHEELHOUSE_CACHE_DIRECTORY = workspace.path('.no-tools');
    const { status, output } = await workspace.tryNx('run a:build');
    expect(status).not.toBe(0);
    expect(output).toMatch(/No (suitable )?Python/);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  });
});

async function projectGraph(workspace: Workspace) {
  await workspace.nx('graph --file=graph.json');
  return JSON.parse(workspace.read('graph.json')).graph as { dependencies: Record<string, { target: string }[]> };
}
