/** From wheels to installed conda packages: our writer, a folder as channel, py-rattler's solver and installer. */
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  build,
  buildOne,
  channelWith,
  EVERYTHING,
  expectEverythingRuns,
  publish,
} from '../../testing/conda/channels.js';
import {
  builtWorkspace,
  install,
  removeTemporaryFolders,
  runIn,
  temporaryFolder,
  useTools,
} from '../../testing/conda/tools.js';
import { findPython } from '../../testing/environments.js';
import { findInterpreter } from '../toolchain/interpreter.js';

beforeAll(useTools);
afterAll(removeTemporaryFolders);

describe('a conda package', () => {
  test('installs, imports and runs: commands, scripts, data files, headers, licences', async () => {
    const channel = await channelWith([EVERYTHING]);
    const commands = [
      ['demo', 'demo', 'main'],
      ['demo-gui', 'demo', 'gui'],
    ];
    const { prefix, installed, problems } = await install(channel, 'my-pkg-demo', { imports: ['demo'], commands });
    expect(problems).toEqual([]);
    expect(installed.map(([name, version]) => `${name} ${version}`)).toContain('my-pkg-demo 1.2.0rc1');
    expectEverythingRuns(prefix);
    expect(existsSync(join(prefix, 'include/my-pkg-demo/demo.h'))).toBe(true);
    const program = `
from importlib.metadata import distribution
import hashlib, base64
one = distribution('my-pkg-demo')
print(one.version, one.read_text('INSTALLER').strip())
for file in one.files:
    content = file.locate().read_bytes()
    if file.hash: assert file.hash.value == base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode(), file
`;
    expect(runIn(prefix, 'python', '-c', program)).toBe('1.2.0rc1 conda');
  });

  test('carries what the metadata say', async () => {
    const { record, folder } = await buildOne(EVERYTHING);
    const [file] = record.files;
    expect(file?.index).toMatchObject({
      name: 'my-pkg-demo',
      version: '1.2.0rc1',
      build_number: 0,
      noarch: 'python',
      subdir: 'noarch',
      license: 'MIT',
      timestamp: Date.UTC(2020, 1, 2),
      depends: ['python >=3.6'],
    });
    expect(file?.about).toEqual({
      description: 'The description.',
      dev_url: 'https://index.example/source',
      home: 'https://index.example/home',
      license: 'MIT',
      summary: 'A package with everything',
    });
    expect(readdirSync(join(folder, 'noarch'))).toEqual([file?.filename]);
  });

  test('is the same bytes in another folder, at another time, in another zone', async () => {
    const one = await buildOne(EVERYTHING, { archive: 'both' });
    const zone = process.env.TZ;
    process.env.TZ = 'Pacific/Apia';
    const workspace = builtWorkspace([EVERYTHING]);
    utimesSync(join(workspace.root, 'libs/My_Pkg.Demo/pyproject.toml'), 1, 1);
    const other = await build(workspace, EVERYTHING.name, { archive: 'both' });
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    expect(other.files).toEqual(one.record.files);
  });

  const pythons = ['3.9', '3.13'].map(findPython).filter((path) => path !== undefined);
  test.skipIf(pythons.length < 2)('is the same bytes with another Python', async () => {
    const records = [];
    for (const python of pythons) {
      const workspace = builtWorkspace([EVERYTHING]);
      writeFileSync(join(workspace.root, '.python-version'), `${python}\n`);
      const request = { request: undefined, folder: workspace.root, requiresPython: undefined };
      expect(dirname((await findInterpreter(request)).path)).toBe(dirname(python));
      records.push((await build(workspace, EVERYTHING.name, { archive: 'both' })).files);
    }
    expect(records[1]).toEqual(records[0]);
  });

  test('takes its times from SOURCE_DATE_EPOCH', async () => {
    process.env.SOURCE_DATE_EPOCH = '1700000000';
    const { record } = await buildOne({ name: 'alpha' });
    delete process.env.SOURCE_DATE_EPOCH;
    expect(record.files[0]?.index.timestamp).toBe(1_700_000_000_000);
  });

  test.each(['1.0', '1.0.post1', '1.0.dev3', '1.0+local.1', '1!2.0', '2024.1.0b2'])(
    'of version %s installs',
    async (version) => {
      const channel = await channelWith([{ name: 'alpha', version }]);
      const { installed } = await install(channel, `alpha ==${version}`, { imports: ['alpha'] });
      expect(installed.map(([name, found]) => [name, found])).toContainEqual(['alpha', version]);
    },
  );

  test('keeps a licence that is no SPDX expression, and long paths', async () => {
    const deep = `alpha/${'deep/'.repeat(40)}module.py`;
    const { record, workspace } = await buildOne({
      name: 'alpha',
      metadata: ['License: Our own terms'],
      files: { 'alpha/__init__.py': '', [deep]: 'X = 1\n' },
    });
    expect(record.files[0]?.index.license).toBe('Our own terms');
    const folder = join(temporaryFolder(), 'channel');
    await publish(workspace, folder);
    const { prefix } = await install(folder, 'alpha');
    expect(
      runIn(
        prefix,
        'python',
        '-c',
        'import glob, sys; print(len(glob.glob(sys.prefix + "/**/module.py", recursive=True)))',
      ),
    ).toBe('1');
  });

  test('comes in two variants where platform markers ask for it', async () => {
    const { record } = await buildOne({
      name: 'alpha',
      metadata: ['Requires-Dist: colorama; sys_platform == "win32"'],
      settings: '[tool.nx-wheelhouse.conda]\nplatform-variants = true\n',
    });
    expect(record.files.map(({ index }) => index.depends)).toEqual([
      ['python', '__unix'],
      ['python', '__win', 'colorama'],
    ]);
    expect(new Set(record.files.map(({ filename }) => filename)).size).toBe(2);
  });

  test('of two variants is installed in the one for the platform', async () => {
    const channel = await channelWith([
      {
        name: 'alpha',
        metadata: ['Requires-Dist: nowhere-at-all; sys_platform == "win32"', 'Requires-Dist: beta; os_name == "posix"'],
        settings: '[tool.nx-wheelhouse.conda]\nplatform-variants = true\n',
      },
      { name: 'beta' },
    ]);
    const { installed, problems } = await install(channel, 'alpha', { imports: ['alpha', 'beta'] });
    expect(problems).toEqual([]);
    expect(installed.map(([name]) => name)).toContain('beta');
  });
});

describe('a conda package is refused', () => {
  test.each([
    ['a compiled module in a wheel for any platform', { 'alpha/fast.so': '' }, 'alpha/fast.so is compiled'],
    ['a file in a place of conda itself', { 'DIST.data/data/conda-meta/x.json': '' }, 'conda-meta/x.json is a place'],
    ['two files of one place', { 'alpha.py': '', 'DIST.data/purelib/alpha.py': '' }, 'two files'],
    ['an unknown kind of data', { 'DIST.data/other/x': '' }, 'no folder of this kind'],
  ])('for %s', async (_, files, message) => {
    await expect(buildOne({ name: 'alpha', files })).rejects.toThrow(message);
  });

  test('for a path that leads out of the wheel', async () => {
    await expect(buildOne({ name: 'alpha', files: { '../evil.py': '' } })).rejects.toThrow('evil.py');
  });

  test('for requirements without a conda form, naming all of them and the way out', async () => {
    const metadata = [
      'Requires-Dist: requests[socks]',
      'Requires-Dist: tomli; python_version < "3.11"',
      'Requires-Dist: a @ https://index.example/a.whl',
    ];
    await expect(buildOne({ name: 'alpha', metadata })).rejects.toThrow(
      /requests\[socks\][\s\S]*extras[\s\S]*tomli[\s\S]*marker[\s\S]*a @[\s\S]*URL[\s\S]*tool\.nx-wheelhouse\.conda\.dependencies/,
    );
  });

  test('for a wheel that is not the built one', async () => {
    const workspace = builtWorkspace([{ name: 'alpha' }]);
    writeFileSync(join(workspace.root, 'libs/alpha/dist/alpha-1.0-py3-none-any.whl'), 'other');
    await expect(build(workspace, 'alpha')).rejects.toThrow('not the one that was built');
  });
});

describe('settings', () => {
  test('name the package and its dependencies, siblings by their own names', async () => {
    const workspace = builtWorkspace([
      {
        name: 'alpha',
        siblings: ['beta'],
        metadata: ['Requires-Dist: requests[socks]', 'Requires-Dist: torch>=2'],
        settings:
          '[tool.nx-wheelhouse.conda]\nname = "alpha-py"\nbuild-number = 3\n' +
          '[tool.nx-wheelhouse.conda.names]\ntorch = "pytorch-cpu"\n' +
          '[tool.nx-wheelhouse.conda.dependencies]\n"requests[socks]" = ["requests", "pysocks"]\n',
      },
      { name: 'beta', settings: '[tool.nx-wheelhouse.conda]\nname = "beta-py"\n' },
    ]);
    const { files } = await build(workspace, 'alpha');
    expect(files[0]?.filename).toMatch(/^alpha-py-1\.0-.*_3\.conda$/);
    expect(files[0]?.index.depends).toEqual(['python', 'beta-py', 'pysocks', 'pytorch-cpu >=2', 'requests']);
    expect((await build(workspace, 'alpha', { buildNumber: 5 })).files[0]?.filename).toMatch(/_5\.conda$/);
  });

  test.each([
    ['build-number = -1', 'a whole number'],
    ['name = "No Name"', 'a conda package name'],
    ['speling = 1', 'is no setting'],
    ['dependencies = { a = "b ==1.*" }', 'a match specification'],
  ])('%s is refused with its line', async (line, message) => {
    const settings = `[tool.nx-wheelhouse.conda]\n${line}\n`;
    await expect(buildOne({ name: 'alpha', settings })).rejects.toThrow(message);
    await expect(buildOne({ name: 'alpha', settings })).rejects.toThrow(/libs\/alpha\/pyproject\.toml:7/);
  });
});
