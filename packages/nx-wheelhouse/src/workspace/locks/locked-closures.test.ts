/** Which lock a package is under, what of it counts for which purpose, and what is said when that cannot be known. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolPrograms } from '../../../testing/tools.js';
import { project, removeFolders, workspaceWith } from '../../../testing/workspace-folder.js';
import type { Workspace } from '../workspace.js';
import { lockedClosures } from './locked-closures.js';

afterAll(removeFolders);

const locksOf = (workspace: Workspace) =>
  Object.fromEntries([...lockedClosures(workspace).byPackage].map(([folder, { lock }]) => [folder, lock]));
const warningsOf = (workspace: Workspace) =>
  lockedClosures(workspace).warnings.map(({ file, line, message }) => `${file}:${line ?? ''}: ${message}`);
/** By `package purpose`. */
const digestsOf = (workspace: Workspace): Record<string, string> =>
  Object.fromEntries(
    [...lockedClosures(workspace).byPackage].flatMap(([folder, { closures }]) =>
      closures.map(({ purpose, digest }) => [`${folder} ${purpose}`, digest]),
    ),
  );
/** What an edit of a file of the workspace changes. */
const changedBy = (workspace: Workspace, file: string, edit: (text: string) => string): string[] => {
  const before = digestsOf(workspace);
  const path = join(workspace.root, file);
  const text = readFileSync(path, 'utf8');
  expect(edit(text)).not.toBe(text);
  writeFileSync(path, edit(text));
  const after = digestsOf(workspace);
  writeFileSync(path, text);
  return Object.keys(before)
    .filter((key) => before[key] !== after[key])
    .sort();
};
const bump = (name: string, version: string, to: string) => (text: string) =>
  text.replace(`name = "${name}"\nversion = "${version}"`, `name = "${name}"\nversion = "${to}"`);

const lockWithUv = ({ root }: Workspace) => {
  for (const [program, ...args] of [
    ['git', 'init', '--quiet'],
    [join(toolPrograms, 'uv'), 'lock', '--quiet'],
  ] as const) {
    const { status, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
};

const poetryLock = (...packages: string[]) => `${packages.join('\n')}\n[metadata]\nlock-version = "2.1"\n`;
const poetryEntry = (name: string, version: string, more = '') =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\nfiles = []\n${more}`;

describe('the lock of a package', () => {
  test('is its own, that of its uv workspace, or one further up that is there for it', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["uv/*"]\n',
      'uv.lock': 'version = 1\n',
      'requirements.txt': 'idna==3.7\n    # via -r requirements.in\n',
      'uv/member/pyproject.toml': project('member'),
      'uv/member/poetry.lock': poetryLock(),
      'poetry/pyproject.toml': project('in-poetry'),
      'poetry/poetry.lock': poetryLock(poetryEntry('sub', '1', '[package.source]\ntype = "directory"\nurl = "sub"\n')),
      'poetry/sub/pyproject.toml': project('sub'),
      'poetry/other/pyproject.toml': project('other'),
      'pdm/pyproject.toml': project('in-pdm'),
      'pdm/pdm.lock': '[metadata]\nlock_version = "4.5.0"\n',
      'pylock/pyproject.toml': project('in-pylock'),
      'pylock/pylock.toml': 'lock-version = "1.0"\npackages = []\n',
      'pip/pyproject.toml': project('in-pip', { dependencies: ['idna'] }),
      'wish/pyproject.toml': project('wish', { dependencies: ['six'] }),
      'wish/requirements.txt': 'six>=1\n',
    });
    expect(locksOf(workspace)).toEqual({
      'uv/member': 'uv.lock',
      poetry: 'poetry/poetry.lock',
      'poetry/sub': 'poetry/poetry.lock',
      pdm: 'pdm/pdm.lock',
      pylock: 'pylock/pylock.toml',
      pip: 'requirements.txt',
    });
  });
});

describe('a lock without projects of its own', () => {
  const files = {
    'a/pyproject.toml': project('a', { dependencies: ['one'] }, '[project.optional-dependencies]\nx = ["two"]\n'),
    'a/poetry.lock': poetryLock(
      poetryEntry('one', '1.0', '[package.dependencies]\nthree = "*"\n'),
      poetryEntry('two', '2.0'),
      poetryEntry('three', '3.0'),
      poetryEntry('four', '4.0'),
    ),
  };

  test('is walked from what the manifest requires', () => {
    const workspace = workspaceWith(files);
    expect(changedBy(workspace, 'a/poetry.lock', bump('two', '2.0', '2.1'))).toEqual(['a extra:x', 'a test']);
    expect(changedBy(workspace, 'a/poetry.lock', bump('three', '3.0', '3.1'))).toEqual([
      'a extra:x',
      'a run',
      'a test',
    ]);
    expect(changedBy(workspace, 'a/poetry.lock', bump('four', '4.0', '4.1'))).toEqual([]);
    expect(warningsOf(workspace)).toEqual([]);
  });

  test('is walked through extras that take in others', () => {
    const extras = '[project.optional-dependencies]\nx = ["one"]\nall = ["a[x]"]\n';
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', {}, extras),
      'a/poetry.lock': poetryLock(poetryEntry('one', '1.0')),
    });
    expect(changedBy(workspace, 'a/poetry.lock', bump('one', '1.0', '1.1'))).toEqual([
      'a extra:all',
      'a extra:x',
      'a test',
    ]);
  });

  test('is walked through packages of the workspace that it does not hold', () => {
    const workspace = workspaceWith({
      'requirements.txt': 'one==1.0\n    # via -r x\ntwo==2.0\n    # via -r x\nthree==3.0\n    # via one\n',
      'a/pyproject.toml': project('a', { dependencies: ['one'] }),
      'b/pyproject.toml': project('b', { dependencies: ['a', 'two'] }),
    });
    const of = (from: string, to: string) => changedBy(workspace, 'requirements.txt', (text) => text.replace(from, to));
    expect(of('three==3.0', 'three==3.1')).toEqual(['a run', 'a test', 'b run', 'b test']);
    expect(of('two==2.0', 'two==2.1')).toEqual(['b run', 'b test']);
    expect(warningsOf(workspace)).toEqual([]);
  });

  test('counts as a whole, and says so, where a requirement is known to running code only', () => {
    const workspace = workspaceWith({
      'a/setup.py': 'from setuptools import setup\nsetup(name="a", version="1", install_requires=compute())\n',
      'a/pdm.lock': '[[package]]\nname = "x"\nversion = "1.0"\n[metadata]\nlock_version = "4.5.0"\n',
    });
    expect(changedBy(workspace, 'a/pdm.lock', bump('x', '1.0', '1.1'))).toEqual(['a run', 'a test']);
    expect(warningsOf(workspace)).toEqual([expect.stringMatching(/^a\/setup\.py:.*without running code/)]);
  });
});

describe('a lock that does not say which package needs which', () => {
  test('counts as a whole for the packages that share it, and says so once', () => {
    const workspace = workspaceWith({
      'requirements.txt': 'one==1.0\ntwo==2.0\n',
      'a/pyproject.toml': project('a', { dependencies: ['one'] }),
      'b/pyproject.toml': project('b', { dependencies: ['two'] }),
    });
    expect(changedBy(workspace, 'requirements.txt', (text) => text.replace('two==2.0', 'two==2.1'))).toEqual([
      'a run',
      'a test',
      'b run',
      'b test',
    ]);
    expect(
      changedBy(workspace, 'requirements.txt', (text) => `# sorted\n${text.split('\n').reverse().join('\n')}`),
    ).toEqual([]);
    expect(warningsOf(workspace)).toEqual([
      expect.stringContaining('requirements.txt:1: this does not say what it is there for'),
    ]);
  });

  test('is installed by markers where it is one package’s own', () => {
    const entry = (name: string, more = '') => `[[packages]]\nname = "${name}"\nversion = "1.0"\n${more}\n`;
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: ['one'] }, '[project.optional-dependencies]\nx = ["two"]\n'),
      'a/pylock.toml': `lock-version = "1.0"\nextras = ["x"]\n${entry('one')}${entry('two', `marker = "'x' in extras"`)}`,
    });
    expect(changedBy(workspace, 'a/pylock.toml', bump('two', '1.0', '1.1'))).toEqual(['a extra:x', 'a test']);
    expect(changedBy(workspace, 'a/pylock.toml', bump('one', '1.0', '1.1'))).toEqual(['a extra:x', 'a run', 'a test']);
    expect(warningsOf(workspace)).toEqual([]);
  });
});

describe('a closure that cannot be known is the whole lock, with a line that says why', () => {
  const uv = (name: string, more = '') =>
    `[[package]]\nname = "${name}"\nversion = "1.0"\nsource = { registry = "https://index.example" }\n${more}`;
  const uvProject = (name: string, needs: string) =>
    `[[package]]\nname = "${name}"\nversion = "1.0"\nsource = { editable = "." }\ndependencies = [{ name = "${needs}" }]\n`;
  const pdm = (...entries: string[]) => `${entries.join('')}[metadata]\nlock_version = "4.5.0"\n`;
  const pdmEntry = (name: string, needs = '') =>
    `[[package]]\nname = "${name}"\nversion = "1.0"\ndependencies = [${needs}]\n`;
  const pylock = (...entries: string[]) => `lock-version = "1.0"\n${entries.join('')}`;
  const pylockEntry = (name: string, needs = '') => `[[packages]]\nname = "${name}"\nversion = "1.0"\n${needs}`;
  const script = 'from setuptools import setup\nsetup(name="a", version="1", install_requires=compute())\n';
  const manifest = { 'a/pyproject.toml': project('a', { dependencies: ['one'] }) };

  test.each<[string, string, string, Record<string, string>, RegExp]>([
    [
      'uv.lock',
      'without the project',
      `version = 1\n${uvProject('b', 'one')}${uv('one')}${uv('far')}`.replace('"."', '"../b"'),
      manifest,
      /^a\/pyproject\.toml.*a\/uv\.lock does not have this project/,
    ],
    [
      'uv.lock',
      'with an edge to nothing',
      `version = 1\n${uvProject('a', 'one')}${uv('one', 'dependencies = [{ name = "gone" }]\n')}${uv('far')}`,
      manifest,
      /gone/,
    ],
    [
      'poetry.lock',
      'beside a setup.py that computes',
      poetryLock(poetryEntry('far', '1.0')),
      { 'a/setup.py': script },
      /^a\/setup\.py:.*without running code/,
    ],
    [
      'poetry.lock',
      'with an edge to nothing',
      poetryLock(poetryEntry('one', '1.0', '[package.dependencies]\ngone = "*"\n'), poetryEntry('far', '1.0')),
      manifest,
      /gone/,
    ],
    [
      'pdm.lock',
      'beside a setup.py that computes',
      pdm(pdmEntry('far')),
      { 'a/setup.py': script },
      /^a\/setup\.py:.*without running code/,
    ],
    ['pdm.lock', 'with an edge to nothing', pdm(pdmEntry('one', '"gone"'), pdmEntry('far')), manifest, /gone/],
    [
      'pylock.toml',
      'shared, without edges',
      pylock(pylockEntry('one'), pylockEntry('far')),
      manifest,
      /^pylock\.toml.*does not say which package needs which/,
    ],
    [
      'pylock.toml',
      'shared, with an edge to nothing',
      pylock(pylockEntry('one', 'dependencies = [{ name = "gone" }]\n'), pylockEntry('far')),
      manifest,
      /gone/,
    ],
    [
      'requirements.txt',
      'shared, without `# via`',
      'one==1.0\nfar==1.0\n',
      manifest,
      /^requirements\.txt:1: this does not say/,
    ],
    [
      'requirements.txt',
      'shared, beside a setup.py that computes',
      'one==1.0\n    # via a\nfar==1.0\n    # via b\n',
      { 'a/setup.py': script },
      /^a\/setup\.py:.*without running code/,
    ],
  ])('%s %s', (lock, how, text, files, why) => {
    const path = how.startsWith('shared') ? lock : `a/${lock}`;
    const workspace = workspaceWith({ ...files, [path]: text });
    const bumped = changedBy(workspace, path, (before) =>
      before.replace(/(far==|name = "far"\nversion = ")1\.0/, '$11.1'),
    );
    expect(bumped).toEqual(['a run', 'a test']);
    expect(warningsOf(workspace)).toEqual([expect.stringMatching(why)]);
  });
});

describe('a lock that is older than the manifest', () => {
  test.each([
    ['two', 'a/pyproject.toml:4: two is required, which a/poetry.lock does not have: until you run `poetry lock`'],
    [
      'one>=2',
      'a/pyproject.toml:4: one>=2 is required, which a/poetry.lock has in 1.0 only: until you run `poetry lock`',
    ],
  ])('is reported, and counts as a whole: %s', (requirement, message) => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: [requirement] }),
      'a/poetry.lock': poetryLock(poetryEntry('one', '1.0'), poetryEntry('far', '1.0')),
    });
    expect(warningsOf(workspace)).toEqual([expect.stringContaining(message)]);
    expect(changedBy(workspace, 'a/poetry.lock', bump('far', '1.0', '1.1'))).toEqual(['a run', 'a test']);
  });

  test.each(['one', 'one>=1,<2', 'one ; python_version < "3"', 'absent ; python_version < "3"', 'a[x]'])(
    'is not supposed where it is up to date: %s',
    (requirement) => {
      const workspace = workspaceWith({
        'a/pyproject.toml': project('a', { dependencies: [requirement] }),
        'a/poetry.lock': poetryLock(poetryEntry('one', '1.0')),
      });
      expect(warningsOf(workspace)).toEqual([]);
    },
  );
});

test.each([
  ['uv.lock', 'version = 1\n[[package]]\nname = "a"\nversion = "1.0"\nsource = { editable = "." }\n', '`uv lock`'],
  ['poetry.lock', poetryLock(poetryEntry('one', '1.0')), '`poetry lock`'],
  ['pdm.lock', '[[package]]\nname = "one"\nversion = "1.0"\n[metadata]\nlock_version = "4.5.0"\n', '`pdm lock`'],
  ['pylock.toml', 'lock-version = "1.0"\n[[packages]]\nname = "one"\nversion = "1.0"\n', 'lock again'],
  ['requirements.txt', 'one==1.0\n', 'compile the requirements again'],
])('%s that is older than the manifest is reported with what mends it', (lock, text, mending) => {
  const workspace = workspaceWith({ 'a/pyproject.toml': project('a', { dependencies: ['two'] }), [`a/${lock}`]: text });
  expect(warningsOf(workspace)).toEqual([
    expect.stringMatching(
      `^a/pyproject.toml:4: two is required, which a/${lock} does not have: until you .*${mending}`,
    ),
  ]);
});

test.each([
  ['requirements-test.txt', 'two==2.0\n'],
  ['hatch.toml', '[envs.default]\ndependencies = ["two"]\n'],
])('what only %s requires is in no lock, and not missing there', (file, text) => {
  const workspace = workspaceWith({
    'a/pyproject.toml': project('a', { dependencies: ['one'] }),
    'a/poetry.lock': poetryLock(poetryEntry('one', '1.0')),
    [`a/${file}`]: text,
  });
  expect(warningsOf(workspace)).toEqual([]);
});

test('a source other than an index takes the place of the versions that are asked for', () => {
  const workspace = workspaceWith({
    'a/pyproject.toml': project('a', { dependencies: ['one==2.0.dev'] }),
    'a/uv.lock':
      'version = 1\n[[package]]\nname = "a"\nversion = "1.0"\nsource = { editable = "." }\ndependencies = [{ name = "one" }]\n' +
      '[[package]]\nname = "one"\nversion = "1.0"\nsource = { git = "https://index.example/one?rev=main#1234" }\n',
  });
  expect(warningsOf(workspace)).toEqual([]);
});

test('extras and groups that a lock was not made for are not missing in it', () => {
  const workspace = workspaceWith({
    'a/pyproject.toml': project('a', {}, '[project.optional-dependencies]\nx = ["one"]\ny = ["two"]\n'),
    'a/pdm.lock':
      '[[package]]\nname = "one"\nversion = "1.0"\n[metadata]\nlock_version = "4.5.0"\ngroups = ["default", "x"]\n',
  });
  expect(warningsOf(workspace)).toEqual([]);
  expect(changedBy(workspace, 'a/pdm.lock', bump('one', '1.0', '1.1'))).toEqual(['a extra:x', 'a test']);
});

describe('a lock that cannot be read', () => {
  test.each([
    ['uv.lock', 'version = 2\n', 'a/uv.lock:1: its format version is 2; known here: 1.x'],
    [
      'poetry.lock',
      '[metadata]\nlock-version = "3.0"\n',
      'a/poetry.lock:2: its format version is 3.0; known here: 1.x and 2.x',
    ],
    ['pdm.lock', 'x = = 1\n', 'a/pdm.lock:1: this is not TOML'],
  ])('is one warning, and counts as a whole: %s', (name, text, message) => {
    const workspace = workspaceWith({ 'a/pyproject.toml': project('a'), [`a/${name}`]: text });
    expect(warningsOf(workspace)).toEqual([expect.stringContaining(message)]);
    expect(changedBy(workspace, `a/${name}`, (before) => `${before}# more\n`)).toEqual(['a run', 'a test']);
  });
});

test('a lock of uv is not older than a manifest that names what no environment or no distribution of the lock has', () => {
  const workspace = workspaceWith({
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["a", "b"]\n',
    'a/pyproject.toml': project('a', {
      'requires-python': '>=3.8',
      dependencies: ["idna>=3; python_version >= '3.9'", "idna<3; python_version < '3.9'", 'click[no-such-extra]'],
    }),
    'b/pyproject.toml': project('b', { 'requires-python': '>=3.9' }),
  });
  lockWithUv(workspace);
  expect(warningsOf(workspace)).toEqual([]);
});

describe('the tests of a uv workspace', () => {
  let workspace: Workspace;
  const ofBump = (name: string) =>
    changedBy(workspace, 'uv.lock', (text) => text.replace(new RegExp(`(name = "${name}"\\nversion = ")`), '$19.'));
  beforeAll(() => {
    workspace = workspaceWith({
      'pyproject.toml':
        '[tool.uv.workspace]\nmembers = ["a", "b"]\n[dependency-groups]\ndev = ["pytest", "ruff", "mypy", "types-six", "six"]\n',
      'a/pyproject.toml': project('a', { 'requires-python': '>=3.9', dependencies: ['idna'] }),
      'a/tests/test_a.py': '# ruff: noqa\n',
      'b/pyproject.toml': project(
        'b',
        { 'requires-python': '>=3.9', dependencies: ['click'] },
        '[dependency-groups]\ntest = ["pytest-mock", "tomli-w", "flake8"]\n',
      ),
      'b/tests/test_b.py': 'subprocess.run(["ruff", "check"])\n',
    });
    lockWithUv(workspace);
  }, 60_000);

  test('are those of its users where a distribution is bumped', () => {
    expect(ofBump('idna')).toEqual(['a run', 'a test']);
    expect(ofBump('click')).toEqual(['b run', 'b test']);
    expect(ofBump('tomli-w')).toEqual(['b test']);
  });

  test('are all where pytest, what it needs, or a plugin of any member is', () => {
    for (const name of ['pytest', 'pluggy', 'pytest-mock']) expect(ofBump(name), name).toEqual(['a test', 'b test']);
  });

  test('are all where a library of the root’s groups is, and of its programs those that a package names', () => {
    expect(ofBump('six')).toEqual(['a test', 'b test']);
    expect(ofBump('ruff')).toEqual(['b test']);
    expect(ofBump('mypy')).toEqual([]);
    expect(ofBump('flake8')).toEqual([]);
    expect(ofBump('types-six')).toEqual([]);
  });

  test('are not told from one another by a lock that is older than a manifest', () => {
    const manifest = join(workspace.root, 'a', 'pyproject.toml');
    expect(warningsOf(workspace)).toEqual([]);
    const text = readFileSync(manifest, 'utf8').replace('"idna"', '"idna>=99"');
    const stale = workspaceWith({
      'pyproject.toml': readFileSync(join(workspace.root, 'pyproject.toml'), 'utf8'),
      'uv.lock': readFileSync(join(workspace.root, 'uv.lock'), 'utf8'),
      'a/pyproject.toml': text,
      'b/pyproject.toml': readFileSync(join(workspace.root, 'b', 'pyproject.toml'), 'utf8'),
      'c/pyproject.toml': project('c'),
    });
    expect(warningsOf(stale)).toEqual([
      expect.stringMatching(/^a\/pyproject\.toml:5: idna>=99 is required, which uv\.lock has in [\d.]+ only/),
    ]);
  });
});
