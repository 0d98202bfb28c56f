/** What clients that we do not build with make of our packages and channels. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  build,
  buildOne,
  channelWith,
  EVERYTHING,
  expectEverythingRuns,
  publish,
} from '../../testing/conda/channels.js';
import { oldConda, python36, serveFolder } from '../../testing/conda/clients.js';
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
import { indexChannel } from './channels/directory.js';

beforeAll(useTools);
afterAll(removeTemporaryFolders);

test('conda-package-handling reads packages, in both forms alike', async () => {
  const { record, folder } = await buildOne(EVERYTHING, { archive: 'both' });
  const program = `
import sys, pathlib, conda_package_handling.api as api
for name in sys.argv[2:]:
    target = pathlib.Path(sys.argv[1], name.replace('.', '_'))
    api.extract(str(pathlib.Path(sys.argv[1], 'noarch', name)), str(target))
    print(sorted((str(path.relative_to(target)), path.read_bytes().hex(), path.stat().st_mode & 0o111 != 0) for path in target.rglob('*') if path.is_file()))
`;
  const names = record.files.map(({ filename }) => filename);
  expect(names.map((name) => name.replace(/^.*_0/, ''))).toEqual(['.conda', '.tar.bz2']);
  const [conda, tarBz2] = runPython('-c', program, folder, ...names)
    .trim()
    .split('\n');
  expect(conda).toContain('info/licenses/LICENSE');
  expect(tarBz2).toBe(conda);
});

describe.skipIf(python36 === undefined)('conda 4.3, which reads .tar.bz2 only', () => {
  test('installs what needs something else, and runs it; upgrades by build number; removes all of it', async () => {
    const dependent = { name: 'alpha', siblings: ['My_Pkg.Demo'], version: '1.0+local.1' };
    const channel = await channelWith([dependent, EVERYTHING], { archive: 'tar.bz2' });
    const conda = oldConda(python36!, [pathToFileURL(channel).href]);
    // Into a path with blanks it installs nothing that has modules to compile.
    const prefix = join(temporaryFolder('nx-wheelhouse-conda-'), 'prefix');
    conda.run('create', '--yes', '--quiet', '--prefix', prefix, 'alpha');
    expect(conda.run('list', '--prefix', prefix)).toMatch(/alpha +1\.0\+local\.1[\s\S]*my-pkg-demo +1\.2\.0rc1/);
    expect(runIn(prefix, 'python', '-c', 'import alpha; print(alpha.VERSION)')).toBe('1.0+local.1');
    expectEverythingRuns(prefix);
    const newer = builtWorkspace([{ ...dependent, siblings: [], files: { 'alpha.py': 'NEW = 1\n' } }]);
    await build(newer, 'alpha', { archive: 'tar.bz2', buildNumber: 1 });
    expect((await publish(newer, channel)).outcomes[0]?.problems).toEqual([]);
    conda.run('update', '--yes', '--quiet', '--prefix', prefix, 'alpha');
    expect(runIn(prefix, 'python', '-c', 'import alpha; print(alpha.NEW)')).toBe('1');
    conda.run('remove', '--yes', '--quiet', '--prefix', prefix, 'my-pkg-demo', 'alpha');
    expect(conda.run('list', '--prefix', prefix)).not.toMatch(/alpha|my-pkg-demo/);
    expect(() => statSync(join(prefix, 'etc/demo.conf'))).toThrow();
  });
});

describe("the solver that conda's community has for JavaScript", () => {
  const { simpleSolve } = createRequire(import.meta.url)('@conda-org/rattler') as typeof import('@conda-org/rattler');

  test('finds a package and what it needs, by either form', async () => {
    for (const archive of ['conda', 'tar.bz2'] as const) {
      const packages = [
        { name: 'alpha', siblings: ['beta'] },
        { name: 'beta', version: '1!2.0.post1' },
      ];
      const server = await serveFolder(await channelWith(packages, { archive }));
      const python = await serveFolder(new URL(await pythonChannel()).pathname);
      const solved = await simpleSolve(['alpha'], [server.url, python.url], ['linux-64', 'noarch'], undefined);
      server.close();
      python.close();
      expect(solved.map(({ packageName, version }) => [packageName, version])).toEqual(
        expect.arrayContaining([
          ['alpha', '1.0'],
          ['beta', '1!2.0.post1'],
        ]),
      );
    }
  });
});

describe('a client with a cache', () => {
  test('takes the new bytes of a file that someone replaced under its name', async () => {
    const folder = await channelWith([{ name: 'alpha' }]);
    const cache = join(temporaryFolder(), 'cache');
    await install(folder, 'alpha', { imports: ['alpha'], cache });
    const other = await channelWith([{ name: 'alpha', files: { 'alpha.py': 'NEW = 1\n' } }]);
    const [name = ''] = Object.keys(repodataOf(folder));
    writeFileSync(join(folder, 'noarch', name), readFileSync(join(other, 'noarch', name)));
    await indexChannel(folder, folder);
    const { prefix } = await install(folder, 'alpha', { cache });
    expect(runIn(prefix, 'python', '-c', 'import alpha; print(alpha.NEW)')).toBe('1');
  });
});
