/**
 * Whether a build may compile something, so that its wheel fits one platform only. Nobody but the build itself knows for sure; here
 * doubt counts as yes, because it costs little: results are then not shared between platforms.
 */
import { backendPackage } from './build-system.js';
import type { HatchConfiguration } from './hatch.js';
import { hatchBuildHooks } from './hatch.js';
import type { BuildSystem, PackageFolder } from './manifest.js';
import type { PyprojectFile } from './pyproject-file.js';

/** Distributions that compile nothing: backends of pure packages, and plugins for versions, readmes and lists of files. */
const PURE = new Set([
  'flit',
  'flit-core',
  'flit-scm',
  'hatch-dependency-coversion',
  'hatch-docstring-description',
  'hatch-fancy-pypi-readme',
  'hatch-nodejs-version',
  'hatch-regex-commit',
  'hatch-requirements-txt',
  'hatch-vcs',
  'hatchling',
  'importlib-metadata',
  'incremental',
  'packaging',
  'pbr',
  'pdm-backend',
  'pdm-build-locked',
  'pdm-pep517',
  'poetry',
  'poetry-core',
  'poetry-dynamic-versioning',
  'pytest-runner',
  'setuptools',
  'setuptools-git-versioning',
  'setuptools-scm',
  'toml',
  'tomli',
  'tomlkit',
  'typing-extensions',
  'uv-build',
  'uv-dynamic-versioning',
  'vcs-versioning',
  'versioneer',
  'versioneer-518',
  'versioningit',
  'wheel',
]);

/** Hooks of hatchling that write a text. */
const PURE_HOOKS = new Set(['version', 'vcs']);

/** Arguments of `setup()` that compile, or may; also arguments that are not spelt out in the file. */
const COMPILING_ARGUMENTS =
  /\b(ext_modules|ext_package|Extension|cffi_modules|rust_extensions|cythonize|mypycify|cmdclass|distclass|has_ext_modules|cmake_\w+|numpy\.distutils|skbuild)\b|\blibraries\s*=|\*\*/;

/** Settings of pyproject.toml that have code of the package, or a compiler, take part. */
const COMPILING_SETTINGS = [
  ['tool', 'setuptools', 'ext-modules'],
  ['tool', 'setuptools', 'cmdclass'],
  ['tool', 'poetry', 'build'],
  ['tool', 'pdm', 'build', 'run-setuptools'],
  ['tool', 'pdm', 'build', 'custom-hook'],
] as const;

/** @param requires all build requirements, also those of hooks and of `setup_requires` */
export function mayBeCompiled(
  folder: PackageFolder,
  pyproject: PyprojectFile | undefined,
  hatch: HatchConfiguration | undefined,
  { backend, backendPath, requires }: BuildSystem,
): boolean {
  if (backendPath.length > 0 || requires.some(({ requirement }) => !PURE.has(requirement.name))) return true;
  if (pyproject && COMPILING_SETTINGS.some((setting) => pyproject.has(setting))) return true;
  switch (backendPackage(backend)) {
    case 'setuptools':
      return COMPILING_ARGUMENTS.test(folder.read('setup.py') ?? '');
    case 'hatchling':
      return hatch !== undefined && hatchBuildHooks(hatch).some((hook) => !PURE_HOOKS.has(hook));
    case 'pdm':
      return folder.read('pdm_build.py') !== undefined;
    case 'flit_core':
    case 'poetry':
    case 'uv_build':
      return false;
    default:
      return true;
  }
}
