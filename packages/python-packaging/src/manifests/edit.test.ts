/** Edits of manifests: the wanted words change, every other byte stays. */
import { describe, expect, test } from 'vitest';
import { parseSpecifierSet } from '../versions/specifiers.js';
import { parseVersion, type Version } from '../versions/version.js';
import { moveRequirement, setManifestVersion, setSpecifiers } from './edit.js';
import type { DeclaredRequirement, PackageManifest } from './manifest.js';
import { readManifest } from './read.js';

type Files = Readonly<Record<string, string>>;

const folderOf = (files: Files) => ({ read: (path: string) => files[path] });

function manifestOf(files: Files): PackageManifest {
  const reading = readManifest(folderOf(files));
  if (reading.kind !== 'package') throw new Error(JSON.stringify(reading));
  return reading.manifest;
}

const project = (lines: string, backend = 'hatchling.build') =>
  `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n\n[project]\nname = "beta"\n${lines}`;

describe('the version', () => {
  const cases: [string, Files, string, string, string][] = [
    [
      '[project], with comments, CRLF and other texts that look the same',
      {
        'pyproject.toml':
          '# version = "1.0.0"\r\n[tool.a]\r\nversion = "1.0.0"\r\n[project]\r\nname = "beta"\r\nversion   =  "1.0.0" # 1.0.0\r\ndescription = """\r\nversion = "1.0.0"\r\n"""\r\n[tool.b]\r\nversion = "1.0.0"',
      },
      'pyproject.toml',
      'version   =  "1.0.0" # 1.0.0',
      'version   =  "1.1.0rc0" # 1.0.0',
    ],
    [
      'a multi-line string',
      { 'pyproject.toml': project('version = """1.0.0"""') },
      'pyproject.toml',
      '"""1.0.0"""',
      '"""1.1.0rc0"""',
    ],
    [
      'an inline table',
      { 'pyproject.toml': 'project = {name = "beta", version = "1.0.0"}' },
      'pyproject.toml',
      '"1.0.0"',
      '"1.1.0rc0"',
    ],
    [
      '[tool.poetry]',
      {
        'pyproject.toml':
          '[tool.poetry]\nname = "beta"\nversion = "1.0.0"\n[tool.poetry.dependencies]\nalpha = "1.0.0"\n',
      },
      'pyproject.toml',
      'version = "1.0.0"',
      'version = "1.1.0rc0"',
    ],
    [
      "flit's __version__",
      {
        'pyproject.toml': project('dynamic = ["version"]', 'flit_core.buildapi'),
        'beta.py': '"""Beta."""\nOLD = "1.0.0"\n__version__ = "1.0.0"\n',
      },
      'beta.py',
      '__version__ = "1.0.0"',
      '__version__ = "1.1.0rc0"',
    ],
    [
      "hatch's version file",
      {
        'pyproject.toml': project('dynamic = ["version"]\n[tool.hatch.version]\npath = "src/beta/about.py"'),
        'src/beta/about.py': "VERSION: str = 'v1.0.0'\n",
      },
      'src/beta/about.py',
      "'v1.0.0'",
      "'v1.1.0rc0'",
    ],
    [
      "setuptools' attr in pyproject.toml",
      {
        'pyproject.toml': project(
          'dynamic = ["version"]\n[tool.setuptools.dynamic]\nversion = {attr = "beta.__version__"}',
          'setuptools.build_meta',
        ),
        'src/beta/__init__.py': '__version__ = "1.0.0"  # kept\n',
      },
      'src/beta/__init__.py',
      '"1.0.0"  #',
      '"1.1.0rc0"  #',
    ],
    [
      "setuptools' file in setup.cfg",
      { 'setup.cfg': '[metadata]\nname = beta\nversion = file: VERSION\n', VERSION: '1.0.0\n' },
      'VERSION',
      '1.0.0\n',
      '1.1.0rc0\n',
    ],
    [
      'setup.cfg',
      { 'setup.cfg': '[metadata]\nname = beta\n; 1.0.0\nversion: 1.0.0\n' },
      'setup.cfg',
      'version: 1.0.0',
      'version: 1.1.0rc0',
    ],
    [
      'a literal in setup.py',
      {
        'setup.py':
          "from setuptools import setup\nsetup(name='beta', version='1.0.0', install_requires=['alpha==1.0.0'])\n",
      },
      'setup.py',
      "version='1.0.0'",
      "version='1.1.0rc0'",
    ],
    [
      'a name in setup.py',
      { 'setup.py': "from setuptools import setup\nversion = '1.0.0'\nsetup(name='beta', version=version)\n" },
      'setup.py',
      "version = '1.0.0'",
      "version = '1.1.0rc0'",
    ],
    [
      'a file that setup.py reads',
      {
        'setup.py': "from setuptools import setup\nsetup(name='beta', version=open('VERSION').read().strip())\n",
        VERSION: '1.0.0',
      },
      'VERSION',
      '1.0.0',
      '1.1.0rc0',
    ],
  ];

  test.each(cases)('is written into %s', (_title, files, file, from, to) => {
    const edit = setManifestVersion(folderOf(files), '1.1.0rc0');
    expect(edit?.file).toBe(file);
    expect(edit?.text).toBe((files[file] as string).replace(from, to));
    expect(manifestOf({ ...files, [file]: edit?.text ?? '' }).version).toMatchObject({ value: '1.1.0rc0' });
  });

  test.each<[string, Files]>([
    [
      'a version from git',
      { 'pyproject.toml': project('dynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"') },
    ],
    [
      'one that is put together',
      {
        'setup.py': "from setuptools import setup\nv = (1, 0, 0)\nsetup(name='beta', version='.'.join(map(str, v)))\n",
      },
    ],
    ['no package', { 'pyproject.toml': '[tool.ruff]\n' }],
  ])('is nowhere to be written: %s', (_title, files) => {
    expect(setManifestVersion(folderOf(files), '1.1.0')).toBeUndefined();
  });
});

describe('a requirement', () => {
  const declared = (files: Files, name: string): DeclaredRequirement => {
    const { dependencies, extras, groups, buildSystem } = manifestOf(files);
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
        'pyproject.toml': project(
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
        'pyproject.toml': project('version = "1"\n[project.optional-dependencies]\nfast = [\n  "alpha~=1.0", # why\n]'),
      },
      'pyproject.toml',
      'alpha~=1.0',
      'alpha~=2.0',
    ],
    [
      'a group that another one includes',
      {
        'pyproject.toml': project(
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
    const files = { 'pyproject.toml': project('version = "1"\ndependencies = ["alpha<2"]') };
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
        'pyproject.toml': project(
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
        'pyproject.toml': project(
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
