/** A channel in a folder: published to, indexed, read by a real solver and installer. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CondaTarget } from '@nx-wheelhouse/python-packaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, buildOne, channelWith, publish, putByHand } from '../../../testing/conda/channels.js';
import {
  builtWorkspace,
  install,
  pythonChannel,
  removeTemporaryFolders,
  repodataOf,
  runIn,
  temporaryFolder,
  useTools,
} from '../../../testing/conda/tools.js';
import { readVerifiedCondaPackages } from '../conda-record.js';
import { directoryChannel, indexChannel } from './directory.js';

beforeAll(useTools);
afterAll(removeTemporaryFolders);

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

  test('gets the next free build number when it is asked for, and says so; the same bytes keep theirs', async () => {
    const folder = await channelWith([{ name: 'alpha' }]);
    const raising = { raiseBuildNumber: true };
    const files = (number: number) => ({ 'alpha.py': `NEW = ${number}\n` });
    for (const number of [1, 2]) {
      const { workspace } = await buildOne({ name: 'alpha', files: files(number) }, { archive: 'both' });
      const { outcomes, warnings } = await publish(workspace, folder, raising);
      expect(outcomes[0]?.files.map(({ filename, state }) => `${filename.replace(/.*_/, '')} ${state}`)).toEqual([
        `${number}.conda uploaded`,
        `${number}.tar.bz2 uploaded`,
      ]);
      expect(warnings).toEqual([`alpha 1.0: build number raised to ${number}, the channel has other bytes under 0`]);
    }
    const { workspace } = await buildOne({ name: 'alpha', files: files(1) });
    const { outcomes } = await publish(workspace, folder, raising);
    expect(outcomes[0]?.files).toMatchObject([
      { filename: expect.stringMatching(/_1\.conda$/), state: 'already there' },
    ]);
    const { prefix } = await install(folder, 'alpha');
    expect(runIn(prefix, 'python', '-c', 'import alpha; print(alpha.NEW)')).toBe('2');
  });

  test('keeps the build number where nothing stands against it', async () => {
    const { workspace } = await buildOne({ name: 'alpha' });
    const { outcomes, warnings } = await publish(workspace, join(temporaryFolder(), 'channel'), {
      raiseBuildNumber: true,
    });
    expect(outcomes[0]?.files).toMatchObject([{ filename: expect.stringMatching(/_0\.conda$/), state: 'uploaded' }]);
    expect(warnings).toEqual([]);
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

  test('lists what is sound though a dependency is none, or a package is for another platform', async () => {
    const folder = await channelWith([{ name: 'alpha' }]);
    const target: CondaTarget = { kind: 'noarch', platforms: 'all' };
    await putByHand(folder, 'noarch', { name: 'beta' }, target, ['python', 'gamma >>1,,']);
    await putByHand(folder, 'linux-64', { name: 'delta' }, target, ['python']);
    const leftOut = await indexChannel(folder, folder);
    expect(leftOut.join('\n')).toMatch(/delta.*is for noarch, not for linux-64[\s\S]*beta.*depends on 'gamma >>1,,'/);
    expect((await install(folder, 'alpha', { imports: ['alpha'] })).problems).toEqual([]);
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
