/** Fields that `[project]` calls dynamic, and who fills them. */
import { describe, expect, test } from 'vitest';
import { lists, pyproject, shown, stated, texts } from './testing/folders.js';

describe('dynamic fields', () => {
  const versionOf = (backend: string, tables: string, files: Record<string, string>) =>
    shown(
      pyproject(
        `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n[project]\nname = "my-pkg"\ndynamic = ["version"]\n${tables}`,
        files,
      ).version,
    );

  test.each([
    ['hatchling.build', '[tool.hatch.version]\npath = "v.py"', { 'v.py': '# no\n__version__: str = "v1.2"\n' }, '1.2'],
    [
      'hatchling.build',
      '[tool.hatch.version]\npath = "v"\npattern = "at (?P<version>.+)$"',
      { v: 'x\nat 1.3\n' },
      '1.3',
    ],
    ['hatchling.build', '', { 'hatch.toml': '[version]\npath = "v.py"', 'v.py': "VERSION = '2'" }, '2'],
    ['flit_core.buildapi', '', { 'src/my_pkg/__init__.py': '"""Doc."""\n__version__ = "3"' }, '3'],
    ['pdm.backend', '[tool.pdm.version]\nsource = "file"\npath = "v.py"', { 'v.py': '__version__ = "4" # c' }, '4'],
    [
      'setuptools.build_meta',
      '[tool.setuptools.dynamic]\nversion = { attr = "my_pkg.V" }',
      { 'src/my_pkg/__init__.py': 'V = (1, 5)' },
      '1.5',
    ],
    [
      'setuptools.build_meta',
      '[tool.setuptools.dynamic]\nversion = { file = ["VERSION"] }',
      { VERSION: '1.6\n' },
      '1.6',
    ],
    ['setuptools.build_meta', '', { 'setup.py': 'from setuptools import setup\nsetup(version="1.7")' }, '1.7'],
    ['poetry.core.masonry.api', '[tool.poetry]\nversion = "1.8"', {}, '1.8'],
    ['maturin', '', { 'Cargo.toml': '[package]\nversion = "1.9.0"' }, '1.9.0'],
    [
      'maturin',
      '',
      {
        'Cargo.toml': '[package]\nversion.workspace = true',
        '../../Cargo.toml': '[workspace.package]\nversion = "1.10.0"',
      },
      '1.10.0',
    ],
    [
      'scikit_build_core.build',
      '[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.regex"\ninput = "src/a.py"',
      { 'src/a.py': '__version__ = "1.11.0"\n' },
      '1.11.0',
    ],
    ['mesonpy', '', { 'meson.build': "project(\n  'a', 'c',\n  version: '1.12.0',\n)" }, '1.12.0'],
    [
      'mesonpy',
      '',
      { 'meson.build': "project('a', version: files('VERSION'))" },
      '<the version is not found in meson.build>',
    ],
  ])('%s reads the version %s', (backend, tables, files, version) => {
    expect(versionOf(backend, tables, files as unknown as Record<string, string>)).toBe(version);
  });

  test('a version from the version control system is dynamic, and the reason names the plugin', () => {
    expect(versionOf('hatchling.build', '[tool.hatch.version]\nsource = "vcs"', {})).toContain('"vcs"');
    const scm =
      '[build-system]\nrequires = ["setuptools", "setuptools-scm>=8"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "a"\ndynamic = ["version"]';
    expect(shown(pyproject(scm).version)).toContain('setuptools-scm');
    const legacy =
      '[build-system]\nrequires = ["setuptools", "setuptools-scm>=8"]\nbuild-backend = "setuptools.build_meta"\n';
    expect(shown(pyproject(legacy, { 'setup.cfg': '[metadata]\nname = a' }).version)).toContain('setuptools-scm');
  });

  test('setuptools fills dynamic lists from files, and from setup.py', () => {
    const head =
      '[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "a"\ndynamic = ["dependencies", "optional-dependencies"]\n';
    const byFile = pyproject(
      `${head}[tool.setuptools.dynamic]\ndependencies = { file = ["r.txt"] }\noptional-dependencies.x = { file = ["x.txt"] }`,
      { 'r.txt': '# c\nb>=1  # why\nc\\\n<2\n', 'x.txt': 'd\n' },
    );
    expect(texts(stated(byFile.dependencies))).toEqual(['b>=1', 'c<2']);
    expect(stated(byFile.dependencies)[0]?.at).toEqual({ file: 'r.txt', line: 2 });
    expect(lists(stated(byFile.extras))).toEqual({ x: ['d'] });
    expect(byFile.namedFiles).toEqual(['r.txt', 'x.txt']);
    const byScript = pyproject(head, { 'setup.py': 'import setuptools\nsetuptools.setup(install_requires=["b"])' });
    expect(texts(stated(byScript.dependencies))).toEqual(['b']);
  });

  test('a list that nobody is there to fill is empty', () => {
    const lists = (requires: string, others = {}) => {
      const text = `[build-system]\nrequires = [${requires}]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "a"\ndynamic = ["dependencies", "optional-dependencies"]\n`;
      const { dependencies, extras } = pyproject(text, others);
      return [dependencies.kind, extras.kind];
    };
    expect(lists('"setuptools>=64", "wheel", "setuptools_scm"')).toEqual(['static', 'static']);
    expect(lists('"setuptools", "a-plugin"')).toEqual(['dynamic', 'dynamic']);
    expect(lists('"setuptools"', { 'setup.py': 'import tool\ntool.run()\n' })).toEqual(['dynamic', 'dynamic']);
    expect(lists('"setuptools"', { 'setup.cfg': '[options]\n' })).toEqual(['dynamic', 'dynamic']);
  });

  test('what setup.py says of a field that [project] neither states nor calls dynamic does not count', () => {
    const script = 'import setuptools\nsetuptools.setup(install_requires=["b"])';
    expect(pyproject('[project]\nname = "a"', { 'setup.py': script }).dependencies).toEqual({ kind: 'absent' });
  });
});
