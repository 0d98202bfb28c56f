/** What cannot be read: one clear warning with file and line, and all other packages stay. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folderWith, project, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { listFiles } from './files.js';
import { withImportEdges } from './import-edges.js';
import { leftOutNames } from './left-out-files.js';
import { lockedClosures } from './locks/locked-closures.js';
import { filesByPackage } from './ownership.js';
import { readWorkspace } from './read.js';

afterAll(removeFolders);

const GOOD = project('good', { dependencies: ['bad'] });

/** The packages and all warnings of a workspace with a good package and whatever `spoil` makes of `bad`. */
function readWith(files: Readonly<Record<string, string>>, spoil: (bad: string) => void = () => {}) {
  const root = folderWith({ 'good/pyproject.toml': GOOD, 'bad/pyproject.toml': project('bad'), ...files });
  spoil(join(root, 'bad'));
  return readIn(root);
}

function readIn(root: string) {
  const workspace = workspaceIn(root);
  const warnings = [...workspace.warnings, ...lockedClosures(workspace).warnings];
  return {
    good: workspace.packages.get('good')?.project,
    bad: workspace.packages.has('bad') ? 'a package' : workspace.broken.has('bad') ? 'broken' : 'nothing',
    warnings: warnings.map(({ file, line, message }) => `${file}:${line ?? ''} ${message}`),
  };
}

const bad = (text: string) => ({ 'bad/pyproject.toml': text });
const setuptools = (...more: string[]) =>
  `[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "bad"\nversion = "1"\n${more.join('\n')}\n`;

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['not TOML', bad('[project]\nname = "bad\n'), /^bad\/pyproject\.toml:2 /],
  ['a name that is none', bad('[project]\nname = "-bad"\n'), /^bad\/pyproject\.toml:2 "-bad" is not a valid name/],
  [
    'no INI',
    { 'bad/setup.cfg': '[metadata]\nname = bad\nno value\n', 'bad/pyproject.toml': '' },
    /^bad\/setup\.cfg:3 /,
  ],
])('%s breaks its package', (_, files, warning) => {
  const { good, bad: found, warnings } = readWith(files);
  expect({ good, found }).toEqual({ good: 'good', found: 'broken' });
  expect(warnings).toEqual([expect.stringMatching(warning)]);
});

test.each([
  ['uv.lock', 'version = 1\n# \xe4\n'],
  ['requirements.txt', 'six==1.0\n# \xe4\n'],
])('%s with bytes that are not UTF-8 is named with their line', (lock, text) => {
  const read = readWith({}, (folder) => writeFileSync(join(folder, lock), Buffer.from(text, 'latin1')));
  expect(read).toMatchObject({ good: 'good', bad: 'a package' });
  expect(read.warnings).toEqual([expect.stringMatching(`^bad/${lock}:2 ${lock} is not UTF-8; every change of it`)]);
});

test.each<[string, () => Buffer]>([
  ['in UTF-16, as PowerShell writes it', () => Buffer.from('\uFEFFgood\nsix\n', 'utf16le')],
  ['in an encoding that it names', () => Buffer.from('# coding: latin-1 \xe4\ngood\nsix\n', 'latin1')],
])('a requirements file %s is read as pip reads it', (_, bytes) => {
  const root = folderWith({ 'good/pyproject.toml': project('good'), 'bad/pyproject.toml': project('bad') });
  writeFileSync(join(root, 'bad/requirements-test.txt'), bytes());
  const { packages } = workspaceIn(root);
  expect(packages.get('bad')?.siblings).toMatchObject([{ to: 'good', kind: 'group:test' }]);
});

test('bytes that are not UTF-8 are named with their line', () => {
  const read = readWith({}, (folder) =>
    writeFileSync(join(folder, 'pyproject.toml'), Buffer.from('[project]\nname = "b\xe4d"\n', 'latin1')),
  );
  expect(read).toMatchObject({ good: 'good', bad: 'broken' });
  expect(read.warnings).toEqual(['bad/pyproject.toml:2 pyproject.toml is not UTF-8']);
});

test.skipIf(process.platform === 'win32')('links in a circle, as a manifest and as a folder', () => {
  const read = readWith({}, (folder) => {
    rmSync(join(folder, 'pyproject.toml'));
    symlinkSync('pyproject.toml', join(folder, 'pyproject.toml'));
    symlinkSync('..', join(folder, 'up'));
  });
  expect(read).toMatchObject({ good: 'good', bad: 'broken' });
  expect(read.warnings).toEqual(['bad/pyproject.toml: pyproject.toml cannot be read (ELOOP)']);
});

test.skipIf(process.platform === 'win32')('a pipe in the place of a manifest, which nobody waits for', () => {
  const root = folderWith({ 'good/pyproject.toml': GOOD, 'bad/setup.cfg': '[metadata]\nname = bad\n' });
  expect(spawnSync('mkfifo', [join(root, 'bad', 'pyproject.toml')]).status).toBe(0);
  const { packages, broken } = readWorkspace(root, ['bad/pyproject.toml', 'bad/setup.cfg', 'good/pyproject.toml']);
  expect([...packages.keys(), ...broken.keys()]).toEqual(['bad', 'good']);
});

// Other systems have no such names.
test.runIf(process.platform === 'linux').each(['without git', 'untracked', 'tracked'])(
  'files whose names are not UTF-8, %s: one warning',
  (state) => {
    const root = folderWith({ 'good/pyproject.toml': project('good'), 'good/caf\uFFFD.txt': '', 'tests/data.txt': '' });
    const bytes = (path: string) => Buffer.from(join(root, path), 'latin1');
    for (const path of ['good/na\xefve.py', 'good/tests/caf\xe9.txt', 'tests/\xe9.txt']) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(bytes(path), '');
    }
    if (state !== 'without git') spawnSync('git', ['init', '--quiet'], { cwd: root });
    if (state === 'tracked') spawnSync('git', ['add', '.'], { cwd: root });
    const workspace = workspaceIn(root);
    expect([...workspace.packages.keys()]).toEqual(['good']);
    expect(leftOutNames(root, filesByPackage(workspace, listFiles(root)))).toEqual([
      {
        file: 'good/na\uFFFDve.py',
        line: undefined,
        message: expect.stringContaining('its name is not UTF-8, nor are those of others (1): rename it'),
      },
    ]);
  },
);

test.skipIf(process.platform === 'win32')('a lock that is a link in a circle, or a folder', () => {
  const circle = readWith({}, (folder) => symlinkSync('uv.lock', join(folder, 'uv.lock')));
  expect(circle).toMatchObject({ good: 'good', bad: 'a package' });
  expect(circle.warnings).toEqual([expect.stringMatching(/^bad\/uv\.lock: uv\.lock cannot be read \(ELOOP\);/)]);
  expect(readWith({ 'bad/uv.lock/file': '' })).toMatchObject({ good: 'good', bad: 'a package', warnings: [] });
});

describe.skipIf(process.geteuid === undefined)('what may not be read', () => {
  const isRoot = process.geteuid?.() === 0;
  const imports = { 'good/good.py': 'import bad\n', 'good/closed.py': 'import bad\n', 'bad/bad.py': '' };
  const withImports = (root: string) => withImportEdges(workspaceIn(root), listFiles(root));

  /** Does something in a workspace in which one path is closed to everybody. */
  const withClosed = async <T>(files: Readonly<Record<string, string>>, path: string, act: (root: string) => T) => {
    const root = folderWith({ 'good/pyproject.toml': GOOD, 'bad/pyproject.toml': project('bad'), ...files });
    for (const each of [root, join(root, 'good'), join(root, 'bad')]) chmodSync(each, 0o755);
    chmodSync(join(root, path), 0o000);
    // root may read everything.
    if (isRoot) process.seteuid?.(65_534);
    try {
      return await act(root);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(join(root, path), 0o755);
    }
  };

  test('a manifest breaks its package', async () => {
    const read = await withClosed({}, 'bad/pyproject.toml', readIn);
    expect(read).toMatchObject({ good: 'good', bad: 'broken' });
    expect(read.warnings).toEqual(['bad/pyproject.toml: pyproject.toml cannot be read (EACCES)']);
  });

  test.each(['uv.lock', 'requirements.txt'])('%s counts as a whole', async (lock) => {
    const read = await withClosed({ [`bad/${lock}`]: 'six==1.0\n' }, `bad/${lock}`, readIn);
    expect(read).toMatchObject({ good: 'good', bad: 'a package' });
    expect(read.warnings).toEqual([
      `bad/${lock}: ${lock} cannot be read (EACCES); every change of it now counts for every package under it`,
    ]);
  });

  test('a module imports nothing that is known', async () => {
    const { packages, warnings } = await withClosed(imports, 'good/closed.py', withImports);
    expect(packages.get('good')?.siblings.map(({ kind }) => kind)).toEqual(['runtime']);
    expect(warnings).toEqual([
      { file: 'good/closed.py', line: undefined, message: 'cannot be read (EACCES): what it imports is not known' },
    ]);
  });

  test('a folder holds nothing', async () => {
    const { packages } = await withClosed({ ...imports, 'bad/closed/module.py': '' }, 'bad/closed', withImports);
    expect([...packages.keys()]).toEqual(['bad', 'good']);
  });
});

const LONG = `x${'>=1,'.repeat(2_500_000)}`;

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['in a manifest', bad(setuptools(`dependencies = ["${LONG}"]`)), 'bad/pyproject.toml:7 '],
  [
    'in a requirements file',
    {
      ...bad(
        setuptools('dynamic = ["dependencies"]', '[tool.setuptools.dynamic]', 'dependencies = { file = "r.txt" }'),
      ),
      'bad/r.txt': `six\n${LONG}\n`,
    },
    'bad/r.txt:2 ',
  ],
])('a requirement of 10 MB %s is left out, in one short line', (_, files, place) => {
  const read = readWith(files);
  expect(read).toMatchObject({ good: 'good', bad: 'a package' });
  expect(read.warnings).toEqual([expect.stringContaining('is too long for a requirement')]);
  expect(read.warnings[0]?.startsWith(place)).toBe(true);
  expect(read.warnings[0]?.length).toBeLessThan(500);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  [
    'by itself',
    {
      ...bad(
        setuptools('dynamic = ["dependencies"]', '[tool.setuptools.dynamic]', 'dependencies = { file = "r.txt" }'),
      ),
      'bad/r.txt': 'six\n-r ./r.txt\n',
    },
    'bad/r.txt:2 r.txt includes itself',
  ],
  [
    'through another',
    { 'bad/requirements-test.txt': '-r more/one.txt\n', 'bad/more/one.txt': 'six\n\n-r ../requirements-test.txt\n' },
    'bad/more/one.txt:3 requirements-test.txt includes itself through more/one.txt',
  ],
])('a file that includes itself %s', (_, files, warning) => {
  const read = readWith(files);
  expect(read).toMatchObject({ good: 'good', bad: 'a package' });
  expect(read.warnings).toEqual([warning]);
});

test('groups that include one another', () => {
  const groups = '[dependency-groups]\na = [{ include-group = "b" }]\nb = [{ include-group = "a" }]\n';
  const read = readWith(bad(project('bad', {}, groups)));
  expect(read).toMatchObject({ good: 'good', bad: 'a package' });
  expect(read.warnings).toEqual(['bad/pyproject.toml:7 the group "a" includes itself: a -> b -> a']);
});

test('two packages with one name: each says where the other one is', () => {
  const read = readWith({ 'other/pyproject.toml': project('bad') });
  expect(read).toMatchObject({ good: 'good', bad: 'a package' });
  expect(read.warnings).toEqual([
    expect.stringMatching(/^bad\/pyproject\.toml:2 the name bad is also that of other;/),
    expect.stringMatching(/^other\/pyproject\.toml:2 the name bad is also that of bad;/),
  ]);
});

test('packages of one name whose folders make one name too', () => {
  const read = readWith({ 'a/b/pyproject.toml': project('bad'), 'a-b/pyproject.toml': project('bad') });
  expect(read.warnings.map((warning) => /project is called (.*)$/.exec(warning)?.[1])).toEqual([
    'a-b',
    'a/b/bad',
    'bad',
  ]);
});

test.each([
  ['uv.lock', '# by uv\nversion = 99\n', 2],
  ['poetry.lock', '[metadata]\nlock-version = "99.0"\n', 2],
  ['pdm.lock', '[metadata]\nlock_version = "99.0"\n', 2],
  ['pylock.toml', 'lock-version = "99.0"\n', 1],
  ['uv.lock', 'version = 1\n[[package]\n', 2],
  ['uv.lock', '', 1],
  ['uv.lock', 'version = 1\n[[package]]\nname = "a"\n[[package]]\nversion = "1"\n', 4],
  ['poetry.lock', '[[package]]\nname = "a"\ndependencies = 1\n[metadata]\nlock-version = "2.1"\n', 1],
  ['pdm.lock', '[metadata]\nlock_version = "4.5"\n[[package]]\nname = "a"\ndependencies = ["=="]\n', 3],
  ['pylock.toml', 'lock-version = "1.0"\npackages = [\n  { name = 5 },\n]\n', 3],
])('%s of a later version, or broken, counts as a whole', (lock, text, line) => {
  const read = readWith({ [`bad/${lock}`]: text });
  expect(read).toMatchObject({ good: 'good', bad: 'a package' });
  expect(read.warnings).toEqual([expect.stringMatching(`^bad/${lock}:${line} .*every change of it now counts`)]);
});
