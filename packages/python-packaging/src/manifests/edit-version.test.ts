/** Edits of the version in manifests: the wanted words change, every other byte stays. */
import { describe, expect, test } from 'vitest';
import { setManifestVersion } from './edit.js';
import { betaProject, folderOf, packageOf } from './testing/folders.js';

type Files = Readonly<Record<string, string>>;

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
      { 'pyproject.toml': betaProject('version = """1.0.0"""') },
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
        'pyproject.toml': betaProject('dynamic = ["version"]', 'flit_core.buildapi'),
        'beta.py': '"""Beta."""\nOLD = "1.0.0"\n__version__ = "1.0.0"\n',
      },
      'beta.py',
      '__version__ = "1.0.0"',
      '__version__ = "1.1.0rc0"',
    ],
    [
      "hatch's version file",
      {
        'pyproject.toml': betaProject('dynamic = ["version"]\n[tool.hatch.version]\npath = "src/beta/about.py"'),
        'src/beta/about.py': "VERSION: str = 'v1.0.0'\n",
      },
      'src/beta/about.py',
      "'v1.0.0'",
      "'v1.1.0rc0'",
    ],
    [
      "setuptools' attr in pyproject.toml",
      {
        'pyproject.toml': betaProject(
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
    expect(packageOf({ ...files, [file]: edit?.text ?? '' }).version).toMatchObject({ value: '1.1.0rc0' });
  });

  test.each<[string, Files]>([
    [
      'a version from git',
      { 'pyproject.toml': betaProject('dynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"') },
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
