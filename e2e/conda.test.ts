/** The conda route through Nx: inferred targets, the cache, the channel of the workspace, a real installer. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { toolPrograms } from './harness/install.js';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const CONDA = '[tool.nx-wheelhouse.conda]\n';
const python = join(toolPrograms, process.platform === 'win32' ? 'python.exe' : 'python');
const makePython = join(import.meta.dirname, '..', 'packages', 'nx-wheelhouse', 'testing', 'conda', 'make_python.py');

describe('the conda route', () => {
  let workspace: Workspace;
  afterEach(() => workspace?.dispose());

  const targetsOf = async (project: string) =>
    Object.keys((await workspace.json<{ targets: object }>(`show project ${project}`)).targets);

  test('is there for packages that ask for it, by settings, by a recipe, or all', async () => {
    const recipe = { 'c/meta.yaml': 'package:\n  name: c\n  version: 0.1.0\n' };
    const files = { ...aPackage('a', 'a'), ...aPackage('b', 'b', { extra: CONDA }), ...aPackage('c', 'c'), ...recipe };
    workspace = await aWorkspace({ files });
    expect(await targetsOf('a')).not.toContain('conda-build');
    expect(await targetsOf('b')).toEqual(expect.arrayContaining(['conda-build', 'conda-publish']));
    expect(await targetsOf('c')).toEqual(expect.arrayContaining(['conda-build', 'conda-publish']));
    workspace.write('d/pyproject.toml', '[project]\nname = "d"\nversion = "1"\n\n[tool.uv]\npackage = false\n');
    const options = { conda: true, condaPublishTargetName: 'ship' };
    workspace.write('nx.json', JSON.stringify({ plugins: [{ plugin: 'nx-wheelhouse', options }] }));
    expect(await targetsOf('a')).toEqual(expect.arrayContaining(['conda-build', 'ship']));
    // One that makes no wheel has nothing to make a conda package of.
    expect(await targetsOf('d')).not.toContain('conda-build');
  });

  test('leads from sources to an installed package, and comes from the cache the second time', async () => {
    workspace = await aWorkspace({
      files: { ...aPackage('a', 'a', { dependencies: ['b'], extra: CONDA }), ...aPackage('b', 'b', { extra: CONDA }) },
    });
    expect(await workspace.tasks('run a:conda-publish')).toEqual({
      'b:build': 'executed',
      'b:conda-build': 'executed',
      'b:conda-publish': 'executed',
      'a:build': 'executed',
      'a:conda-build': 'executed',
      'a:conda-publish': 'executed',
    });
    workspace.remove('.wheelhouse/a');
    workspace.remove('.wheelhouse/b');
    expect(await workspace.tasks('run-many -t conda-build')).toEqual({
      'b:build': 'local cache',
      'b:conda-build': 'local cache',
      'a:build': 'local cache',
      'a:conda-build': 'local cache',
    });
    // A test goes into the sdist of this backend, and not into the wheel.
    workspace.append('b/tests/test_b.py', '\n# more\n');
    expect(await workspace.tasks('run b:conda-build')).toEqual({
      'b:build': 'executed',
      'b:conda-build': 'local cache',
    });
    // Another interpreter may give another wheel, but has no part in its conda package.
    workspace.write('.python-version', '3\n');
    expect(await workspace.tasks('run b:conda-build')).toEqual({
      'b:build': 'executed',
      'b:conda-build': 'local cache',
    });

    await workspace.nx('g nx-wheelhouse:conda-recipe b');
    expect(workspace.read('b/recipe.yaml')).toContain('path: dist/b-0.1.0-py3-none-any.whl');
    expect(await workspace.tasks('run b:conda-build')).toEqual({ 'b:build': 'executed', 'b:conda-build': 'executed' });

    const scripts = workspace.path('node_modules', 'nx-wheelhouse', 'python');
    const channel = workspace.path('python-channel');
    await workspace.run(python, makePython, channel);
    await workspace.run(python, join(scripts, 'conda_index.py'), channel);
    const order = {
      prefix: workspace.path('prefix'),
      cache: workspace.path('cache'),
      channels: [workspace.path('.wheelhouse', 'channel'), channel],
      spec: 'a',
      imports: ['a', 'b'],
      commands: [],
    };
    const answer = await workspace.run(python, join(scripts, 'conda_install.py'), JSON.stringify(order));
    expect(JSON.parse(answer)).toMatchObject({ problems: [] });
  });
});
