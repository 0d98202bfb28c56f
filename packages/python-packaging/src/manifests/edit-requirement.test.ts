/** Edits of requirements in manifests: the wanted words change, every other byte stays. */
import { describe, expect, test } from 'vitest';
import { parseSpecifierSet } from '../versions/specifiers.js';
import { parseVersion, type Version } from '../versions/version.js';
import { moveRequirement, setSpecifiers } from './edit.js';
import type { DeclaredRequirement } from './manifest.js';
import { betaProject, folderOf, packageOf } from './testing/folders.js';

type Files = Readonly<Record<string, string>>;

describe('a requirement', () => {
  const declared = (files: Files, name: string): DeclaredRequirement => {
    const { dependencies, extras, groups, buildSystem } = packageOf(files);
    const all = [
      dependencies.kind === 'static' ? dependencies.value : [],
      ...(extras.kind === 'static' ? extras.value.values() : []),
      ...groups.values(),
      buildSystem.requires,
    ].flat();
    const found = all.find(({ requirement }) => requirement.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const move = (files: Files, version: string) =>
    moveRequirement(folderOf(files), declared(files, 'alpha'), parseVersion(version) as Version);

  const cases: [string, Files, string, string, string][] = [
    [
      '[project], beside another one with the same specifiers on its line',
      {
        'pyproject.toml': betaProject(
          'version = "1"\ndependencies = ["gamma >= 1.0 , < 2", "alpha[x] >= 1.0 , < 2 ; python_version > \'3.8\'"]',
        ),
      },
      'pyproject.toml',
      'alpha[x] >= 1.0 , < 2',
      'alpha[x] >= 2.0.1 , < 3',
    ],
    [
      'an extra',
      {
        'pyproject.toml': betaProject(
          'version = "1"\n[project.optional-dependencies]\nfast = [\n  "alpha~=1.0", # why\n]',
        ),
      },
      'pyproject.toml',
      'alpha~=1.0',
      'alpha~=2.0',
    ],
    [
      'a group that another one includes',
      {
        'pyproject.toml': betaProject(
          'version = "1"\n[dependency-groups]\ntest = ["alpha==1.0"]\ndev = [{include-group = "test"}]',
        ),
      },
      'pyproject.toml',
      'alpha==1.0',
      'alpha==2.0.1',
    ],
    [
      'build-system.requires',
      {
        'pyproject.toml':
          '[build-system]\nrequires = ["hatchling", "alpha==1.0"]\nbuild-backend = "hatchling.build"\n[project]\nname = "beta"\nversion = "1.0"\n',
      },
      'pyproject.toml',
      'alpha==1.0',
      'alpha==2.0.1',
    ],
    [
      "poetry's caret",
      {
        'pyproject.toml':
          '[tool.poetry]\nname = "beta"\nversion = "1.0"\n[tool.poetry.dependencies]\ngamma = "^1.0"\nalpha = {version = "^1.0", path = "../alpha"}\n',
      },
      'pyproject.toml',
      'alpha = {version = "^1.0"',
      'alpha = {version = "^2.0"',
    ],
    [
      "poetry's tilde in a table of its own",
      {
        'pyproject.toml':
          '[tool.poetry]\nname = "beta"\nversion = "1.0"\n[tool.poetry.dependencies.alpha]\npath = "../alpha"\nversion = "~1.0.3"\n',
      },
      'pyproject.toml',
      '~1.0.3',
      '~2.0.1',
    ],
    [
      "poetry's plain version",
      {
        'pyproject.toml':
          '[tool.poetry]\nname = "beta"\nversion = "1.0"\n[tool.poetry.group.dev.dependencies]\nalpha = "1.0"\n',
      },
      'pyproject.toml',
      'alpha = "1.0"',
      'alpha = "2.0.1"',
    ],
    [
      'setup.cfg',
      {
        'setup.cfg':
          '[metadata]\nname = beta\nversion = 1.0\n[options]\ninstall_requires =\n  gamma==1.0\n  alpha==1.0\n',
      },
      'setup.cfg',
      'alpha==1.0',
      'alpha==2.0.1',
    ],
    [
      'setup.py',
      {
        'setup.py':
          "from setuptools import setup\nneeds = ['alpha>=1.0']\nsetup(name='beta', version='1.0', install_requires=needs)\n",
      },
      'setup.py',
      'alpha>=1.0',
      'alpha>=2.0.1',
    ],
    [
      'a requirements file that setup.cfg reads',
      {
        'setup.cfg': '[metadata]\nname = beta\nversion = 1.0\n[options]\ninstall_requires = file: requirements.in\n',
        'requirements.in': '# ours\nalpha >= 1.0  # kept\n',
      },
      'requirements.in',
      'alpha >= 1.0',
      'alpha >= 2.0.1',
    ],
  ];

  test.each(cases)('is moved in %s', (_title, files, file, from, to) => {
    const edit = move(files, '2.0.1');
    expect(edit?.file).toBe(file);
    expect(edit?.text).toBe((files[file] as string).replace(from, to));
  });

  test("poetry's caret takes a pre-release whole", () => {
    const files = {
      'pyproject.toml': '[tool.poetry]\nname = "beta"\nversion = "1.0"\n[tool.poetry.dependencies]\nalpha = "^1.0"\n',
    };
    expect(move(files, '2.0.0rc0')?.text).toContain('alpha = "^2.0.0rc0"');
  });

  test('that has no place for the version stays', () => {
    const files = { 'pyproject.toml': betaProject('version = "1"\ndependencies = ["alpha<2"]') };
    expect(move(files, '2.0.0')).toBeUndefined();
  });

  const poetry = (lines: string) =>
    `[build-system]\nrequires = []\nbuild-backend = "poetry.core.masonry.api"\n\n[tool.poetry]\nname = "beta"\nversion = "1"\n[tool.poetry.dependencies]\npython = ">=3.9"\n${lines}`;
  const flit = (lines: string) =>
    `[build-system]\nrequires = []\nbuild-backend = "flit_core.buildapi"\n\n[tool.flit.metadata]\nmodule = "beta"\nauthor = "a"\n${lines}`;
  test.each<[string, Files, string, string, string]>([
    [
      '[project], with a marker',
      {
        'pyproject.toml': betaProject(
          `version = "1"\ndependencies = ["alpha-x", "Alpha[y] >=1,<2 ; python_version > '3.8'"]`,
        ),
      },
      'pyproject.toml',
      'Alpha[y] >=1,<2',
      'Alpha[y]~=1.2.3',
    ],
    [
      'a table of poetry',
      { 'pyproject.toml': poetry('gamma = "^1.0"\nalpha = "^1.0" # why\n') },
      'pyproject.toml',
      'alpha = "^1.0"',
      'alpha = "~=1.2.3"',
    ],
    [
      'a table of poetry that admits all',
      {
        'pyproject.toml': poetry(
          'gamma = "*"\nalpha = { markers = "python_version > \'3.8\'", version = "*", extras = ["y"] }\n',
        ),
      },
      'pyproject.toml',
      'version = "*", extras',
      'version = "~=1.2.3", extras',
    ],
    [
      'a list of flit',
      { 'pyproject.toml': flit('requires = ["gamma", "alpha; python_version > \'3.8\'"]\n') },
      'pyproject.toml',
      '"alpha;',
      '"alpha~=1.2.3;',
    ],
    [
      'setup.cfg',
      {
        'setup.cfg':
          '[metadata]\nname = beta\nversion = 1\n[options]\ninstall_requires =\n    alpha-x\n    alpha\n    gamma\n',
      },
      'setup.cfg',
      '    alpha\n',
      '    alpha~=1.2.3\n',
    ],
    [
      'setup.cfg, of an extra',
      {
        'setup.cfg':
          '[metadata]\nname = beta\nversion = 1\n[options.extras_require]\nfast = alpha[y]>=1; python_version > "3.8"\n',
      },
      'setup.cfg',
      'alpha[y]>=1;',
      'alpha[y]~=1.2.3;',
    ],
    [
      'a list that setuptools reads',
      {
        'pyproject.toml': betaProject(
          'version = "1"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = { file = ["needs.txt"] }\n',
          'setuptools.build_meta',
        ),
        'needs.txt': '# alpha\ngamma\nalpha >= 1 # why\n',
      },
      'needs.txt',
      'alpha >= 1 #',
      'alpha~=1.2.3 #',
    ],
  ])('is given other specifiers: %s', (_title, files, file, before, after) => {
    const edit = setSpecifiers(folderOf(files), declared(files, 'alpha'), parseSpecifierSet('~=1.2.3'));
    expect(edit).toEqual({ file, text: files[file]?.replace(before, after) });
  });

  test('that only code states is given none', () => {
    const files = {
      'setup.py': 'from setuptools import setup\nsetup(name="beta", version="1", install_requires=["al" + "pha"])\n',
    };
    expect(setSpecifiers(folderOf(files), declared(files, 'alpha'), parseSpecifierSet('~=1.2.3'))).toBeUndefined();
  });
});
