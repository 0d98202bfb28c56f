/** Requirements for development, and where requirements are taken from. */
import { describe, expect, test } from 'vitest';
import { lists, pyproject } from './testing/folders.js';

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

  test('uv sources for one extra or group, and those of a hatch environment', () => {
    const { sources } = pyproject(`[project]
name = "a"
[tool.uv.sources]
b = [{ workspace = true, extra = "Big_one" }, { index = "inner", group = "dev" }, { git = "https://git.example/b" }]
[tool.hatch.envs.test.sources]
b = { path = "../b" }`);
    expect(sources.get('b' as never)?.map(({ kind, only }) => `${kind} ${only}`)).toEqual([
      'workspace extra:big-one',
      'index group:dev',
      'git undefined',
      'path group:test',
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
