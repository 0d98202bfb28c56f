/** Which manifests may make a wheel for one platform only. */
import { describe, expect, test } from 'vitest';
import { packageOf } from './testing/folders.js';

const project = (build: string, more = '') =>
  `[project]\nname = "a"\nversion = "1"\n${more}\n[build-system]\n${build}\n`;
const setuptools = 'requires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"';
const hatchling = 'requires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"';
const setup = (call: string) => `from setuptools import setup\n${call}\n`;

describe('what cannot be compiled for sure', () => {
  test.each<[string, Record<string, string>]>([
    ['flit', { 'pyproject.toml': project('requires = ["flit_core >=3"]\nbuild-backend = "flit_core.buildapi"') }],
    ['uv', { 'pyproject.toml': project('requires = ["uv_build"]\nbuild-backend = "uv_build"') }],
    ['poetry', { 'pyproject.toml': project('requires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"') }],
    ['pdm', { 'pyproject.toml': project('requires = ["pdm-backend"]\nbuild-backend = "pdm.backend"') }],
    [
      'hatchling with a version hook',
      { 'pyproject.toml': project(`${hatchling}\n[tool.hatch.build.hooks.vcs]\nversion-file = "a/_v.py"`) },
    ],
    ['setuptools without a script', { 'pyproject.toml': project(setuptools) }],
    ['setuptools with a script of constants', { 'setup.py': setup('setup(name="a", packages=["a"])') }],
  ])('%s', (_, files) => expect(packageOf(files).mayBeCompiled).toBe(false));
});

describe('what may be compiled', () => {
  test.each<[string, Record<string, string>]>([
    ['maturin', { 'pyproject.toml': project('requires = ["maturin>=1"]\nbuild-backend = "maturin"') }],
    ['meson', { 'pyproject.toml': project('requires = ["meson-python"]\nbuild-backend = "mesonpy"') }],
    [
      'scikit-build',
      { 'pyproject.toml': project('requires = ["scikit-build-core"]\nbuild-backend = "scikit_build_core.build"') },
    ],
    [
      'a backend of the package itself',
      { 'pyproject.toml': project('requires = []\nbuild-backend = "b"\nbackend-path = ["."]') },
    ],
    ['an extension in setup.py', { 'setup.py': setup('setup(name="a", ext_modules=[Extension("a", ["a.c"])])') }],
    ['arguments that the script does not spell out', { 'setup.py': setup('setup(name="a", **arguments())') }],
    [
      'an extension in pyproject.toml',
      { 'pyproject.toml': project(`${setuptools}\n[[tool.setuptools.ext-modules]]\nname = "a"`) },
    ],
    ['a compiler among the build requirements', { 'pyproject.toml': project('requires = ["setuptools", "Cython"]') }],
    [
      'a hook of hatchling',
      { 'pyproject.toml': project(`${hatchling}\n[tool.hatch.build.targets.wheel.hooks.custom]`) },
    ],
    [
      'a script of poetry',
      {
        'pyproject.toml': project(
          'requires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry.build]\nscript = "build.py"',
        ),
      },
    ],
    [
      'a hook of pdm',
      { 'pyproject.toml': project('requires = ["pdm-backend"]\nbuild-backend = "pdm.backend"'), 'pdm_build.py': '' },
    ],
  ])('%s', (_, files) => expect(packageOf(files).mayBeCompiled).toBe(true));
});
