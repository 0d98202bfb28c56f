/** Compiled packages: from wheels, for each platform; and built from C by a recipe. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWholeWheel } from '@nx-wheelhouse/python-packaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, buildOne, channelWith, publish } from '../../testing/conda/channels.js';
import { compiledModule, FAST_C, hasCompiler, pythonTags } from '../../testing/conda/native.js';
import {
  builtWorkspace,
  install,
  pythonChannel,
  removeTemporaryFolders,
  repodataOf,
  runIn,
  type TestWheel,
  temporaryFolder,
  useTools,
} from '../../testing/conda/tools.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import { condaPackagesOf, planConda } from './package-of-wheel.js';
import { recordedWheel } from './recorded-wheel.js';

beforeAll(useTools);
afterAll(removeTemporaryFolders);

const COMMAND = { 'DIST.dist-info/entry_points.txt': '[console_scripts]\nfast = fast:main\n' };
const FAST = { 'fast/__init__.py': 'from ._fast import double\ndef main(): print(double(21))\n' };
const OFFER = { imports: ['fast'], commands: [['fast', 'fast', 'main']] };

/** The packages of a wheel, as values. */
async function packagesOf(wheel: TestWheel) {
  const workspace = builtWorkspace([wheel]);
  const pkg = packageOfProject(workspace, wheel.name);
  const { path, filename } = recordedWheel(workspace, pkg);
  return condaPackagesOf(await readWholeWheel(path), filename, planConda(workspace, pkg, undefined));
}

describe.skipIf(!hasCompiler || process.platform !== 'linux')('a compiled wheel', () => {
  test('is for its platform and Python, and runs there', async () => {
    const { tag, suffix } = pythonTags();
    const channel = await channelWith([
      {
        name: 'fast',
        tag: `${tag}-${tag}-manylinux_2_17_x86_64.manylinux2014_x86_64`,
        files: {
          ...FAST,
          ...COMMAND,
          [`DIST.data/platlib/fast/_fast${suffix}`]: compiledModule(false),
          'DIST.data/purelib/fast/more.py': '',
          'DIST.data/scripts/fast-script': '#!python\nimport fast\nfast.main()\n',
        },
      },
    ]);
    expect(Object.values(repodataOf(channel, 'linux-64'))).toMatchObject([
      { arch: 'x86_64', platform: 'linux', subdir: 'linux-64', build: expect.stringMatching(/^py\d+h/) },
    ]);
    const { prefix, problems } = await install(channel, 'fast', { ...OFFER, imports: ['fast', 'fast.more'] });
    expect(problems).toEqual([]);
    expect(runIn(prefix, 'fast')).toBe('42');
    expect(runIn(prefix, 'fast-script')).toBe('42');
  });

  test('of the stable ABI is for every later Python, whose installer places it', async () => {
    const channel = await channelWith([
      {
        name: 'fast',
        tag: 'cp39-abi3-manylinux_2_17_x86_64',
        files: { ...FAST, ...COMMAND, 'fast/_fast.abi3.so': compiledModule(true) },
      },
    ]);
    expect(Object.values(repodataOf(channel, 'linux-64'))).toMatchObject([
      {
        noarch: 'python',
        depends: ['python', 'cpython >=3.9', '_python_abi3_support 1.*', '__glibc >=2.17'],
      },
    ]);
    const { prefix, problems } = await install(channel, 'fast', OFFER);
    expect(problems).toEqual([]);
    expect(runIn(prefix, 'fast')).toBe('42');
  });
});

describe('a wheel for another platform', () => {
  test('macOS: one package for each architecture, its commands as programs', async () => {
    const packages = await packagesOf({
      name: 'fast',
      tag: 'cp312-cp312-macosx_10_13_universal2',
      files: { ...FAST, ...COMMAND, 'fast/_fast.cpython-312-darwin.so': 'compiled', 'DIST.data/headers/fast.h': '' },
    });
    expect(packages.map(({ subdir, build }) => [subdir, build.slice(0, 6)])).toEqual([
      ['osx-arm64', 'py312h'],
      ['osx-64', 'py312h'],
    ]);
    expect(new Set(packages.map(({ build }) => build)).size).toBe(2);
    for (const { files, info } of packages) {
      expect(files.map(({ path }) => path)).toEqual([
        'bin/fast',
        'include/python3.12/fast/fast.h',
        'lib/python3.12/site-packages/fast-1.0.dist-info/INSTALLER',
        'lib/python3.12/site-packages/fast-1.0.dist-info/METADATA',
        'lib/python3.12/site-packages/fast-1.0.dist-info/RECORD',
        'lib/python3.12/site-packages/fast-1.0.dist-info/WHEEL',
        'lib/python3.12/site-packages/fast-1.0.dist-info/entry_points.txt',
        'lib/python3.12/site-packages/fast/__init__.py',
        'lib/python3.12/site-packages/fast/_fast.cpython-312-darwin.so',
      ]);
      expect(files[0]).toMatchObject({ isExecutable: true, hasPrefix: true });
      expect(JSON.parse(String(info.get('index.json'))).depends).toEqual([
        'python >=3.12,<3.13.0a0',
        'python_abi 3.12.* *_cp312',
        '__osx >=10.13',
      ]);
      expect(info.has('link.json')).toBe(false);
    }
  });

  test('Windows: where its Python looks', async () => {
    const [pkg] = await packagesOf({
      name: 'fast',
      tag: 'cp311-cp311-win_amd64',
      files: { ...FAST, 'fast/_fast.pyd': 'compiled', 'DIST.data/scripts/run.bat': '@echo\n' },
    });
    expect(pkg?.subdir).toBe('win-64');
    expect(pkg?.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['Lib/site-packages/fast/_fast.pyd', 'Scripts/run.bat']),
    );
    expect(JSON.parse(String(pkg?.info.get('index.json')))).toMatchObject({
      arch: 'x86_64',
      platform: 'win',
      depends: ['python >=3.11,<3.12.0a0', 'python_abi 3.11.* *_cp311'],
    });
  });

  test('Windows: a command needs a launcher, which no wheel has', async () => {
    const wheel: TestWheel = { name: 'fast', tag: 'cp311-cp311-win_amd64', files: { ...FAST, ...COMMAND } };
    await expect(buildOne(wheel)).rejects.toThrow(/the command fast .* launcher[\s\S]*--from=recipe/);
  });

  test.each(['cp311-cp311-musllinux_1_2_x86_64', 'cp313-cp313t-manylinux_2_17_x86_64'])(
    '%s: conda has none',
    async (tag) => {
      await expect(buildOne({ name: 'fast', tag, files: FAST })).rejects.toThrow(/makes no conda package/);
    },
  );
});

describe.skipIf(!hasCompiler || process.platform !== 'linux')('a recipe with native code', () => {
  const RECIPE = `package:
  name: fast
  version: "1.0"
source:
  path: .
build:
  number: 4
  script:
    - cc -shared -fPIC -I$($PYTHON -c "import sysconfig; print(sysconfig.get_path('include'))") fast.c -o _fast.so
    - mkdir -p $SP_DIR/fast
    - mv _fast.so $SP_DIR/fast/_fast$($PYTHON -c "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))")
    - cp __init__.py $SP_DIR/fast
  python:
    entry_points:
      - fast = fast:main
requirements:
  host:
    - python
  run:
    - python
    - python_abi
tests:
  - python:
      imports:
        - fast
      pip_check: false
`;

  test('is compiled, tested, published and installed', async () => {
    const workspace = builtWorkspace([{ name: 'fast' }]);
    const write = (name: string, text: string) => writeFileSync(join(workspace.root, 'libs/fast', name), text);
    write('recipe.yaml', RECIPE);
    write('fast.c', FAST_C);
    write('__init__.py', FAST['fast/__init__.py']);
    const { files } = await build(workspace, 'fast', { from: 'recipe', channels: [await pythonChannel()] });
    expect(files).toMatchObject([{ subdir: 'linux-64', index: { name: 'fast', build_number: 4 } }]);
    const folder = join(temporaryFolder(), 'channel');
    const { outcomes } = await publish(workspace, folder);
    expect(outcomes[0]?.problems).toEqual([]);
    const { prefix, problems } = await install(folder, 'fast', OFFER);
    expect(problems).toEqual([]);
    expect(runIn(prefix, 'fast')).toBe('42');
    expect(existsSync(join(prefix, 'conda-meta'))).toBe(true);
  });

  test('keeps the number that it states, whatever a publication asks for', async () => {
    const workspace = builtWorkspace([{ name: 'fast' }]);
    await expect(build(workspace, 'fast', { from: 'recipe', buildNumber: 5 })).rejects.toThrow(
      /set build.number there/,
    );
  });
});
