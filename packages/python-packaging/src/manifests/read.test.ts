import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lists, packageOf, pyproject, reading, shown, stated, texts } from './testing/folders.js';

const HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';

describe('[project]', () => {
  const manifest = pyproject(`${HATCHLING}[project]
name = "Alpha_One"
version = "1.2"
description = "First"
requires-python = ">=3.9"
readme = "../README.md"
license-files = ["LICENSE", "licenses/*"]
classifiers = ["Private :: Do Not Upload"]
dependencies = [
  "beta>=1",
  "not a requirement",
  "gamma @ file:../gamma ; python_version >= '3.9'",
]
[project.optional-dependencies]
Web_Extra = ["delta[x]"]
`);

  test('states every field, with its line', () => {
    expect(shown(manifest.name)).toBe('Alpha_One');
    expect(shown(manifest.version)).toBe('1.2');
    expect(shown(manifest.requiresPython)).toBe('>=3.9');
    expect(texts(stated(manifest.dependencies)).map((text) => text.split(/[ >;@]/)[0])).toEqual(['beta', 'gamma']);
    expect(stated(manifest.dependencies).map(({ at }) => at.line)).toEqual([13, 15]);
    expect([...stated(manifest.extras).keys()]).toEqual(['web-extra']);
    expect(manifest.isPrivate).toBe(true);
  });

  test('notes a requirement that does not parse and keeps the others', () => {
    expect(manifest.problems).toHaveLength(1);
    expect(manifest.problems[0]?.message).toContain('"not a requirement" is not a requirement');
    expect(manifest.problems[0]?.at).toEqual({ file: 'pyproject.toml', line: 14 });
  });

  test('names the files that end up in the dist, without globs', () => {
    expect(manifest.namedFiles).toEqual(['../README.md', 'LICENSE']);
  });
});

describe('what a folder is', () => {
  test.each([
    ['a [project] with a name', { 'pyproject.toml': '[project]\nname = "a"' }, 'package'],
    ['[tool.poetry] with a name', { 'pyproject.toml': '[tool.poetry]\nname = "a"' }, 'package'],
    ['flit metadata', { 'pyproject.toml': '[tool.flit.metadata]\nmodule = "a"' }, 'package'],
    ['setup.cfg with a name', { 'setup.cfg': '[metadata]\nname = a' }, 'package'],
    ['setup.py that calls setup()', { 'setup.py': 'from setuptools import setup\nsetup(name="a")' }, 'package'],
    [
      'tool configuration beside a setup.py',
      { 'pyproject.toml': '[tool.black]\n', 'setup.py': 'import setuptools\nsetuptools.setup(name="a")' },
      'package',
    ],
    ['a member without a build system', { 'pyproject.toml': '[project]\nname = "a"\n[tool.uv.sources]\n' }, 'package'],
    [
      'tool configuration only',
      { 'pyproject.toml': '[tool.ruff]\nline-length = 1', 'setup.cfg': '[flake8]\n' },
      'not-a-package',
    ],
    ['a virtual root', { 'pyproject.toml': '[project]\nname = "a"\n[tool.uv.workspace]\nmembers = ["b"]' }, 'package'],
    [
      'package = false',
      { 'pyproject.toml': `${HATCHLING}[project]\nname = "a"\n[tool.uv]\npackage = false` },
      'package',
    ],
    ['package-mode = false', { 'pyproject.toml': '[tool.poetry]\npackage-mode = false' }, 'not-a-package'],
    [
      'a backend that takes all metadata from elsewhere',
      { 'pyproject.toml': '[build-system]\nrequires = ["whool"]\nbuild-backend = "whool.buildapi"' },
      'package',
    ],
    ['a backend that wants a manifest, and none', { 'pyproject.toml': HATCHLING }, 'not-a-package'],
    [
      'setup() without a name, and a plugin that may tell it',
      { 'setup.py': 'import setuptools\nsetuptools.setup(setup_requires=["setuptools-odoo"], odoo_addon=True)' },
      'package',
    ],
    ['setup() without a name', { 'setup.py': 'import setuptools\nsetuptools.setup(version="1")' }, 'broken'],
    ['a setup.py that calls nothing', { 'setup.py': 'import os\n' }, 'not-a-package'],
    ['a template in TOML', { 'pyproject.toml': '[project]\nname = "{{ cookiecutter.name }}"' }, 'not-a-package'],
    ['a template that is no TOML', { 'pyproject.toml': '[project]\nname = {{ name }}\n' }, 'not-a-package'],
    [
      'a template with conditions',
      { 'pyproject.toml': '[project]\nname = "a"\n{% if x %}\nversion = "1"\n{% endif %}\n' },
      'not-a-package',
    ],
    [
      'a template in a list',
      {
        'pyproject.toml': '[project]\nname = "a"\ndependencies = [\n  "b",\n  {%- if x %}\n  "c",\n  {%- endif %}\n]\n',
      },
      'not-a-package',
    ],
    [
      'a broken manifest with a template in a text',
      {
        'pyproject.toml':
          '[project]\nname = "a"\nversion = = 1\n[tool.hatch.metadata.hooks.x]\ndependencies = ["b=={{ version }}"]\n',
      },
      'broken',
    ],
    ['a placeholder for a name', { 'pyproject.toml': '[project]\nname = "<NAME>"' }, 'not-a-package'],
    ['no name', { 'pyproject.toml': '[project]\nversion = "1"' }, 'broken'],
    ['an impossible name', { 'pyproject.toml': '[project]\nname = "-a-"' }, 'broken'],
    ['invalid TOML', { 'pyproject.toml': '[project\n' }, 'broken'],
    ['invalid INI', { 'setup.cfg': '[metadata]\nname = a\n[metadata]\n' }, 'broken'],
    ['nothing', {}, 'not-a-package'],
  ])('%s', (_, files, kind) => {
    expect(reading(files as Record<string, string>).kind).toBe(kind);
  });

  test('a broken manifest is named with its line', () => {
    expect(reading({ 'pyproject.toml': '[project]\nname = \n' })).toMatchObject({
      kind: 'broken',
      problem: { at: { file: 'pyproject.toml', line: 2 } },
    });
  });

  test.each([
    ['[[project]]\nname = "a"\n', '`project` must be a table', 1],
    ['[project]\nname = 5\n', '`project.name` must be a string', 2],
  ])('a [project] that is none says so: %j', (text, message, line) => {
    expect(reading({ 'pyproject.toml': text })).toEqual({
      kind: 'broken',
      problem: { message, at: { file: 'pyproject.toml', line } },
    });
  });

  test('a setup() without a name is named with its line', () => {
    const script = 'from setuptools import setup\n\nsetup(version="1")\n';
    expect(reading({ 'setup.py': script })).toMatchObject({ problem: { at: { file: 'setup.py', line: 3 } } });
  });

  test('what a plugin or an unknown backend tells is open, and why', () => {
    const plugin = packageOf({
      'setup.py': 'import setuptools\nsetuptools.setup(\n  setup_requires=["setuptools-odoo"],\n  odoo_addon=True)\n',
    });
    const reason = 'setuptools-odoo, a plugin of setuptools, may tell it';
    expect(plugin.name).toEqual({ kind: 'dynamic', reason, at: { file: 'setup.py', line: 3 } });
    expect(plugin.dependencies).toMatchObject({ kind: 'dynamic', reason });
    const whool = packageOf({
      'pyproject.toml': '[build-system]\nrequires = ["whool"]\nbuild-backend = "whool.buildapi"\n',
    });
    expect(whool.version).toEqual({
      kind: 'dynamic',
      reason: 'whool.buildapi takes it from elsewhere',
      at: { file: 'pyproject.toml', line: 3 },
    });
  });

  test('a broken hatch.toml is named itself', () => {
    expect(reading({ 'pyproject.toml': `${HATCHLING}[project]\nname = "a"`, 'hatch.toml': '\n[envs\n' })).toMatchObject(
      {
        kind: 'broken',
        problem: { at: { file: 'hatch.toml', line: 2 } },
      },
    );
  });

  test('a virtual root keeps its workspace, its sources and what it declares', () => {
    const root = packageOf({
      'pyproject.toml':
        '[project]\nname = "root"\ndependencies = ["a"]\n[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/x"]\n[tool.uv.sources]\na = { workspace = true }',
    });
    expect(root.uvWorkspace).toEqual({ members: ['libs/*'], exclude: ['libs/x'] });
    expect([...root.sources.keys()]).toEqual(['a']);
    expect(texts(stated(root.dependencies))).toEqual(['a']);
    expect(root.virtual).toMatch(/virtual/);
    expect(root.isPrivate).toBe(true);
  });

  test.each([
    ['`package = false`', `${HATCHLING}[project]\nname = "a"\n[tool.uv]\npackage = false`],
    ['`package-mode = false`', '[tool.poetry]\nname = "a"\npackage-mode = false'],
  ])('%s makes a project virtual', (_, text) => {
    expect(pyproject(text).virtual).toMatch(/is false/);
  });

  test('a file that cannot be read breaks its own package only', () => {
    const refuse = () => {
      throw new Error('pyproject.toml is not UTF-8');
    };
    expect(reading(Object.defineProperty({}, 'pyproject.toml', { get: refuse, enumerable: true }))).toEqual({
      kind: 'broken',
      problem: { message: 'pyproject.toml is not UTF-8', at: { file: 'pyproject.toml', line: undefined } },
    });
  });
});

describe('hostile texts end, and leave the package', () => {
  const NAMED = '[project]\nname = "a"\n';
  const cyclic = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`r${at}`, `-r r${at + 1}\n-r r${at + 1}\n-r r0\n`]),
  );
  const groups = Array.from(
    { length: 40 },
    (_, at) => `g${at} = [{ include-group = "g${at + 1}" }, { include-group = "g${at + 1}" }]`,
  );

  test('a requirement of 10 MB is one short message with its line', () => {
    const { problems } = pyproject(`${NAMED}dependencies = ["b${'>=1,'.repeat(2_500_000)}"]`);
    expect(problems.map(({ at }) => at.line)).toEqual([3]);
    expect(problems[0]?.message.length).toBeLessThan(400);
  });

  test('requirements files that include each other', () => {
    const { groups: read } = pyproject(NAMED, { 'requirements-dev.txt': '-r r0\n', ...cyclic, r40: 'b\n' });
    expect(lists(read)).toEqual({ dev: ['b'] });
  });

  test('groups that include each other many times over', () => {
    const { groups: read } = pyproject(`${NAMED}[dependency-groups]\n${groups.join('\n')}\ng40 = ["b"]`);
    expect(lists(read).g0).toEqual(['b']);
  });

  test('values of setup.cfg that refer to each other many times over', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const lines = letters.map((letter, at) => `${letter} = ${`%(${letters[at + 1] ?? 'name'})s`.repeat(2)}`);
    expect(reading({ 'setup.cfg': `[metadata]\nname = %(a)s\n${lines.join('\n')}` }).kind).toBe('broken');
  });

  test('a pattern that takes exponential time', () => {
    const text = `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n${NAMED}dynamic = ["version"]\n[tool.hatch.version]\npath = "v"\npattern = "(?P<version>(a|a)+)$"`;
    expect(pyproject(text, { v: `${'a'.repeat(40)}b` }).version.kind).toBe('dynamic');
  });

  test('a template that never closes', () => {
    expect(reading({ 'pyproject.toml': '{{'.repeat(500_000) }).kind).toBe('broken');
  });
});

test('no text makes the reader throw', () => {
  const file = fc.constantFrom('pyproject.toml', 'setup.cfg', 'setup.py', 'VERSION');
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '[project]\n',
      '[tool.poetry]\n',
      '[metadata]\n',
      'name = "a"\n',
      'setup(name=',
      '(',
      ')',
      '"""',
      "f'{",
      '\n  ',
      'def f(',
      'for x in ',
      '[',
      '{',
      '% ',
      'open("VERSION").read()',
      'import setuptools\nsetuptools.setup(',
    ),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.dictionary(file, text), (files) => {
      expect(['package', 'not-a-package', 'broken']).toContain(reading({ ...files }).kind);
    }),
    { numRuns: 500 },
  );
}, 60_000);

describe('build systems', () => {
  test('without [build-system] the default of PEP 517 is assumed', () => {
    const { buildSystem } = pyproject('[project]\nname = "a"');
    expect(buildSystem).toMatchObject({ backend: 'setuptools.build_meta:__legacy__', isStated: false });
    expect(texts(buildSystem.requires)).toEqual(['setuptools>=40.8.0']);
  });

  test('requirements of setup_requires and of hatch hooks are build requirements', () => {
    const script = 'from setuptools import setup\nsetup(name="a", setup_requires=["cffi"])';
    expect(texts(packageOf({ 'setup.py': script }).buildSystem.requires)).toEqual(['setuptools>=40.8.0', 'cffi']);
    const hooks = `${HATCHLING}[project]\nname = "a"\n[tool.hatch.build.hooks.one]\ndependencies = ["cython"]`;
    expect(texts(pyproject(hooks).buildSystem.requires)).toEqual(['hatchling', 'cython']);
  });

  test.each([
    ['hatchling.build', '', 'tree'],
    ['setuptools.build_meta', '', 'tree'],
    ['flit_core.buildapi', '', 'modules'],
    ['flit_core.buildapi', '[tool.flit.sdist]\ninclude = ["tests/"]', 'tree'],
    ['poetry.core.masonry.api', '', 'modules'],
    ['uv_build', '', 'modules'],
    ['uv_build', '[tool.uv.build-backend]\nsource-include = ["tests/**"]', 'tree'],
  ])('the sdist of %s %s carries the %s', (backend, setting, content) => {
    const text = `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n[project]\nname = "a"\n${setting}`;
    expect(pyproject(text).sdistContent).toBe(content);
  });
});

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

describe('groups and sources', () => {
  test('dependency groups include one another (PEP 735)', () => {
    const manifest = pyproject(
      '[project]\nname = "a"\n[dependency-groups]\nTest = ["pytest"]\nlint = ["ruff"]\ndev = [{ include-group = "test" }, { include-group = "lint" }, "tox"]',
    );
    expect(lists(manifest.groups)).toEqual({ test: ['pytest'], lint: ['ruff'], dev: ['pytest', 'ruff', 'tox'] });
  });

  test('a cycle of groups is a problem, said once, and ends', () => {
    const manifest = pyproject(
      '[project]\nname = "a"\n[dependency-groups]\na = [{ include-group = "b" }, "x"]\nb = [{ include-group = "a" }]\nc = [{ include-group = "none" }]',
    );
    expect(lists(manifest.groups)).toEqual({ a: ['x'], b: ['x'], c: [] });
    expect(manifest.problems.map(({ message }) => message)).toEqual([
      'the group "a" includes itself: a -> b -> a',
      'there is no group "none" to include',
    ]);
  });

  test('uv sources: workspace, path, git, several by marker', () => {
    const { sources } = pyproject(`[project]
name = "a"
[tool.uv]
dev-dependencies = ["pytest"]
[tool.uv.sources]
w = { workspace = true }
p = { path = "../p", editable = true }
l = [
  { git = "https://git.example/l", marker = "os_name == 'nt'" },
  { index = "inner" },
]`);
    expect([...sources].map(([name, all]) => [name, ...all.map(({ kind, at }) => `${kind} ${at.line}`)])).toEqual([
      ['w', 'workspace 6'],
      ['p', 'path 7'],
      ['l', 'git 9', 'index 10'],
    ]);
  });

  test('pdm groups with a local sibling', () => {
    const manifest = pyproject(
      '[project]\nname = "a"\n[tool.pdm.dev-dependencies]\ntest = ["pytest", "-e file:///$ROOT/../b#egg=b"]'.replace(
        '$ROOT',
        '$\x7bPROJECT_ROOT}',
      ),
    );
    expect(lists(manifest.groups)).toEqual({ test: ['pytest', 'b'] });
    expect(manifest.sources.get('b' as never)).toMatchObject([{ kind: 'path', path: '../b', editable: true }]);
  });

  test('hatch environments with what overrides add, and with sources', () => {
    const manifest = pyproject(
      `[project]
name = "a"
[tool.hatch.envs.test]
dependencies = ["pytest"]
overrides.matrix.python.set-dependencies = ["b", { value = "c", if = ["3.12"] }]
overrides.platform.windows.extra-dependencies = "d"
[tool.hatch.envs.test.sources]
b = { path = "../b" }
`,
    );
    expect(lists(manifest.groups)).toEqual({ test: ['pytest', 'b', 'c', 'd'] });
    expect(manifest.groups.get('test' as never)?.map(({ at }) => at.line)).toEqual([4, 5, 5, 6]);
    expect(manifest.sources.get('b' as never)).toMatchObject([{ kind: 'path', path: '../b' }]);
  });

  test('a requirements file without what it includes, which is said once', () => {
    const { groups, problems } = pyproject('[project]\nname = "a"\n', {
      'dev-requirements.txt': 'six\n-r gone.txt\n-c https://index.example/c.txt\ntox\n',
      'requirements/tests.in': '-r ../dev-requirements.txt\n-c lost.txt\n-c there.txt\n',
      'requirements/there.txt': '',
    });
    expect(lists(groups)).toEqual({ test: ['six', 'tox'], dev: ['six', 'tox'] });
    expect(problems).toEqual([
      {
        message: 'gone.txt, which is included here, is not there or cannot be read',
        at: { file: 'dev-requirements.txt', line: 2 },
      },
      {
        message: 'requirements/lost.txt, which is included here, is not there or cannot be read',
        at: { file: 'requirements/tests.in', line: 2 },
      },
    ]);
  });

  test('requirements files with siblings as pip takes them; a plain one is there for these only', () => {
    const manifest = pyproject('[project]\nname = "a"\n', {
      '../b/pyproject.toml': '[project]\nname = "b"',
      '../../libs/c/setup.cfg': '[metadata]\nname = c',
      'requirements.txt':
        'six==1.0\n-e "../b[net]" ; os_name == "nt"\n./wheels/d.whl\n-e git+https://index.example/e#egg=e\n',
      'requirements_test.txt': 'file:../b\nlibs/c[x] --hash=sha256:1\n-e git+https://index.example/e#egg=e[y]\n',
    });
    expect(lists(manifest.groups)).toEqual({
      test: ['b', 'c[x]', 'e[y]'],
      requirements: ['b[net]; os_name == "nt"'],
    });
    expect(manifest.sources.get('b' as never)).toMatchObject([
      { kind: 'path', path: '../b', editable: false },
      { kind: 'path', path: '../b', editable: true },
    ]);
  });

  test('hatch environments, and requirements files for tests, with siblings by path alone', () => {
    const manifest = pyproject(
      '[project]\nname = "a"\n[tool.hatch.envs.default]\ndependencies = ["pytest"]\npre-install-commands = ["pip install -e ../b"]',
      {
        '../b/pyproject.toml': '[project]\nname = "Bee"',
        '../../libs/c/setup.py': 'setup(name="c")',
        'test-requirements.txt': 'tox\n-e libs/c\n',
      },
    );
    expect(lists(manifest.groups)).toEqual({ default: ['pytest', 'Bee'], test: ['tox', 'c'] });
    expect(Object.fromEntries(manifest.sources)).toMatchObject({
      bee: [{ kind: 'path', path: '../b', editable: true }],
      c: [{ kind: 'path', path: '../../libs/c', editable: true }],
    });
  });
});

describe('poetry', () => {
  const manifest = pyproject(`[tool.poetry]
name = "a"
version = "1"
readme = ["README.md", "CHANGES.md"]
classifiers = ["Private :: no"]
[tool.poetry.dependencies]
python = "^3.9"
b = "^1.2"
c = { version = "~1.4", extras = ["x"], optional = true, python = "<3.12" }
d = { path = "../d", develop = true }
e = [{ version = "1.*", platform = "win32" }, { version = "2.0", markers = "os_name == 'posix'" }]
f = { git = "https://git.example/f.git", tag = "v1" }
[tool.poetry.extras]
more = ["c"]
[tool.poetry.dev-dependencies]
pytest = "*"
[tool.poetry.group.lint.dependencies]
ruff = ">=1 <2"
`);

  test('constraints become requirements', () => {
    expect(shown(manifest.requiresPython)).toBe('>=3.9,<4.0');
    const names = stated(manifest.dependencies).map(({ requirement, at }) => `${requirement.name} ${at.line}`);
    expect(names).toEqual(['b 8', 'd 10', 'e 11', 'e 11', 'f 12']);
    expect(texts(stated(manifest.dependencies))[0]).toMatch(/^b ?(>=1\.2,<2\.0|<2\.0,>=1\.2)$/);
    expect(texts(stated(manifest.dependencies))[4]).toContain('git+https://git.example/f.git@v1');
  });

  test('optional dependencies are those of the extras', () => {
    expect(
      [...stated(manifest.extras)].map(([extra, all]) => [extra, all.map(({ requirement }) => requirement.name)]),
    ).toEqual([['more', ['c']]]);
  });

  test('groups, sources, files', () => {
    expect([...manifest.groups].map(([group, all]) => [group, all.map(({ requirement }) => requirement.name)])).toEqual(
      [
        ['dev', ['pytest']],
        ['lint', ['ruff']],
      ],
    );
    expect(manifest.sources.get('d' as never)).toMatchObject([{ kind: 'path', path: '../d', editable: true }]);
    expect(manifest.namedFiles).toEqual(['README.md', 'CHANGES.md']);
    expect(manifest.isPrivate).toBe(true);
    expect(manifest.problems).toEqual([]);
  });

  test('what an extra lists is required by the extra only', () => {
    const two = pyproject(
      '[tool.poetry]\nname = "a"\nversion = "1"\n[tool.poetry.dependencies]\nb = "*"\nc = "*"\n[tool.poetry.extras]\nx = ["b"]\n',
    );
    expect(texts(stated(two.dependencies))).toEqual(['c']);
    expect(lists(stated(two.extras))).toEqual({ x: ['b'] });
  });

  test('groups take in others, in circles too', () => {
    const { groups } = pyproject(
      '[dependency-groups]\nbase = ["one"]\n[tool.poetry]\nname = "a"\nversion = "1"\n' +
        '[tool.poetry.group.Test_All]\ninclude-groups = ["base", "lint"]\n[tool.poetry.group.Test_All.dependencies]\npytest = "*"\n' +
        '[tool.poetry.group.lint]\ninclude-groups = ["test-all"]\n[tool.poetry.group.lint.dependencies]\nruff = "*"\n',
    );
    expect(lists(groups)).toEqual({
      base: ['one'],
      'test-all': ['pytest', 'one', 'ruff'],
      lint: ['ruff', 'pytest', 'one'],
    });
  });

  test('a constraint that no specifier expresses leaves the name', () => {
    const two = pyproject(
      '[tool.poetry]\nname = "a"\nversion = "1"\n[tool.poetry.dependencies]\nb = { version = ">=1 <3 || >=4 !=5", extras = ["x"] }\n',
    );
    expect(texts(stated(two.dependencies))).toEqual(['b[x]']);
    expect(two.problems).toMatchObject([{ at: { line: 5 } }]);
  });

  test.each([
    ['with its backend', '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'],
    ['without a build system', ''],
  ])('poetry 2 %s goes by its own table for what [project] leaves out', (_, build) => {
    const two = pyproject(
      `${build}[project]\nname = "a"\n[tool.poetry]\nversion = "1"\n[tool.poetry.dependencies]\npython = ">=3.9"\nb = { path = "../b" }\nc = "^1"\n[tool.poetry.extras]\nx = ["c"]\n`,
    );
    expect(texts(stated(two.dependencies))).toEqual(['b']);
    expect(lists(stated(two.extras))).toEqual({ x: ['c>=1,<2'] });
    expect(two.sources.has('b' as never)).toBe(true);
    expect([shown(two.version), shown(two.requiresPython)]).toEqual(['1', '>=3.9']);
  });

  test('poetry 2 takes the dependencies of [project] and the sources of its own table', () => {
    const two = pyproject(
      '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n[project]\nname = "a"\nversion = "1"\ndependencies = ["b>=1", "c"]\n[tool.poetry.dependencies]\nb = { path = "../b" }\nc = { source = "private" }',
    );
    expect(texts(stated(two.dependencies))).toEqual(['b>=1', 'c']);
    expect(two.problems).toEqual([]);
    expect(two.sources.get('b' as never)).toMatchObject([{ kind: 'path', path: '../b' }]);
  });
});

describe('setup.cfg', () => {
  const manifest = packageOf({
    'setup.cfg': `[metadata]
name = a
version = attr: a.__version__
description = file: SUMMARY
long_description = file: README.rst, CHANGES.rst
license_files =
    LICENSE
[options]
package_dir =
    = lib
python_requires = >=3.8
install_requires =
    b>=1
    # not this
    c[x]; python_version < "3.11"
[options.extras_require]
more = d; e
all =
    %(more)s
`,
    'lib/a/__init__.py': '__version__ = "1.2"',
    SUMMARY: 'One line\n',
  });

  test('is read as setuptools reads it', () => {
    expect(shown(manifest.version)).toBe('1.2');
    expect(shown(manifest.description)).toBe('One line');
    expect(shown(manifest.requiresPython)).toBe('>=3.8');
    expect(stated(manifest.dependencies).map(({ requirement, at }) => `${requirement.name} ${at.line}`)).toEqual([
      'b 13',
      'c 15',
    ]);
    expect(manifest.namedFiles).toEqual(['SUMMARY', 'README.rst', 'CHANGES.rst', 'LICENSE', 'lib/a/__init__.py']);
  });

  test('setup.py wins, setup.cfg fills in', () => {
    const both = packageOf({
      'setup.py': 'from setuptools import setup\nsetup(version="2", install_requires=[])',
      'setup.cfg': '[metadata]\nname = a\nversion = 1\n[options]\ninstall_requires = b',
    });
    expect(both.files).toEqual(['setup.cfg', 'setup.py']);
    expect(shown(both.version)).toBe('2');
    expect(texts(stated(both.dependencies))).toEqual(['b']);
  });
});
