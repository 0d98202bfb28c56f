/** What a change selects and what it executes, in both of Nx's affected modes: a hub, a leaf, a stranger, and the lock. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPackage, uvWorkspace } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const { 'pyproject.toml': root = '' } = uvWorkspace(['hub', 'middle', 'leaf', 'other']);

/** leaf -> middle -> hub; other stands alone and is the only one that uses `idna`. */
const FILES = {
  'pyproject.toml': `${root}[tool.pytest.ini_options]\naddopts = "-q"\n`,
  ...aPackage('libs/hub', 'hub'),
  ...aPackage('libs/middle', 'middle', { dependencies: ['hub'] }),
  ...aPackage('libs/leaf', 'leaf', { dependencies: ['middle'], backend: 'flit' }),
  ...aPackage('libs/other', 'other', {
    dependencies: ['idna'],
    extra: '[tool.hatch.build.targets.sdist.force-include]\n"../../shared" = "shared"\n',
  }),
  'shared/words.txt': 'words\n',
};

/** What a repository of npm packages commonly says, kept off as `nx add` does it. */
const NX_JSON = {
  targetDefaults: {
    build: { dependsOn: ['^build'], inputs: ['default', '^default'] },
    test: { dependsOn: ['build'], inputs: ['default', '^default'] },
    'nx-wheelhouse:dist': {},
    'nx-wheelhouse:test': {},
  },
};

const TASKS = 'affected -t build test';

describe.each([
  ['task-grained', 'false'],
  ['legacy', 'true'],
])('affected, %s', (mode, legacy) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace({ files: FILES, nxJson: NX_JSON });
    workspace.env.NX_LEGACY_AFFECTED = legacy;
    await workspace.run('uv', 'lock', '--quiet', '--upgrade-package', 'idna==3.9');
    await workspace.commit('Lock');
    await workspace.nx('run-many -t build test');
  });
  afterAll(() => workspace?.dispose());

  /** Edits, asks what executes and what is merely selected, and takes the edit back. */
  const change = async (edit: () => unknown) => {
    await edit();
    await workspace.commit('An edit');
    const verdicts = await workspace.tasks(`${TASKS} --base=HEAD~1 --head=HEAD`);
    const named = (wanted: (verdict: string) => boolean) =>
      Object.entries(verdicts)
        .filter(([task, verdict]) => wanted(verdict) && !task.endsWith(':python-lock'))
        .map(([task]) => task)
        .sort();
    await workspace.git('reset', '--hard', '--quiet', 'HEAD~1');
    return { executed: named((verdict) => verdict === 'executed'), selected: named(() => true) };
  };

  test('a module of the leaf: the leaf only', async () => {
    const { executed, selected } = await change(() => workspace.append('libs/leaf/src/leaf/__init__.py', '\nX = 1\n'));
    expect(executed).toEqual(['leaf:build', 'leaf:test']);
    expect(selected).toEqual(['leaf:build', 'leaf:test']);
  });

  test('a module of the hub: its build, and the tests of all that run with it', async () => {
    const { executed } = await change(() => workspace.append('libs/hub/src/hub/__init__.py', '\nX = 1\n'));
    expect(executed).toEqual(['hub:build', 'hub:test', 'leaf:test', 'middle:test']);
  });

  test('a README of the hub: its build only', async () => {
    const { executed } = await change(() => workspace.append('libs/hub/README.md', 'more words\n'));
    expect(executed).toEqual(['hub:build']);
  });

  test('a test of the hub: its test, and its build because its sdist carries tests', async () => {
    const { executed } = await change(() => workspace.append('libs/hub/tests/test_hub.py', '\nX = 1\n'));
    expect(executed).toEqual(['hub:build', 'hub:test']);
  });

  test('a test of a package whose sdist carries no tests: its test only', async () => {
    const { executed } = await change(() => workspace.append('libs/leaf/tests/test_leaf.py', '\nX = 1\n'));
    expect(executed).toEqual(['leaf:test']);
  });

  test('a locked version that one package uses: all under the lock are selected, the test of that one executes', async () => {
    const { executed, selected } = await change(() =>
      workspace.run('uv', 'lock', '--quiet', '--upgrade-package', 'idna==3.10'),
    );
    expect(executed).toEqual(['other:test']);
    expect(selected).toEqual(expect.arrayContaining(['hub:test', 'leaf:test', 'middle:test', 'other:test']));
  });

  test('settings of a linter in the manifest at the root: nothing executes', async () => {
    const { executed } = await change(() => workspace.append('pyproject.toml', '[tool.ruff]\nline-length = 99\n'));
    expect(executed).toEqual([]);
  });

  test('settings of pytest there: every test, no build', async () => {
    const { executed } = await change(() => workspace.append('pyproject.toml', 'testpaths = ["tests"]\n'));
    expect(executed).toEqual(['hub:test', 'leaf:test', 'middle:test', 'other:test']);
  });

  test('.python-version: everything', async () => {
    const { selected } = await change(() => workspace.write('.python-version', '3.11\n'));
    expect(selected).toEqual(['hub', 'leaf', 'middle', 'other'].flatMap((name) => [`${name}:build`, `${name}:test`]));
  });

  test('a file of a folder that one package packs: its build only', async () => {
    const { executed, selected } = await change(() => workspace.append('shared/words.txt', 'more words\n'));
    expect(executed).toEqual(['other:build']);
    expect(selected).toEqual(mode === 'legacy' ? expect.arrayContaining(executed) : executed);
  });

  test('a file of no package: nothing', async () => {
    const { selected } = await change(() => workspace.write('notes.txt', 'words\n'));
    expect(selected).toEqual([]);
  });
});
