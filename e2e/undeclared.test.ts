/** A repository whose manifests declare nothing: what a change selects and executes follows from the imports, in both of Nx's affected modes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPackage, uvWorkspace } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

/** app -> lib -> base by imports; lib's tests use fake; app knows typed for type checkers only; other stands alone. */
const FILES = {
  ...uvWorkspace([]),
  ...aPackage('libs/base', 'base'),
  ...aPackage('libs/lib', 'lib'),
  'libs/lib/src/lib/work.py': 'from base import call\n',
  ...aPackage('libs/app', 'app'),
  'libs/app/src/app/main.py':
    'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import typed\n\n\ndef run():\n    import lib.work\n\n    return lib.work\n',
  'libs/app/tests/test_main.py': 'from app.main import run\n\n\ndef test_run():\n    assert run().call() == "base"\n',
  ...aPackage('libs/fake', 'fake'),
  'libs/lib/tests/test_with_fake.py': 'import fake\n\n\ndef test_fake():\n    assert fake.call() == "fake"\n',
  ...aPackage('libs/typed', 'typed'),
  ...aPackage('libs/other', 'other'),
};

describe.each([
  ['task-grained', 'false'],
  ['legacy', 'true'],
])('nothing declared, affected %s', (_mode, legacy) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace({ files: FILES });
    workspace.env.NX_LEGACY_AFFECTED = legacy;
    await workspace.run('uv', 'lock', '--quiet');
    await workspace.commit('Lock');
    await workspace.nx('run-many -t test');
  });
  afterAll(() => workspace?.dispose());

  /** Edits, asks which tests execute, and takes the edit back. */
  const executed = async (edit: () => unknown) => {
    await edit();
    await workspace.commit('An edit');
    const verdicts = await workspace.tasks('affected -t test --base=HEAD~1 --head=HEAD');
    await workspace.git('reset', '--hard', '--quiet', 'HEAD~1');
    return Object.keys(verdicts)
      .filter((task) => verdicts[task] === 'executed' && task.endsWith(':test'))
      .sort();
  };
  const edited = (name: string) =>
    executed(() => workspace.append(`libs/${name}/src/${name}/__init__.py`, '\nX = 1\n'));

  test('a module: the tests of all that run with it', async () => {
    expect(await edited('base')).toEqual(['app:test', 'base:test', 'lib:test']);
    expect(await edited('lib')).toEqual(['app:test', 'lib:test']);
    expect(await edited('other')).toEqual(['other:test']);
  });

  test('what only tests import: those tests', async () => {
    expect(await edited('fake')).toEqual(['fake:test', 'lib:test']);
  });

  test('what only type checkers see: the tests of who states it', async () => {
    expect(await edited('typed')).toEqual(['app:test', 'typed:test']);
  });

  test('a new import leads to the package at once', async () => {
    expect(await executed(() => workspace.append('libs/lib/src/lib/work.py', 'import other\n'))).toEqual([
      'app:test',
      'lib:test',
    ]);
    const both = async () => {
      workspace.append('libs/lib/src/lib/work.py', 'import other\n');
      await workspace.commit('An import');
      workspace.append('libs/other/src/other/__init__.py', '\nY = 2\n');
    };
    expect(await executed(both)).toEqual(['app:test', 'lib:test', 'other:test']);
    await workspace.git('reset', '--hard', '--quiet', 'HEAD~1');
  });

  test('the graph has the edges', async () => {
    await workspace.nx('graph --file=graph.json');
    const { graph } = JSON.parse(workspace.read('graph.json')) as {
      graph: { dependencies: Record<string, { target: string; type: string }[]> };
    };
    workspace.remove('graph.json');
    expect(graph.dependencies.lib?.map(({ target, type }) => `${type} ${target}`).sort()).toEqual([
      'static base',
      'static fake',
    ]);
  });
});
