/** Lists of requirements that plugins of build backends make: pbr, hatch's metadata hooks, pip-compile beside them. */
import { expect, test } from 'vitest';
import { lists, packageOf, pyproject, reading, shown, stated, texts } from './testing/folders.js';

const PBR = {
  'setup.py': 'import setuptools\nsetuptools.setup(setup_requires=["pbr>=2.0.0"], pbr=True)\n',
  'setup.cfg':
    '[metadata]\nname = alpha\npython_requires = >=3.9\n[files]\npackages =\n    alpha\n    alpha_more\n' +
    "[extras]\nnet =\n    beta>=1 # why\n    gamma:(python_version>='3.9')\n",
  'requirements.txt':
    '# all of them\nbeta!=2.0,>=1.0 # Apache-2.0\ndelta>=3;python_version<"3.11"\n-e git+https://index.example/x#egg=edited\n',
  'test-requirements.txt': 'pytest>=7\n',
};

test('pbr takes requirements, extras and tests from their files and sections', () => {
  const manifest = packageOf(PBR);
  expect(shown(manifest.name)).toBe('alpha');
  expect(texts(stated(manifest.dependencies))).toEqual([
    'beta!=2.0,>=1.0',
    'delta>=3; python_version < "3.11"',
    'edited',
  ]);
  expect(stated(manifest.dependencies)[1]?.at).toEqual({ file: 'requirements.txt', line: 3 });
  expect(lists(stated(manifest.extras))).toEqual({ net: ['beta>=1', 'gamma; python_version >= "3.9"'] });
  expect(lists(manifest.groups)).toEqual({ test: ['pytest>=7'] });
  expect(shown(manifest.requiresPython)).toBe('>=3.9');
  expect(manifest.version.kind).toBe('dynamic');
  expect(manifest.modules.packed).toEqual([
    { kind: 'module', name: 'alpha', path: 'alpha' },
    { kind: 'module', name: 'alpha_more', path: 'alpha_more' },
  ]);
});

test('a requirements file for Python 3 stands above the other', () => {
  const manifest = packageOf({ ...PBR, 'requirements-py3.txt': 'six\n' });
  expect(texts(stated(manifest.dependencies))).toEqual(['six']);
});

const HATCH =
  '[build-system]\nrequires = ["hatchling", "plugin"]\nbuild-backend = "hatchling.build"\n' +
  '[project]\nname = "a"\nversion = "1"\ndynamic = ["dependencies", "optional-dependencies"]\n';

test('hatch-requirements-txt reads files without what is for pip, also where hatch.toml says so', () => {
  const files = {
    'requirements.txt': '-r more.txt\none>=1 \\\n  --hash=sha256:1\n',
    'more.txt': 'two\n',
    'net.txt': 'three\n',
  };
  const hook = (root: string) =>
    `[${root}metadata.hooks.requirements_txt]\nfiles = ["requirements.txt"]\n[${root}metadata.hooks.requirements_txt.optional-dependencies]\nNet_Extra = ["net.txt"]\n`;
  for (const manifest of [
    pyproject(HATCH + hook('tool.hatch.'), files),
    pyproject(HATCH, { ...files, 'hatch.toml': hook('') }),
    pyproject(HATCH + hook('tool.hatch.').replace('files = ["requirements.txt"]', ''), files),
  ]) {
    expect(texts(stated(manifest.dependencies))).toEqual(['one>=1']);
    expect(lists(stated(manifest.extras))).toEqual({ 'net-extra': ['three'] });
  }
});

test("hatch.toml's tables stand in for those of the manifest, each as a whole", () => {
  const manifest = pyproject(
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\ndynamic = ["version"]\n' +
      '[tool.hatch.version]\npath = "v.py"\n[tool.hatch.build.targets.wheel]\npackages = ["src/a"]\n' +
      '[tool.hatch.build.targets.wheel.hooks.h]\ndependencies = ["h"]\n[tool.hatch.envs.test]\ndependencies = ["pytest"]\n',
    {
      'v.py': '__version__ = "1.2"',
      'hatch.toml': '[build]\npackages = ["lib/a"]\n[envs.docs]\ndependencies = [1, "mkdocs"]\n',
    },
  );
  expect(shown(manifest.version)).toBe('1.2');
  expect(manifest.modules.packed).toEqual([{ kind: 'module', name: 'a', path: 'lib/a' }]);
  expect(texts(manifest.buildSystem.requires)).toEqual(['hatchling']);
  expect(lists(manifest.groups)).toEqual({ docs: ['mkdocs'] });
  expect(manifest.problems).toMatchObject([{ at: { file: 'hatch.toml', line: 4 } }]);
});

test('a template of a plugin of setuptools, in the table of its name, is dynamic, and its names are presumed', () => {
  const manifest = packageOf({
    'pyproject.toml':
      '[build-system]\nrequires = ["setuptools>=64", "setuptools_dynamic_dependencies"]\nbuild-backend = "setuptools.build_meta"\n' +
      '[project]\nname = "a"\nversion = "1"\ndynamic = ["dependencies", "optional-dependencies"]\n' +
      '[tool.setuptools_dynamic_dependencies]\ndependencies = ["beta == {version}", "six>=1"]\n' +
      '[tool.setuptools_dynamic_dependencies.optional-dependencies]\nnet = ["gamma[x] == {version}"]\n' +
      '[tool.other]\ndependencies = ["delta"]\n',
  });
  expect(manifest.dependencies.kind).toBe('dynamic');
  expect(texts(manifest.presumed.dependencies)).toEqual(['beta', 'six>=1']);
  expect(lists(manifest.presumed.extras)).toEqual({ net: ['gamma[x]'] });
});

test('a template of another hook is dynamic, and its names are presumed', () => {
  const manifest = pyproject(
    `${HATCH}[tool.hatch.metadata.hooks.uv-dynamic-versioning]\ndependencies = ["beta[x]=={{ version }}", "six>=1"]\n` +
      '[tool.hatch.metadata.hooks.uv-dynamic-versioning.optional-dependencies]\nnet = ["gamma=={{version}}"]\n',
  );
  expect(manifest.dependencies.kind).toBe('dynamic');
  expect(texts(manifest.presumed.dependencies)).toEqual(['beta[x]', 'six>=1']);
  expect(lists(manifest.presumed.extras)).toEqual({ net: ['gamma'] });
});

test('a hook for the readme leaves the lists to whoever makes them', () => {
  const manifest = pyproject(`${HATCH}[tool.hatch.metadata.hooks.fancy-pypi-readme]\ncontent-type = "text/markdown"\n`);
  expect(manifest.dependencies.kind).toBe('dynamic');
  expect(manifest.presumed.dependencies).toEqual([]);
});

test.each(['test-requirements.in', 'requirements-test.in', 'requirements/test.in'])(
  '%s, which pip-compile starts from, is a group',
  (file) => {
    const manifest = pyproject('[project]\nname = "a"\nversion = "1"\n', { [file]: '-e ../beta#egg=beta\npytest\n' });
    expect(lists(manifest.groups)).toEqual({ test: ['beta', 'pytest'] });
    expect(manifest.sources.get('beta' as never)?.[0]).toMatchObject({ kind: 'path', path: '../beta' });
  },
);

test('what pdm does not distribute is virtual, or no package where it has no name', () => {
  const named = pyproject('[project]\nname = "a"\nversion = "1"\n[tool.pdm]\ndistribution = false\n');
  expect(named.virtual).toBe('`tool.pdm.distribution` is false');
  expect(named.isPrivate).toBe(true);
  const unnamed = reading({
    'pyproject.toml': '[project]\ndependencies = []\n[tool.pdm.dev-dependencies]\ndev = ["six"]\n',
  });
  expect(unnamed).toMatchObject({ kind: 'not-a-package', reason: 'a project of pdm without a name' });
});
