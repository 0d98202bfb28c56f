/** What a folder with manifests is, and what `[project]` and `[build-system]` say of it. */
import { describe, expect, test } from 'vitest';
import { packageOf, pyproject, reading, shown, stated, texts } from './testing/folders.js';

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
