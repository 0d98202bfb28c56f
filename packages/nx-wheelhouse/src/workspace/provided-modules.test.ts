/** Which modules a package provides: what real build backends put into its wheel. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readWheel } from '@nx-wheelhouse/python-packaging';
import { afterAll, describe, expect, test } from 'vitest';
import { toolPrograms } from '../../testing/tools.js';
import { folderWith, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { listFiles } from './files.js';
import { filesByPackage } from './ownership.js';
import { providedModules } from './provided-modules.js';

afterAll(removeFolders);

const run = promisify(execFile);

/** The dotted names that a package of this folder provides, sorted. */
async function provided(folder: string, wheelFiles: readonly string[] = []): Promise<string[]> {
  const workspace = workspaceIn(folder);
  const pkg = workspace.packages.get('.')!;
  const files = filesByPackage(workspace, listFiles(folder)).get('.')!;
  const { ofFiles, names } = await providedModules(pkg.manifest.modules, files, async () => wheelFiles);
  return [...new Set([...ofFiles.values(), ...names])].sort();
}

/** The dotted names in the wheel that the package's backend builds. */
async function built(folder: string): Promise<string[]> {
  await run(join(toolPrograms, 'uv'), ['build', '--quiet', '--wheel', '--out-dir', join(folder, 'dist'), folder]);
  const wheel = readdirSync(join(folder, 'dist')).find((file) => file.endsWith('.whl'))!;
  const modules = (await readWheel(join(folder, 'dist', wheel))).files.filter((file) => file.endsWith('.py'));
  return modules.map((file) => file.replace(/(\/__init__)?\.py$/, '').replaceAll('/', '.')).sort();
}

const backend = (requires: string, name: string, project = 'name = "acme-tool"\nversion = "1.0"') =>
  `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${name}"\n${project && `[project]\n${project}\n`}`;
const hatch = backend('hatchling', 'hatchling.build');
const setuptools = backend('setuptools', 'setuptools.build_meta');
const legacy = { 'pyproject.toml': backend('setuptools', 'setuptools.build_meta', '') };
const flit = backend('flit_core', 'flit_core.buildapi', 'name = "acme-tool"\nversion = "1.0"\ndescription = "d"');
const poetry = backend('poetry-core', 'poetry.core.masonry.api');
const pdm = backend('pdm-backend', 'pdm.backend');
const uvBuild = backend('uv_build', 'uv_build');
const empty = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, '']));
const scattered = empty('tests/test_a.py', 'docs/conf.py', 'conftest.py', 'noxfile.py', 'scripts/run.py');
const setup = (args: string) =>
  `from setuptools import find_namespace_packages, find_packages, setup\nsetup(name="acme-tool", version="1", ${args})\n`;
const src = empty('src/acme_tool/__init__.py', 'src/acme_tool/inner/__init__.py', 'src/acme_tool/inner/deep.py');
const flat = empty('acme_tool/__init__.py', 'acme_tool/inner/deep.py');
const namespace = empty('src/acme/tool/__init__.py', 'src/acme/tool/more.py');

describe('what the backend packs', () => {
  test.each<[string, Record<string, string>]>([
    ['hatch by name, src', { 'pyproject.toml': hatch, ...src, ...scattered }],
    ['hatch by name, flat', { 'pyproject.toml': hatch, ...flat, ...scattered }],
    [
      'hatch packages',
      {
        'pyproject.toml': `${hatch}[tool.hatch.build.targets.wheel]\npackages = ["lib/acme"]`,
        ...empty('lib/acme/a/b.py', 'x/y.py'),
      },
    ],
    [
      'hatch packages and sources',
      {
        'pyproject.toml': hatch,
        'hatch.toml': '[build.targets.wheel]\npackages = ["src/acme/tool"]\nsources = ["src"]\n',
        ...namespace,
      },
    ],
    [
      'hatch only-include and renamed sources',
      {
        'pyproject.toml': `${hatch}[tool.hatch.build.targets.wheel]\nonly-include = ["lib/a"]\n[tool.hatch.build.targets.wheel.sources]\n"lib/a" = "acme/b"\n`,
        ...empty('lib/a/__init__.py', 'lib/a/c.py', 'lib/d.py'),
      },
    ],
    ['setuptools by files, src', { 'pyproject.toml': setuptools, ...src, ...scattered }],
    ['setuptools by files, flat', { 'pyproject.toml': setuptools, ...flat, ...scattered }],
    [
      'setuptools find',
      {
        'pyproject.toml': `${setuptools}[tool.setuptools.packages.find]\nwhere = ["lib"]\ninclude = ["acme*"]\nexclude = ["acme.skip*"]\n`,
        ...empty('lib/acme/a.py', 'lib/acme/b/c.py', 'lib/acme/skip/d.py', 'lib/other/e.py', 'lib/single.py'),
      },
    ],
    [
      'setuptools packages, package-dir and py-modules',
      {
        'pyproject.toml': `${setuptools}[tool.setuptools]\npackages = ["acme", "acme.sub"]\npy-modules = ["single"]\n[tool.setuptools.package-dir]\n"" = "lib"\n"acme.sub" = "other"\n`,
        ...empty('lib/acme/__init__.py', 'other/__init__.py', 'other/x.py', 'lib/single.py', 'lib/not.py'),
      },
    ],
    [
      'setup.cfg',
      {
        ...legacy,
        'setup.cfg':
          '[metadata]\nname = acme-tool\nversion = 1\n[options]\npackages = find_namespace:\npackage_dir =\n  = src\n[options.packages.find]\nwhere = src\n',
        ...namespace,
      },
    ],
    [
      'setup.py, find_packages',
      {
        ...legacy,
        'setup.py': setup('packages=find_packages(exclude=["tests", "tests.*"])'),
        ...empty('a/__init__.py', 'a/b/__init__.py', 'no/c.py', 'tests/__init__.py'),
      },
    ],
    [
      'setup.py, find_namespace_packages',
      {
        ...legacy,
        'setup.py': setup('packages=find_namespace_packages("src"), package_dir={"": "src"}'),
        ...namespace,
      },
    ],
    [
      'setup.py, lists',
      {
        ...legacy,
        'setup.py': setup('packages=["a", "a.b"], package_dir={"a": "lib"}, py_modules=["c"]'),
        ...empty('lib/__init__.py', 'lib/b/d.py', 'c.py', 'e.py'),
      },
    ],
    ['flit', { 'pyproject.toml': flit, ...src, ...scattered }],
    [
      'flit, a single module',
      { 'pyproject.toml': `${flit}[tool.flit.module]\nname = "single"\n`, ...empty('single.py', 'other.py') },
    ],
    ['flit, a namespace', { 'pyproject.toml': `${flit}[tool.flit.module]\nname = "acme.tool"\n`, ...namespace }],
    ['poetry by name', { 'pyproject.toml': poetry, ...src, ...scattered }],
    [
      'poetry packages',
      {
        'pyproject.toml': `${poetry}[tool.poetry]\npackages = [{ include = "acme", from = "lib" }, { include = "other/**/*.py" }, { include = "moved", to = "into" }]\n`,
        ...empty('lib/acme/a.py', 'other/b.py', 'other/c/d.py', 'moved/e.py', 'not/f.py'),
      },
    ],
    ['pdm by files', { 'pyproject.toml': pdm, ...src, ...scattered }],
    [
      'pdm package-dir',
      {
        'pyproject.toml': `${pdm}[tool.pdm.build]\npackage-dir = "lib"\n`,
        ...empty('lib/acme/__init__.py', 'lib/acme/a.py', 'b/__init__.py'),
      },
    ],
    [
      'pdm includes',
      {
        'pyproject.toml': `${pdm}[tool.pdm.build]\nincludes = ["acme", "b/c.py"]\n`,
        ...empty('acme/__init__.py', 'acme/a.py', 'b/c.py', 'b/d.py'),
      },
    ],
    ['uv_build by name', { 'pyproject.toml': uvBuild, ...src, ...scattered }],
    [
      'uv_build module-name and module-root',
      {
        'pyproject.toml': `${uvBuild}[tool.uv.build-backend]\nmodule-name = "acme.tool"\nmodule-root = "lib"\n`,
        ...empty('lib/acme/tool/__init__.py', 'lib/acme/tool/a.py', 'lib/other/__init__.py'),
      },
    ],
  ])(
    '%s',
    async (_title, files) => {
      const folder = folderWith(files);
      const ours = await provided(folder);
      expect(ours.length).toBeGreaterThan(0);
      expect(ours).toEqual(await built(folder));
    },
    60_000,
  );
});

test('what is stated counts before what is found', async () => {
  const project =
    'name = "x"\nversion = "1"\nimport-names = ["acme.tool", "acme._native ; private"]\nimport-namespaces = ["acme"]';
  const folder = folderWith({
    'pyproject.toml': backend('hatchling', 'hatchling.build', project),
    ...namespace,
    ...empty('src/more/__init__.py'),
  });
  expect(await provided(folder)).toEqual(['acme._native', 'acme.tool', 'acme.tool.more']);
});

test('a built wheel tells where the backend is not known', async () => {
  const folder = folderWith({
    'pyproject.toml': backend('meson-python', 'mesonpy'),
    ...empty('python/thing/__init__.py'),
  });
  const wheel = [
    'thing/__init__.py',
    'thing/_native.cpython-311-x86_64-linux-gnu.so',
    'acme_tool-1.0.dist-info/METADATA',
  ];
  expect(await provided(folder, wheel)).toEqual(expect.arrayContaining(['thing', 'thing._native']));
});
