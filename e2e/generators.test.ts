/** What `nx g python-package` makes, with every backend: it builds, tests, checks, lints, publishes and installs as it is. */
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const readWheels = join(dirname(fileURLToPath(import.meta.url)), 'harness', 'read_wheels.py');

/** Each depends on the one before it, so that every kind of sibling is taken from its folder by the next kind. */
const PACKAGES: readonly { name: string; importName: string; options: string }[] = [
  { name: 'hatched', importName: 'hatched', options: '--backend=hatchling --license=Apache-2.0' },
  { name: 'legacy', importName: 'legacy', options: '--manifest=setup.py --license=GPL-3.0' },
  { name: 'acme.flat', importName: 'acme.flat', options: '--backend=setuptools --layout=flat --testRunner=unittest' },
  { name: 'acme.flit', importName: 'acme.flit', options: '--backend=flit --license=bsd-3-clause' },
  { name: 'Acme_Poetry', importName: 'acme.verse', options: '--backend=poetry-core --layout=flat' },
  { name: 'acme.old', importName: 'acme.old', options: '--manifest=setup.py --layout=src --testRunner=unittest' },
  { name: 'other-name', importName: 'pdm_made', options: '--backend=pdm --layout=flat --license=none' },
  { name: 'acme-uv', importName: 'acme.uv', options: '--backend=uv_build --license=ISC' },
];

describe('nx g python-package', () => {
  let workspace: Workspace;
  afterEach(() => workspace?.dispose());

  test('with every backend: builds, tests, checks, lints, publishes, installs', async () => {
    workspace = await aWorkspace({ name: 'ein schöner Ort' });
    for (const [index, { name, importName, options }] of PACKAGES.entries()) {
      const sibling = PACKAGES[index - 1]?.name;
      await workspace.nx(
        `g python-package libs/p${index} --name=${name} --importName=${importName} --typed --script=call-${index} --skipLock ${options}`,
        '--author=Ada "the first" Löve',
        `--dependencies=idna>=2,<4${sibling ? `,${sibling}` : ''}`,
      );
    }
    await workspace.run('uv', 'lock', '--quiet');
    await workspace.commit('Packages');
    await workspace.nx('run-many -t build test publish');
    expect(workspace.has('.venv'), 'one environment for all tests').toBe(true);
    expect(workspace.has('.wheelhouse/libs/p0/environment')).toBe(false);

    const dists = PACKAGES.flatMap((_, index) =>
      workspace.list(`libs/p${index}/dist`).map((file) => `libs/p${index}/dist/${file}`),
    );
    expect(dists).toHaveLength(2 * PACKAGES.length);
    await workspace.run('twine', 'check', '--strict', ...dists);
    expect(await workspace.git('status', '--short')).toBe('');

    for (const [index, { name, importName }] of PACKAGES.entries()) {
      const folder = importName.replaceAll('.', '/');
      const wheels = JSON.parse(await workspace.run('python', readWheels, `libs/p${index}`)) as Record<string, object>;
      const files = Object.values(wheels).flatMap((content) => Object.keys(content));
      expect(files.filter((file) => !/\.dist-info\/|\/$/.test(file)).sort(), name).toEqual(
        [`${folder}/__init__.py`, `${folder}/module.py`, `${folder}/py.typed`].sort(),
      );
      const sdist = dists.find((file) => file.startsWith(`libs/p${index}/`) && file.endsWith('.tar.gz')) as string;
      expect(await workspace.run('tar', '-tzf', sdist), name).toContain('/tests/test_module.py');
    }

    await workspace.run('ruff', 'check', '--quiet', 'libs');
    await workspace.run('ruff', 'format', '--check', '--quiet', 'libs');
    const sources = PACKAGES.map((_, index) => `libs/p${index}${workspace.has(`libs/p${index}/src`) ? '/src' : ''}`);
    workspace.env.MYPYPATH = sources.map((folder) => workspace.path(folder)).join(delimiter);
    const modules = PACKAGES.map(({ importName }, index) => `${sources[index]}/${importName.replaceAll('.', '/')}`);
    // The flat ones call their tests alike, which mypy takes for one module.
    const tests = sources.filter((folder) => folder.endsWith('/src')).map((folder) => join(dirname(folder), 'tests'));
    await workspace.run('mypy', '--strict', '--explicit-package-bases', ...modules, ...tests);

    await workspace.run('uv', 'venv', '--quiet', 'fresh');
    const index = `file://${workspace.path('.wheelhouse/index/simple').replaceAll(' ', '%20')}`;
    await workspace.run('uv', 'pip', 'install', '--quiet', '--python', 'fresh', '--index', index, 'acme-uv');
    for (const number of PACKAGES.keys()) {
      expect(await workspace.run(`fresh/bin/call-${number}`)).toBe('Hello, World!\n');
    }
  });

  test('at the root of the workspace, with others below it', async () => {
    workspace = await aWorkspace({ name: 'engine' });
    await workspace.nx('g python-package . --backend=hatchling');
    await workspace.nx('g python-package libs/wheel --dependencies=engine');
    expect(await workspace.nx('run-many -t build test')).toContain('2 projects');
    const content = (await workspace.run('tar', '-tzf', 'dist/engine-0.1.0.tar.gz')).trim().split('\n').sort();
    expect(content.map((path) => path.replace('engine-0.1.0/', ''))).toEqual([
      'LICENSE',
      'PKG-INFO',
      'README.md',
      'pyproject.toml',
      'src/engine/__init__.py',
      'src/engine/module.py',
      'tests/test_module.py',
    ]);
  });

  test('takes text and folders as they were typed', async () => {
    workspace = await aWorkspace({ files: { 'libs/.gitkeep': '' } });
    workspace.env.INIT_CWD = workspace.path('libs');
    await workspace.nx('g python-package 2024 --packageVersion=1.10 --description=42 --skip-lock');
    const manifest = workspace.read('libs/2024/pyproject.toml');
    expect(manifest).toContain('name = "2024"\nversion = "1.10"\ndescription = "42"\n');
  });

  test('writes nothing in a dry run, and nothing when it refuses', async () => {
    workspace = await aWorkspace({ files: { 'pyproject.toml': '[tool.uv\n' } });
    const broken = await workspace.tryNx('g python-package libs/alpha');
    expect(broken.status).not.toBe(0);
    expect(broken.output).toContain('at pyproject.toml:1');
    expect(broken.output).not.toMatch(/^\s+at .*\.js:/m);
    workspace.remove('pyproject.toml');
    await workspace.commit('No root manifest');
    await workspace.nx('g python-package libs/alpha --git --dry-run');
    expect(await workspace.git('status', '--short')).toBe('');
  });

  test('makes all files without a network, and says that the lock is missing', async () => {
    workspace = await aWorkspace();
    workspace.env.UV_OFFLINE = '1';
    workspace.env.UV_CACHE_DIR = workspace.path('node_modules', '.uv-cache');
    const output = await workspace.nx('g python-package libs/alpha');
    expect(output).toContain('uv.lock could not be updated');
    expect(workspace.has('libs/alpha/pyproject.toml')).toBe(true);
    expect(workspace.has('uv.lock')).toBe(false);
  });
});
