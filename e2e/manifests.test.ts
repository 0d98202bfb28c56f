/** Workspaces as people have them: broken manifests, unusual names, unusual places. */
import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
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

  test('a setup.py that reads what lies in other packages is built with it, and again when it changes', async () => {
    const reading = (name: string, read: string, more: string) =>
      `import pathlib, re, runpy\nfrom setuptools import setup\nversion = ${read}\n${more}\nsetup(name="${name}", version=version, install_requires=requires)\n`;
    workspace = await aWorkspace({
      files: {
        ...aPackage('libs/below', 'below'),
        'libs/below/src/below/version.py': 'version = "1.2"\n',
        ...aPackage('libs/beside', 'beside'),
        // Which folders it looks into is not to be known without running it.
        'setup.py': reading(
          'whole',
          '"1.0"',
          'requires = [f"{path.parent.name}==0.1.0" for path in sorted(pathlib.Path("libs").glob("*/pyproject.toml"))]',
        ),
        'libs/setup.py': reading('naming', 'runpy.run_path("below/src/below/version.py")["version"]', 'requires = []'),
      },
    });
    // The version that it reads is in no sdist.
    const build = '--projects=whole,naming -t build --direct';
    await workspace.nx(`run-many ${build}`);
    expect(workspace.list('libs/dist')).toContain('naming-1.2-py3-none-any.whl');
    const metadata = await workspace.run('tar', '-xOzf', 'dist/whole-1.0.tar.gz', 'whole-1.0/PKG-INFO');
    expect(metadata).toContain('Requires-Dist: below==0.1.0\nRequires-Dist: beside==0.1.0\n');

    workspace.append('libs/below/src/below/version.py', '# the same\n');
    expect(await workspace.tasks(`run-many ${build}`)).toMatchObject({ 'naming:build': 'executed' });
    workspace.append('libs/beside/pyproject.toml', '# the same\n');
    expect(await workspace.tasks(`run-many ${build}`)).toMatchObject({
      'naming:build': 'local cache',
      'whole:build': 'executed',
    });
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

  test('a dist folder that cannot be written is named', async () => {
    workspace = await aWorkspace({ files: aPackage('libs/a', 'a') });
    // Also for root, whom modes do not stop: a file in its place.
    workspace.write('libs/a/dist', '');
    const { status, output } = await workspace.tryNx('run a:build');
    expect(status).not.toBe(0);
    expect(output).toContain('project a, libs/a/dist');
    expect(output).toContain('remove the file that stands where a folder must be');
    if (process.getuid?.() === 0) return;
    workspace.remove('libs/a/dist');
    workspace.write('libs/a/dist/.keep', '');
    chmodSync(workspace.path('libs/a/dist'), 0o555);
    const readOnly = await workspace.tryNx('run a:build');
    chmodSync(workspace.path('libs/a/dist'), 0o755);
    expect(readOnly.output).toContain('make libs/a/dist and .wheelhouse/libs/a writable');
  });

  test('a run that is wholly cached needs no Python, no uv and no network', async () => {
    workspace = await aWorkspace({ files: aPackage('libs/a', 'a') });
    await workspace.nx('run-many -t build test');
    withoutPython(workspace);
    expect(new Set(Object.values(await workspace.tasks('run-many -t build test')))).toEqual(new Set(['local cache']));
  });

  test('tests of nested packages are their own, and a package with setup.cfg only has tests too', async () => {
    const setupCfg =
      '[metadata]\nname = configured\nversion = 1.0\n[options]\npackage_dir =\n    = src\npackages = find:\n[options.packages.find]\nwhere = src\n';
    const { 'libs/configured/pyproject.toml': _, ...configured } = aPackage('libs/configured', 'configured');
    workspace = await aWorkspace({
      files: {
        ...aPackage('.', 'rooted'),
        ...aPackage('libs/inner', 'inner'),
        ...configured,
        'libs/configured/setup.cfg': setupCfg,
      },
    });
    expect(new Set(Object.values(await workspace.tasks('run-many -t test')))).toEqual(new Set(['executed']));
  });

  test('a circle at run time is not published, and named with its lines; the others go on', async () => {
    workspace = await aWorkspace({
      files: {
        ...aPackage('a', 'a', { dependencies: ['b'] }),
        ...aPackage('b', 'b', { dependencies: ['a'] }),
        ...aPackage('c', 'c'),
      },
    });
    const { status, output } = await workspace.tryNx('run-many -t publish --output-style=static');
    expect(status).not.toBe(0);
    expect(output).toContain('a -> b -> a');
    expect(output).toMatch(/b\/pyproject\.toml:\d+: b needs a/);
    expect(workspace.list('.wheelhouse/index/files')).toEqual(['c']);
  });

  test('no Python on PATH is said in one line', async () => {
    workspace = await aWorkspace({ files: aPackage('libs/a', 'a') });
    withoutPython(workspace);
    const { status, output } = await workspace.tryNx('run a:build');
    expect(status).not.toBe(0);
    expect(output).toMatch(/No (suitable )?Python/);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  });
});

/** As on a machine with Node and nothing else. */
function withoutPython(workspace: Workspace): void {
  const programs = workspace.path('node_modules', '.programs');
  mkdirSync(programs);
  symlinkSync(process.execPath, join(programs, 'node'));
  symlinkSync('/bin/sh', join(programs, 'sh'));
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!existsSync(join(folder, 'git')) || existsSync(join(programs, 'git'))) continue;
    symlinkSync(join(folder, 'git'), join(programs, 'git'));
  }
  workspace.env.PATH = programs;
  workspace.env.UV_PYTHON_INSTALL_DIR = join(programs, 'pythons');
  workspace.env.NX_WHEELHOUSE_CACHE_DIRECTORY = join(programs, 'tools');
}

async function projectGraph(workspace: Workspace) {
  await workspace.nx('graph --file=graph.json');
  return JSON.parse(workspace.read('graph.json')).graph as { dependencies: Record<string, { target: string }[]> };
}
