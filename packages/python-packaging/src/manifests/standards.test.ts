/** What the graph takes from each standard's tables and from each build backend's own: one test for each. */
import { describe, expect, test } from 'vitest';
import type { PackageManifest } from './manifest.js';
import { lists, pyproject, shown, stated, texts } from './testing/folders.js';

const build = (requires: string, backend: string) =>
  `[build-system]\nrequires = [${requires}]\nbuild-backend = "${backend}"\n`;
const PROJECT = '[project]\nname = "Acme.Tool"\n';

/** What decides on edges, targets and inputs. */
const taken = (manifest: PackageManifest) => ({
  name: shown(manifest.name),
  version: shown(manifest.version),
  requires: manifest.dependencies.kind === 'static' ? texts(manifest.dependencies.value) : shown(manifest.dependencies),
  extras: manifest.extras.kind === 'static' ? lists(manifest.extras.value) : shown(manifest.extras),
  build: texts(manifest.buildSystem.requires),
  files: manifest.namedFiles,
  packed: manifest.modules.packed,
  sdist: manifest.sdistContent,
  compiled: manifest.mayBeCompiled,
  asksRepository: manifest.asksRepository,
});

describe('standards', () => {
  test('PEP 621 and 631: name, version, requirements and extras, read as they stand', () => {
    const manifest = pyproject(
      `${PROJECT}version = "1.0"\ndependencies = ["one>=1", "two[x] ; os_name == 'nt'"]\n[project.optional-dependencies]\nFast_Path = ["three"]\n`,
    );
    expect(taken(manifest)).toMatchObject({
      name: 'Acme.Tool',
      version: '1.0',
      requires: ['one>=1', 'two[x]; os_name == "nt"'],
      extras: { 'fast-path': ['three'] },
    });
    expect(stated(manifest.dependencies).map(({ at }) => at)).toEqual([
      { file: 'pyproject.toml', line: 4 },
      { file: 'pyproject.toml', line: 4 },
    ]);
  });

  test('PEP 639: a licence expression is no file, files of licences are, patterns are looked for in the folder', () => {
    const files = (text: string) => pyproject(`${PROJECT}version = "1"\n${text}`).namedFiles;
    expect(files('license = "MIT OR Apache-2.0"\nlicense-files = ["LICENSE", "licences/*.txt"]\n')).toEqual([
      'LICENSE',
    ]);
    expect(files('license = { file = "../LICENSE" }\n')).toEqual(['../LICENSE']);
    expect(files('license = { text = "MIT" }\n')).toEqual([]);
  });

  test('PEP 735: groups, and the groups that they include', () => {
    const manifest = pyproject(
      `${PROJECT}version = "1"\n[dependency-groups]\nTest_All = ["pytest", { include-group = "typing" }]\ntyping = ["mypy"]\n`,
    );
    expect(lists(manifest.groups)).toEqual({ 'test-all': ['pytest', 'mypy'], typing: ['mypy'] });
    expect(manifest.groupsOfNoLock.size).toBe(0);
  });

  test('PEP 794: names of one package and names that it shares', () => {
    const { modules } = pyproject(
      `${PROJECT}version = "1"\nimport-names = ["acme.tool", "acme._native ; private"]\nimport-namespaces = ["acme"]\n`,
    );
    expect(modules.stated).toEqual({ names: ['acme.tool', 'acme._native'], namespaces: ['acme'] });
    expect(pyproject(`${PROJECT}version = "1"\nimport-names = []\n`).modules.stated).toEqual({
      names: [],
      namespaces: [],
    });
    expect(pyproject(`${PROJECT}version = "1"\n`).modules.stated).toBeUndefined();
  });
});

describe('build backends', () => {
  test('flit: version and description from the module, modules only in the sdist', () => {
    const manifest = pyproject(
      `${build('"flit_core >=3.2,<4"', 'flit_core.buildapi')}${PROJECT}dynamic = ["version", "description"]\ndependencies = ["one"]\n`,
      { 'Acme/Tool/__init__.py': '"""Does it."""\n__version__ = "2.1"\n' },
    );
    expect(taken(manifest)).toEqual({
      name: 'Acme.Tool',
      version: '2.1',
      requires: ['one'],
      extras: undefined,
      build: ['flit_core>=3.2,<4'],
      files: ['Acme/Tool/__init__.py'],
      packed: [
        { kind: 'module', name: 'Acme.Tool', path: 'src/Acme/Tool' },
        { kind: 'module', name: 'Acme.Tool', path: 'Acme/Tool' },
      ],
      sdist: 'modules',
      compiled: false,
      asksRepository: false,
    });
    expect(shown(manifest.description)).toBe('Does it.');
  });

  test('backends around another one: only the version is theirs', () => {
    const poetry = pyproject(
      `${build('"poetry-core", "poetry-dynamic-versioning"', 'poetry_dynamic_versioning.backend')}${PROJECT}dynamic = ["version"]\n` +
        '[tool.poetry]\nversion = "0.0.0"\npackages = [{ include = "acme", from = "lib" }]\n' +
        '[tool.poetry.dependencies]\none = "*"\n[tool.poetry-dynamic-versioning]\nenable = true\n',
    );
    expect(taken(poetry)).toMatchObject({
      version: expect.stringContaining('version control system'),
      requires: ['one'],
      packed: [{ kind: 'module', name: 'acme', path: 'lib/acme' }],
      sdist: 'modules',
      compiled: false,
      asksRepository: true,
    });
    const flit = pyproject(
      `${build('"flit_scm"', 'flit_scm:buildapi')}${PROJECT}dynamic = ["version", "description"]\n`,
      { 'acme/__init__.py': '__version__ = "1.0"\n' },
    );
    expect(taken(flit)).toMatchObject({
      version: expect.stringContaining('flit_scm'),
      packed: [{ path: 'src/Acme/Tool' }, { path: 'Acme/Tool' }],
      sdist: 'modules',
      compiled: false,
      asksRepository: true,
    });
  });

  test('flit as it was before [project]', () => {
    const manifest = pyproject(
      `${build('"flit_core >=2,<4"', 'flit_core.buildapi')}[tool.flit.metadata]\nmodule = "tool"\ndist-name = "acme-tool"\nrequires = ["one"]\ndescription-file = "README.rst"\n[tool.flit.metadata.requires-extra]\ntest = ["pytest"]\n`,
      { 'tool.py': '"""Does it."""\n__version__ = "1.0"\n' },
    );
    expect(taken(manifest)).toMatchObject({
      name: 'acme-tool',
      version: '1.0',
      requires: ['one'],
      extras: { test: ['pytest'] },
      files: ['README.rst', 'tool.py'],
      sdist: 'modules',
    });
  });

  test('maturin: the version of the crate, Python beside it, crates beyond the folder', () => {
    const manifest = pyproject(
      `${build('"maturin>=1,<2"', 'maturin')}${PROJECT}dynamic = ["version"]\ndependencies = ["one"]\n[tool.maturin]\nmodule-name = "acme._native"\npython-source = "python"\npython-packages = ["acme"]\nmanifest-path = "rust/Cargo.toml"\n`,
      {
        'rust/Cargo.toml': '[package]\nname = "a"\nversion = "3.0.0"\n[dependencies]\ncore = { path = "../../core" }\n',
      },
    );
    expect(taken(manifest)).toEqual({
      name: 'Acme.Tool',
      version: '3.0.0',
      requires: ['one'],
      extras: undefined,
      build: ['maturin>=1,<2'],
      files: ['../core', 'rust/Cargo.toml'],
      packed: [
        { kind: 'module', name: 'acme', path: 'python/acme' },
        { kind: 'module', name: 'acme', path: 'python/acme' },
      ],
      sdist: 'tree',
      compiled: true,
      asksRepository: false,
    });
  });

  test('scikit-build-core: version by a pattern, packages of the wheel, a CMake project elsewhere', () => {
    const manifest = pyproject(
      `${build('"scikit-build-core>=0.10"', 'scikit_build_core.build')}${PROJECT}dynamic = ["version"]\n[tool.scikit-build]\nwheel.packages = ["python/acme"]\ncmake.source-dir = "../cpp"\n[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.regex"\ninput = "python/acme/__init__.py"\n`,
      { 'python/acme/__init__.py': '__version__ = "4.0"\n' },
    );
    expect(taken(manifest)).toEqual({
      name: 'Acme.Tool',
      version: '4.0',
      requires: undefined,
      extras: undefined,
      build: ['scikit-build-core>=0.10'],
      files: ['../cpp', 'python/acme/__init__.py'],
      packed: [{ kind: 'module', name: 'acme', path: 'python/acme' }],
      sdist: 'tree',
      compiled: true,
      asksRepository: false,
    });
  });

  test('meson-python: the version of the Meson project; of its modules only a wheel tells', () => {
    const manifest = pyproject(
      `${build('"meson-python"', 'mesonpy')}${PROJECT}dynamic = ["version"]\ndependencies = ["numpy"]\n`,
      { 'meson.build': "project('tool', 'c', version: '5.0')\n" },
    );
    expect(taken(manifest)).toEqual({
      name: 'Acme.Tool',
      version: '5.0',
      requires: ['numpy'],
      extras: undefined,
      build: ['meson-python'],
      files: ['meson.build'],
      packed: [],
      sdist: 'tree',
      compiled: true,
      asksRepository: false,
    });
    expect(manifest.modules.isFoundByFiles).toBe(false);
  });
});
