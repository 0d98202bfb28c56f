/** From wheels to installed conda packages: our writer, a folder as channel, py-rattler's solver and installer. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, buildOne, channelWith, EVERYTHING, publish } from '../../testing/conda/channels.js';
import {
  builtWorkspace,
  install,
  pythonChannel,
  removeTemporaryFolders,
  repodataOf,
  runIn,
  runPython,
  temporaryFolder,
  useTools,
} from '../../testing/conda/tools.js';
import { directoryChannel, indexChannel } from './channels/directory.js';
import { readVerifiedCondaPackages } from './conda-record.js';

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
    expect(runIn(prefix, 'demo')).toBe('main runs');
    expect(runIn(prefix, 'demo-gui')).toBe('gui runs');
    expect(runIn(prefix, 'demo-script')).toBe(`script runs ${prefix}`);
    expect(runIn(prefix, 'demo.sh')).toBe('shell runs');
    expect(statSync(join(prefix, 'bin/demo-script')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(prefix, 'etc/demo.conf'), 'utf8')).toBe('conf');
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

  test('of compiled modules is for its platform and Python', async () => {
    const lines = runPython(
      '-c',
      "import sysconfig, _bisect, sys; print(_bisect.__file__); print('cp%d%d' % sys.version_info[:2])",
    );
    const [library = '', python = ''] = lines.trim().split('\n');
    const channel = await channelWith([
      {
        name: 'fast',
        tag: `${python}-${python}-manylinux_2_17_x86_64.manylinux2014_x86_64`,
        files: {
          'fast/__init__.py': 'from ._bisect import bisect_right\ndef main(): print(bisect_right([1, 2, 3], 2))\n',
          [`fast/${library.split('/').at(-1)}`]: readFileSync(library),
          'DIST.dist-info/entry_points.txt': '[console_scripts]\nfast = fast:main\n',
        },
      },
    ]);
    expect(Object.values(repodataOf(channel, 'linux-64'))).toMatchObject([
      { arch: 'x86_64', platform: 'linux', subdir: 'linux-64' },
    ]);
    const { prefix, problems } = await install(channel, 'fast', {
      imports: ['fast'],
      commands: [['fast', 'fast', 'main']],
    });
    expect(problems).toEqual([]);
    expect(runIn(prefix, 'fast')).toBe('2');
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

describe('a channel in a folder', () => {
  test('is published to with dependencies, once, and again without a change', async () => {
    const packages = [{ name: 'alpha', siblings: ['beta'] }, { name: 'beta' }];
    const workspace = builtWorkspace(packages);
    for (const { name } of packages) await build(workspace, name);
    const folder = join(temporaryFolder(), 'channel');
    expect((await publish(workspace, folder, { dryRun: true })).outcomes.map(({ success }) => success)).toEqual([
      true,
      true,
    ]);
    expect(existsSync(folder)).toBe(false);
    const first = await publish(workspace, folder);
    expect(first.outcomes.map(({ project, files }) => [project, files[0]?.state])).toEqual([
      ['beta', 'uploaded'],
      ['alpha', 'uploaded'],
    ]);
    const again = await publish(workspace, folder);
    expect(again.outcomes.map(({ files }) => files[0]?.state)).toEqual(['already there', 'already there']);
    const { installed } = await install(folder, 'alpha', { imports: ['alpha', 'beta'] });
    expect(installed.map(([name]) => name)).toEqual(expect.arrayContaining(['alpha', 'beta', 'python']));
  });

  test('refuses other bytes under a name that is taken, and then takes nothing at all', async () => {
    const folder = await channelWith([{ name: 'alpha' }]);
    const packages = [{ name: 'alpha', files: { 'alpha.py': 'NEW = 1\n' } }, { name: 'beta' }];
    const workspace = builtWorkspace(packages);
    for (const { name } of packages) await build(workspace, name);
    const { outcomes } = await publish(workspace, folder);
    expect(outcomes.map(({ success }) => success)).toEqual([false, false]);
    expect(outcomes[0]?.problems[0]).toContain('--buildNumber=1');
    expect(Object.keys(repodataOf(folder))).toHaveLength(1);
    await build(workspace, 'alpha', { buildNumber: 1 });
    expect((await publish(workspace, folder)).outcomes.map(({ success }) => success)).toEqual([true, true]);
    const { prefix } = await install(folder, 'alpha');
    expect(runIn(prefix, 'python', '-c', 'import alpha; print(alpha.NEW)')).toBe('1');
  });

  test('takes up a run that was ended before it was indexed', async () => {
    const { workspace } = await buildOne({ name: 'alpha' });
    const [pkg] = readVerifiedCondaPackages(workspace.root, 'alpha', 'libs/alpha').packages;
    const folder = join(temporaryFolder(), 'channel');
    const channel = directoryChannel(folder, workspace.root);
    expect(await channel.put(pkg!)).toEqual({ kind: 'stored' });
    expect((await channel.look([pkg!])).get(pkg!)?.isListed).toBe(false);
    expect((await publish(workspace, folder)).outcomes[0]?.success).toBe(true);
    expect((await channel.look([pkg!])).get(pkg!)?.isListed).toBe(true);
  });

  test('lists what is sound though something else is cut off, misnamed or asks for nonsense', async () => {
    const folder = await channelWith([
      { name: 'alpha' },
      { name: 'beta', files: { 'beta.py': 'X = 1\n'.repeat(2000) } },
    ]);
    const [alpha = '', beta = ''] = Object.keys(repodataOf(folder)).map((name) => join(folder, 'noarch', name));
    const bytes = readFileSync(beta);
    writeFileSync(beta.replace('1.0', '1.1'), bytes.subarray(0, bytes.length / 2));
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(300) ^ 0xff, 300);
    writeFileSync(beta.replace('1.0', '1.2'), damaged);
    writeFileSync(alpha.replace('alpha', 'gamma'), readFileSync(alpha));
    mkdirSync(join(folder, 'linux-64'));
    writeFileSync(join(folder, 'linux-64', 'README.md'), 'no package');
    const leftOut = await indexChannel(folder, folder);
    expect(leftOut.join('\n')).toMatch(
      /beta-1\.1[\s\S]*beta-1\.2[\s\S]*gamma-1\.0.*says of itself that it is alpha-1\.0/,
    );
    expect(Object.keys(repodataOf(folder))).toHaveLength(2);
    expect((await install(folder, 'beta', { imports: ['beta'] })).problems).toEqual([]);
  });

  test('lists the bytes of a file that someone replaced under its name', async () => {
    const folder = await channelWith([{ name: 'alpha' }]);
    const before = Object.entries(repodataOf(folder))[0];
    const other = await channelWith([{ name: 'alpha', files: { 'alpha.py': 'NEW = 1\n' } }]);
    const [name = ''] = before ?? [];
    writeFileSync(join(folder, 'noarch', name), readFileSync(join(other, 'noarch', name)));
    await indexChannel(folder, folder);
    expect(repodataOf(folder)[name]?.sha256).toBe(repodataOf(other)[name]?.sha256);
    expect(repodataOf(folder)[name]?.sha256).not.toBe(before?.[1].sha256);
  });

  test('proves, when asked to, that its packages install and work', async () => {
    const main = '[console_scripts]\nalpha = alpha:main\n';
    const files = { 'alpha/__init__.py': 'def main(): pass\n', 'DIST.dist-info/entry_points.txt': main };
    const broken = {
      'beta/__init__.py': 'import nothing_of_that_name\n',
      'DIST.dist-info/entry_points.txt': main.replaceAll('alpha', 'beta'),
    };
    const packages = [
      { name: 'alpha', files },
      { name: 'beta', files: broken },
      { name: 'gamma', metadata: ['Requires-Dist: nowhere-at-all'] },
    ];
    const workspace = builtWorkspace(packages);
    for (const { name } of packages) await build(workspace, name);
    const installFrom = [await pythonChannel()];
    const { outcomes } = await publish(workspace, join(temporaryFolder(), 'channel'), { installFrom });
    const problems = Object.fromEntries(outcomes.map((outcome) => [outcome.project, outcome.problems.join('\n')]));
    expect(problems.alpha).toBe('');
    expect(problems.beta).toMatch(/import beta: .*nothing_of_that_name[\s\S]*the command beta: /);
    expect(problems.gamma).toMatch(/cannot be installed[\s\S]*nowhere-at-all/);
  });

  test('is published to by many at once', async () => {
    const folder = join(temporaryFolder(), 'channel');
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `many-${letter}`);
    await Promise.all(
      names.map(async (name) => {
        const workspace = builtWorkspace([{ name }]);
        await build(workspace, name);
        expect((await publish(workspace, folder)).outcomes[0]?.problems).toEqual([]);
      }),
    );
    expect(Object.values(repodataOf(folder)).map((entry) => entry.name)).toEqual(names);
  });

  test('works for a solver with nothing but noarch in it', async () => {
    const folder = await channelWith([{ name: 'alpha' }]);
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['noarch']);
    expect(fileURLToPath(directoryChannel(folder, folder).installFrom)).toBe(folder);
    expect((await install(folder, 'alpha', { imports: ['alpha'] })).problems).toEqual([]);
  });
});
