/** The tables of poetry. */
import { describe, expect, test } from 'vitest';
import { lists, pyproject, shown, stated, texts } from './testing/folders.js';

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
