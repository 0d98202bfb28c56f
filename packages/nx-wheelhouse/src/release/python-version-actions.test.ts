/** What Nx asks of a package, on its virtual file tree; the whole of `nx release` is tested in e2e/release.test.ts. */
import type { ProjectGraph, Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, test } from 'vitest';
import { PythonVersionActions } from './python-version-actions.js';

type Parameters3 = ConstructorParameters<typeof PythonVersionActions>;
type FinalConfig = Parameters3[2];

const node = (name: string, root: string) => ({ name, type: 'lib' as const, data: { root } });
const graph: ProjectGraph = {
  nodes: { 'project-a': node('project-a', 'libs/a'), b: node('b', 'libs/b') },
  dependencies: {},
};

async function actionsFor(tree: Tree, root: string, config: Partial<FinalConfig> = {}) {
  const final = {
    currentVersionResolver: 'disk',
    manifestRootsToUpdate: [],
    preserveMatchingDependencyRanges: true,
    preserveLocalDependencyProtocols: true,
    adjustSemverBumpsForZeroMajorVersion: true,
    ...config,
  } as unknown as FinalConfig;
  const actions = new PythonVersionActions({} as Parameters3[0], node('b', root), final);
  await actions.init(tree);
  return actions;
}

function treeWith(files: Readonly<Record<string, string>>): Tree {
  const tree = createTreeWithEmptyWorkspace();
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return tree;
}

const withDependencies = (lines: string) => `[project]\nname = "b"\nversion = "1.0"\n${lines}\n`;
const pyproject = 'libs/b/pyproject.toml';

describe('requirements on a sibling', () => {
  const sibling = { 'libs/a/pyproject.toml': '[project]\nname = "Dist.A"\nversion = "1.0"\n' };
  const update = async (lines: string, version: string, config: Partial<FinalConfig> = {}) => {
    const tree = treeWith({ ...sibling, [pyproject]: withDependencies(lines) });
    const actions = await actionsFor(tree, 'libs/b', config);
    const messages = await actions.updateProjectDependencies(tree, graph, { 'project-a': version });
    return { messages, text: tree.read(pyproject, 'utf8') };
  };

  test('are found by the name of the distribution, in every table', async () => {
    const before =
      'dependencies = ["dist-a==1.0", "other==1.0"]\n[project.optional-dependencies]\nx = ["DIST_A==1.0"]\n[dependency-groups]\nt = ["dist.a==1.0"]\nd = [{ include-group = "t" }]';
    const { text, messages } = await update(before, '=1.1.0-rc.0');
    expect(text).toBe(withDependencies(before.replaceAll(/(dist.a)==1\.0/gi, '$1==1.1.0rc0')));
    expect(messages).toHaveLength(3);
  });

  test('that admit the version stay, unless Nx is told otherwise', async () => {
    const before = 'dependencies = ["dist-a>=1.0"]\n[dependency-groups]\nt = ["dist-a>=1.0"]';
    expect((await update(before, '1.1.0')).text).toBe(withDependencies(before));
    expect((await update(before, '1.1.0', { preserveMatchingDependencyRanges: false })).text).toBe(
      withDependencies(before.replaceAll('>=1.0', '>=1.1.0')),
    );
    expect((await update(before, '1.1.0', { preserveMatchingDependencyRanges: ['devDependencies'] })).text).toBe(
      withDependencies(before.replace('>=1.0', '>=1.1.0')),
    );
  });

  test('that exclude it are a mistake, with file, line and fix', async () => {
    await expect(update('dependencies = [\n  "dist-a<1.1",\n]', '1.1.0')).rejects.toThrow(
      /"dist-a<1\.1" excludes dist-a 1\.1\.0, which this release makes\.\n {2}at project b, libs\/b\/pyproject\.toml:5\nFix: write a specifier/,
    );
  });

  test('without a version, and on others, are none', async () => {
    const tree = treeWith({ ...sibling, [pyproject]: withDependencies('dependencies = ["dist-a", "other==1.0"]') });
    const actions = await actionsFor(tree, 'libs/b');
    expect(await actions.readCurrentVersionOfDependency(tree, graph, 'project-a')).toEqual({
      currentVersion: null,
      dependencyCollection: null,
    });
  });
});

describe('the version', () => {
  const vcs = {
    [pyproject]:
      '[project]\nname = "b"\ndynamic = ["version"]\n[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n[tool.hatch.version]\nsource = "vcs"\n',
  };

  test('is read as SemVer from a package without pyproject.toml', async () => {
    const tree = treeWith({ 'libs/b/setup.py': "from setuptools import setup\nsetup(name='b', version='1.0rc1')\n" });
    const actions = await actionsFor(tree, 'libs/b');
    await actions.validate(tree);
    expect(await actions.readCurrentVersionFromSourceManifest(tree)).toEqual({
      currentVersion: '1.0.0-rc.1',
      manifestPath: 'libs/b/setup.py',
    });
  });

  test('of tags is written nowhere, and said to be', async () => {
    const tree = treeWith(vcs);
    const actions = await actionsFor(tree, 'libs/b', { currentVersionResolver: 'git-tag' });
    expect(await actions.updateProjectVersion(tree, '1.1.0')).toEqual([
      expect.stringContaining('Nothing to write for 1.1.0'),
    ]);
    expect(tree.read(pyproject, 'utf8')).toBe(vcs[pyproject]);
    // the fallback of a first release
    expect(await actions.readCurrentVersionFromSourceManifest(tree)).toMatchObject({ currentVersion: '0.0.0' });
  });

  test('that is put together is a mistake, with file, line and fix', async () => {
    const tree = treeWith({
      'libs/b/setup.py': "from setuptools import setup\nv = (1, 0)\nsetup(name='b', version='.'.join(map(str, v)))\n",
    });
    const actions = await actionsFor(tree, 'libs/b');
    await expect(actions.updateProjectVersion(tree, '1.1.0')).rejects.toThrow(
      /The version 1\.1\.0 cannot be written.*\n {2}at project b, libs\/b\/setup\.py:3\nFix: state the version/,
    );
  });

  test.each([
    ['1.0.0', 'minor', '', '1.1.0'],
    ['0.3.0', 'major', '', '0.4.0'],
    ['1.1.0-beta.1', 'prerelease', 'b', '1.1.0-beta.2'],
    ['1!1.0', '2.0', '', '2.0.0'],
    [null, '2.0rc1', '', '2.0.0-rc.1'],
  ])('%s, %s %s: %s', async (current, input, preid, expected) => {
    const actions = await actionsFor(treeWith(vcs), 'libs/b');
    expect((await actions.calculateNewVersion(current, input, 'USER_SPECIFIER', {}, preid)).newVersion).toBe(expected);
  });

  test.each([
    ['1!1.0', 'minor', ''],
    ['1.0.0', 'prerelease', ''],
    ['1.0.0', 'prerelease', 'canary'],
  ])('%s cannot take the step %s %s', async (current, input, preid) => {
    const actions = await actionsFor(treeWith(vcs), 'libs/b');
    await expect(actions.calculateNewVersion(current, input, 'USER_SPECIFIER', {}, preid)).rejects.toThrow('project b');
  });
});
