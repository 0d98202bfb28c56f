/** What packages are built with: pins and who writes them, backends of the workspace itself, settings for hooks. */
import { afterEach, describe, expect, test } from 'vitest';
import { aPackage, uvWorkspace } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

let workspace: Workspace;
afterEach(() => workspace?.dispose());

const UNPINNED = 'Build requirements are not pinned';
const requirementsOf = (folder: string) =>
  (JSON.parse(workspace.read(`.wheelhouse/${folder}/dist.json`)) as { tools: { buildRequirements: string[] } }).tools
    .buildRequirements;

describe('build requirements', () => {
  test('without pins are told once, are recorded, and are pinned by the generator; pins decide and re-build', async () => {
    workspace = await aWorkspace({
      files: { ...aPackage('a', 'a'), ...aPackage('b', 'b'), ...aPackage('c', 'c', { backend: 'setuptools' }) },
    });
    const output = await workspace.nx('run-many -t build --output-style=static');
    expect(output.split(UNPINNED)).toHaveLength(2);
    expect(requirementsOf('a')).toContainEqual(expect.stringMatching(/^hatchling==/));

    await workspace.nx('g nx-wheelhouse:build-constraints');
    const pins = workspace.read('build-constraints.txt');
    expect(pins).toMatch(/^hatchling==[\d.]+$/m);
    expect(pins).toMatch(/^setuptools==[\d.]+$/m);
    expect(await workspace.nx('run-many -t build --output-style=static')).not.toContain(UNPINNED);

    workspace.write('build-constraints.txt', pins.replace(/^hatchling==.*$/m, 'hatchling==1.27.0'));
    expect(await workspace.tasks('run-many -t build')).toMatchObject({ 'a:build': 'executed', 'b:build': 'executed' });
    expect(requirementsOf('a')).toContain('hatchling==1.27.0');

    await workspace.nx('g nx-wheelhouse:build-constraints');
    expect(workspace.read('build-constraints.txt')).toContain('hatchling==1.27.0');
    await workspace.nx('g nx-wheelhouse:build-constraints --upgrade');
    expect(workspace.read('build-constraints.txt')).toBe(pins);
  });

  test('are pinned in pyproject.toml where uv has its list, within the bounds that it states', async () => {
    const root = '[tool.uv]\nbuild-constraint-dependencies = ["hatchling==1.27.0", "setuptools<81"] # ours\n';
    workspace = await aWorkspace({
      files: { 'pyproject.toml': root, ...aPackage('a', 'a'), ...aPackage('b', 'b', { backend: 'setuptools' }) },
    });
    await workspace.nx('run a:build');
    expect(requirementsOf('a')).toContain('hatchling==1.27.0');
    await workspace.nx('g nx-wheelhouse:build-constraints --upgrade');
    expect(workspace.read('pyproject.toml')).toMatch(/"hatchling==(?!1\.27\.0)[\d.]+"/);
    expect(workspace.read('pyproject.toml')).toMatch(/"setuptools<81", .*"setuptools==80\.[\d.]+".*\] # ours/);
    expect(workspace.has('build-constraints.txt')).toBe(false);
  });
});

describe.each([
  ['task-grained', 'false'],
  ['legacy', 'true'],
])('pins in the root manifest, affected %s', (_mode, legacy) => {
  test('re-build when they change, and not for what else stands there', async () => {
    const { 'pyproject.toml': root = '' } = uvWorkspace(['a']);
    const pinned = (version: string) => `${root}[tool.uv]\nbuild-constraint-dependencies = ["hatchling==${version}"]\n`;
    workspace = await aWorkspace({ files: { 'pyproject.toml': pinned('1.27.0'), ...aPackage('libs/a', 'a') } });
    workspace.env.NX_LEGACY_AFFECTED = legacy;
    await workspace.run('uv', 'lock', '--quiet');
    await workspace.commit('Lock');
    await workspace.nx('run a:build');
    const verdictOf = async (edit: string) => {
      workspace.write('pyproject.toml', edit);
      await workspace.commit('An edit');
      return (await workspace.tasks('affected -t build --base=HEAD~1 --head=HEAD'))['a:build'];
    };
    expect(await verdictOf(`${pinned('1.27.0')}[tool.ruff]\nline-length = 99\n`)).toBe('local cache');
    expect(await verdictOf(pinned('1.26.3'))).toBe('executed');
    expect(requirementsOf('libs/a')).toContain('hatchling==1.26.3');
  });

  test('select builds without a lock too', async () => {
    const pinned = (version: string) => `[tool.uv]\nbuild-constraint-dependencies = ["hatchling==${version}"]\n`;
    workspace = await aWorkspace({ files: { 'pyproject.toml': pinned('1.27.0'), ...aPackage('libs/a', 'a') } });
    workspace.env.NX_LEGACY_AFFECTED = legacy;
    await workspace.nx('run a:build');
    workspace.write('pyproject.toml', pinned('1.26.3'));
    await workspace.commit('An edit');
    expect(await workspace.tasks('affected -t build --base=HEAD~1 --head=HEAD')).toEqual({ 'a:build': 'executed' });
  });
});

describe('a build backend that is a package of the workspace', () => {
  test('is built first, taken from its wheel though the index has a newer one of that name, and re-builds its users', async () => {
    workspace = await aWorkspace({
      files: {
        ...aPackage('tools/packer', 'packer', { dependencies: ['hatchling'] }),
        'tools/packer/src/packer/__init__.py': 'print("packed by packer")\nfrom hatchling.build import *\n',
        'user/pyproject.toml':
          '[project]\nname = "user"\nversion = "1.0"\n[build-system]\nrequires = ["packer"]\nbuild-backend = "packer"\n',
        'user/user.py': '',
      },
    });
    expect(Object.keys(await workspace.tasks('run user:build'))).toEqual(['packer:build', 'user:build']);
    expect(requirementsOf('user')).toContain('packer==0.1.0');
    workspace.append('tools/packer/src/packer/__init__.py', 'X = 1\n');
    expect(await workspace.tasks('run user:build')).toEqual({ 'packer:build': 'executed', 'user:build': 'executed' });
    expect(await workspace.tasks('run user:build')).toEqual({
      'packer:build': 'local cache',
      'user:build': 'local cache',
    });
  });
});

describe('a backend in the tree', () => {
  test('is found by backend-path, and gets the settings of the target', async () => {
    workspace = await aWorkspace({
      files: {
        'a/pyproject.toml':
          '[project]\nname = "a"\nversion = "1.0"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "backend"\nbackend-path = ["_build"]\n',
        'a/_build/backend.py':
          'from hatchling.build import *\nfrom hatchling.build import build_wheel as original\n\ndef build_wheel(directory, config_settings=None, metadata_directory=None):\n    with open("a.py", "a") as file:\n        file.write("SETTING = %r\\n" % (config_settings or {}).get("setting"))\n    return original(directory, config_settings, metadata_directory)\n',
        'a/a.py': '',
        'a/project.json': JSON.stringify({ targets: { build: { options: { configSettings: { setting: 'one' } } } } }),
      },
    });
    const built = async () => {
      const [wheel = ''] = workspace.list('a/dist').filter((name) => name.endsWith('.whl'));
      return workspace.run('unzip', '-p', workspace.path('a/dist', wheel), 'a.py');
    };
    await workspace.nx('run a:build');
    expect(await built()).toBe("SETTING = 'one'\n");
    expect(workspace.read('a/a.py')).toBe('');
    await workspace.nx('run a:build', '--configSettings={"setting":"two"}');
    expect(await built()).toBe("SETTING = 'two'\n");
    await workspace.nx('run a:build --configSettings.setting=3');
    expect(await built()).toBe("SETTING = '3'\n");
    const refused = await workspace.tryNx('run a:build --configSettings=three --timeout=soon');
    expect(refused.output).toContain('The option `configSettings` is "three".');
    expect(refused.output).not.toContain('UnhandledPromiseRejection');
  });
});
