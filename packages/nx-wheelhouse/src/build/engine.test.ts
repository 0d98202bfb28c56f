/** The engine around the backends: sets inside uv, sdists that lack files, time limits, environments that have suffered. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildPackage, buildPackages, useRealTools } from '../../testing/builds.js';
import { keptProcesses } from '../../testing/host-builds.js';
import { folderWith, project, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { Builder } from './build.js';
import { readBuildConstraints } from './build-constraints.js';
import { planBuild } from './plan.js';

beforeAll(useRealTools);
afterAll(removeFolders);
afterEach(() => void vi.unstubAllEnvs());

const SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n';

describe('a package of the backend inside uv', () => {
  const files = {
    '.gitignore': 'secret.py\n',
    'a/pyproject.toml': project(
      'a',
      {},
      '[build-system]\nrequires = ["uv_build>=0.9,<1"]\nbuild-backend = "uv_build"\n',
    ),
    'a/src/a/__init__.py': '',
    'a/src/a/secret.py': '',
  };
  const anyRoot = () => {
    const root = folderWith(files);
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    return root;
  };

  test('is built by uv itself, without what git ignores, to the same bytes anywhere', async () => {
    const [one, other] = [anyRoot(), anyRoot()];
    const { record } = await buildPackage(one, 'a');
    expect(record.tools.buildRequirements).toEqual([expect.stringMatching(/^uv_build==/)]);
    expect(record.files.map(({ kind }) => kind)).toEqual(['sdist', 'wheel']);
    expect((await buildPackage(other, 'a')).record.files).toEqual(record.files);
    const listing = execFileSync('tar', ['-tzf', join(one, 'a/dist/a-1.0.tar.gz')], { encoding: 'utf8' });
    expect(listing).toContain('a-1.0/src/a/__init__.py');
    expect(listing).not.toContain('secret');
    expect(readFileSync(join(one, 'a/src/a/__init__.py'), 'utf8')).toBe('');
  });

  test('is the same whether its sources are linked on one disk, or from memory to it', async () => {
    const [one, other] = [anyRoot(), anyRoot()];
    vi.stubEnv('TMPDIR', undefined);
    const { record } = await buildPackage(one, 'a');
    vi.stubEnv('TMPDIR', tmpdir());
    expect((await buildPackage(other, 'a')).record).toEqual(record);
  });

  test('that cannot be built says why', async () => {
    const root = folderWith({ 'a/pyproject.toml': files['a/pyproject.toml'] });
    await expect(buildPackage(root, 'a')).rejects.toThrow(/uv_build failed in build_sdist[\s\S]*a\/pyproject\.toml/);
    expect(existsSync(join(root, 'a/dist'))).toBe(false);
  });
});

test('dists that were removed are made anew, though their record is there', async () => {
  const root = folderWith({
    'a/pyproject.toml': project('a', {}, `${SETUPTOOLS}[tool.setuptools]\npy-modules = ["a"]\n`),
    'a/a.py': '',
  });
  const { record } = await buildPackage(root, 'a');
  rmSync(join(root, 'a/dist'), { recursive: true });
  expect((await buildPackage(root, 'a')).record).toEqual(record);
  expect(readdirSync(join(root, 'a/dist'))).toHaveLength(2);
});

test('an sdist that lacks a file is noticed, unless the wheel is built directly', async () => {
  const root = folderWith({
    'a/pyproject.toml': project('a', {}, `${SETUPTOOLS}[tool.setuptools]\npy-modules = ["a"]\n`),
    'a/setup.py': 'from setuptools import setup\nopen("needed.txt").close()\nsetup()\n',
    'a/a.py': '',
    'a/needed.txt': '',
  });
  await expect(buildPackage(root, 'a')).rejects.toThrow(/FileNotFoundError[\s\S]*a\/setup\.py:2/);
  expect((await buildPackage(root, 'a', { direct: true })).record.files).toHaveLength(2);
});

test('config settings reach the hooks', async () => {
  const backend = 'def build_sdist(folder, config_settings=None):\n    raise ValueError(repr(config_settings))\n';
  const root = folderWith({
    'a/pyproject.toml': project(
      'a',
      {},
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    ),
    'a/backend.py': backend,
  });
  await expect(buildPackage(root, 'a', { configSettings: { '--x': ['1', '2'] } })).rejects.toThrow(
    "{'--x': ['1', '2']}",
  );
});

test('a backend that looks at its package when it is imported finds it there, and that of no other', async () => {
  const manifest = (name: string, more: string) => ({
    [`${name}/pyproject.toml`]: `[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]\nbuild-backend = "poetry_dynamic_versioning.backend"\n[project]\nname = "${name}"\ndynamic = ["version"]\n[tool.poetry]\nversion = "0.1"\n[tool.poetry-dynamic-versioning]\n${more}`,
    [`${name}/${name}.py`]: '',
  });
  const root = folderWith({
    ...manifest('a', 'enable = true\n'),
    ...manifest('b', 'enable = false\n'),
    '.gitignore': 'dist\n.wheelhouse\n',
  });
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'One'],
    ['tag', 'v2.0'],
  ])
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@index.example', ...args], { cwd: root });
  const built = await buildPackages(root, ['a', 'b']);
  expect(built.map((one) => (one.status === 'fulfilled' ? one.value.record.version : String(one.reason)))).toEqual([
    '2.0',
    '0.1',
  ]);
});

test.skipIf(process.platform !== 'linux')(
  'what a backend asks for on top may be a plugin, and ends the sharing of processes',
  async () => {
    const hatch = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';
    const asking = '[tool.hatch.build]\nrequire-runtime-dependencies = true\n';
    const root = folderWith({
      'a/pyproject.toml': project('a', { dependencies: ['idna'] }, hatch + asking),
      'a/a.py': '',
    });
    const workspace = workspaceIn(root);
    const constraints = readBuildConstraints(root);
    const builder = new Builder(workspace, constraints);
    try {
      const { record } = await builder.build(planBuild(workspace, 'a', {}, constraints));
      expect(record.tools.buildRequirements).toContainEqual(expect.stringMatching(/^idna==/));
      // That of the host that has asked what else is needed; the host of the environment that has it keeps none.
      expect(keptProcesses()).toHaveLength(1);
    } finally {
      await builder.close();
    }
  },
);

test('what the sdist has asked for on top is not there for the wheel', async () => {
  const hatch = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';
  const asking =
    '[tool.hatch.build.targets.sdist]\nrequire-runtime-dependencies = true\n[tool.hatch.build.hooks.custom]\n';
  const hook =
    'import importlib.util\nfrom hatchling.builders.hooks.plugin.interface import BuildHookInterface\n\nclass Hook(BuildHookInterface):\n' +
    '    def initialize(self, version, build_data):\n        print(self.target_name, importlib.util.find_spec("idna") is not None)\n';
  const root = folderWith({
    'a/pyproject.toml': project('a', { dependencies: ['idna'] }, hatch + asking),
    'a/hatch_build.py': hook,
    'a/a.py': '',
  });
  expect((await buildPackage(root, 'a')).log).toBe('sdist True\nwheel False\n');
});

describe('an environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** As another process would see it: nothing remembered. */
  const ensure = async () => {
    vi.resetModules();
    const { ensureEnvironment } = await import('../toolchain/environments.js');
    const { findInterpreter } = await import('../toolchain/interpreter.js');
    const interpreter = await findInterpreter({ request: undefined, folder, requiresPython: undefined });
    return ensureEnvironment({ interpreter, requirements: ['idna'], constraints: ['idna==3.10'], localWheels: [] });
  };

  test('follows the constraints, and is made anew when a file of it is gone', async () => {
    const kept = process.env.NX_WHEELHOUSE_CACHE_DIRECTORY;
    process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = folder;
    try {
      const first = await ensure();
      expect(first.distributions).toEqual(['idna==3.10']);
      const core = execFileSync(first.python, ['-c', 'import idna.core; print(idna.core.__file__)'], {
        encoding: 'utf8',
      }).trim();
      rmSync(core);
      const [again, another] = await Promise.all([ensure(), ensure()]);
      expect([again.folder, another.folder]).toEqual([first.folder, first.folder]);
      expect(existsSync(core)).toBe(true);
      expect(readdirSync(join(folder, 'environments'))).toHaveLength(1);
    } finally {
      process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = kept;
    }
  });
});
