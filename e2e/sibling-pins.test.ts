/** How packages of a workspace require each other in their dists: per workspace, per package, and what a change of a version re-builds. */
import { afterEach, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

let workspace: Workspace;
afterEach(() => workspace?.dispose());

const SETUP_PY = `from setuptools import setup

requirements = ["core" + ">=0.1", "idna"]
setup(
    name="scripted",
    version="1.0",
    py_modules=["scripted"],
    install_requires=requirements,
    extras_require={"fast": ["computed; python_version > '3.8'"]},
)
`;
/** Its version is nothing that can be read. */
const COMPUTED = `import platform
from setuptools import setup

setup(name="computed", version=platform.python_version_tuple()[0] + ".5", py_modules=["computed"])
`;

/** `Requires-Dist` of the wheel, sorted. */
async function requirementsOf(folder: string): Promise<string[]> {
  const [wheel = ''] = workspace.list(`${folder}/dist`).filter((name) => name.endsWith('.whl'));
  const metadata = await workspace.run('unzip', '-p', workspace.path(folder, 'dist', wheel), '*/METADATA');
  return [...metadata.matchAll(/^Requires-Dist: (.*)$/gm)].map(([, text = '']) => text).sort();
}

async function executed(): Promise<string[]> {
  const verdicts = await workspace.tasks('run-many -t build');
  return Object.keys(verdicts)
    .filter((task) => verdicts[task] === 'executed')
    .sort();
}

test('siblings are pinned for all or one package, and only those are built again whose pins change', async () => {
  workspace = await aWorkspace({
    nxJson: { plugins: [{ plugin: 'nx-wheelhouse', options: { siblingPins: 'compatible' } }] },
    files: {
      ...aPackage('core', 'core', { version: '0.1.2' }),
      ...aPackage('app', 'app', {
        dependencies: ['core>=0.1,<1', 'idna'],
        extra: '[project.optional-dependencies]\nfast = ["computed; python_version > \'3.8\'"]\n',
      }),
      ...aPackage('strict', 'strict', {
        dependencies: ['core'],
        extra: '[tool.nx-wheelhouse]\nsibling-pins = "exact"\n',
      }),
      ...aPackage('loose', 'loose', {
        dependencies: ['core'],
        extra: '[tool.nx-wheelhouse]\nsibling-pins = "as-declared"\n',
      }),
      'scripted/setup.py': SETUP_PY,
      'scripted/scripted.py': '',
      'computed/setup.py': COMPUTED,
      'computed/computed.py': '',
    },
  });
  expect(await executed()).toEqual([
    'app:build',
    'computed:build',
    'core:build',
    'loose:build',
    'scripted:build',
    'strict:build',
  ]);
  const fast = 'computed~=3.5; python_version > "3.8" and extra == "fast"';
  expect((await requirementsOf('app')).map(spelt)).toEqual([fast, 'core~=0.1.2', 'idna'].map(spelt).sort());
  expect((await requirementsOf('scripted')).map(spelt)).toEqual([fast, 'core~=0.1.2', 'idna'].map(spelt).sort());
  expect(await requirementsOf('strict')).toEqual(['core==0.1.2']);
  expect(await requirementsOf('loose')).toEqual(['core']);
  expect(await workspace.git('status', '--porcelain')).toBe('');

  workspace.append('core/src/core/__init__.py', '\nX = 1\n');
  expect(await executed()).toEqual(['core:build']);

  // The version that its build tells is the same. Nx looks into no cache for what reads outputs of the same batch, so it is built first.
  workspace.append('computed/computed.py', 'X = 1\n');
  await workspace.nx('run computed:build');
  expect(await executed()).toEqual([]);

  workspace.write('core/pyproject.toml', workspace.read('core/pyproject.toml').replace('0.1.2', '0.1.3'));
  expect(await executed()).toEqual(['app:build', 'core:build', 'scripted:build', 'strict:build']);
  expect(await requirementsOf('strict')).toEqual(['core==0.1.3']);

  workspace.write('computed/setup.py', COMPUTED.replace('.5', '.6'));
  expect(await executed()).toEqual(['app:build', 'computed:build', 'scripted:build']);
  expect((await requirementsOf('scripted')).join()).toContain('3.6');
});

/** Backends put quotes and spaces as they like. */
function spelt(requirement: string): string {
  return requirement.replaceAll(/[()\s]/g, '').replaceAll("'", '"');
}
