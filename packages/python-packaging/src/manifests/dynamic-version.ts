/** `dynamic = ["version"]`: the version where a build backend would read it, without running the backend. */

import { InvalidToml, isTomlTable, readToml, type TomlValue, tomlAt } from '../toml/read.js';
import { dynamic, stated } from './core-metadata.js';
import { readFlitVersion } from './flit.js';
import { type HatchConfiguration, hatchTable, hatchVersionSource } from './hatch.js';
import type { PackageFolder, Place, Stated } from './manifest.js';
import { readPoetryVersion } from './poetry.js';
import type { PyprojectFile } from './pyproject-file.js';
import { readPythonConstant } from './python/constants.js';
import { search, toRegExp } from './python/regular-expressions.js';
import { dynamicText } from './setuptools.js';

const VERSION_PLUGINS =
  /^(?:setuptools[-_.]scm|setuptools[-_.]git[-_.]versioning|vcs[-_.]versioning|versioningit|versioneer|pbr|dunamai)/i;

/** How far up the root of a Cargo workspace is looked for. */
const CARGO_LEVELS = 6;

/** What hatch looks for in a version file unless it is told another pattern. */
const HATCH_PATTERN = '(?i)^(__version__|VERSION)(?: ?: ?str)? *= *([\'"])v?(?P<version>.+?)\\2';
const PDM_PATTERN = '^__version__\\s*=\\s*["\'](?P<version>.+?)["\']\\s*(?:#.*)?$';

const SCIKIT_BUILD_PATTERN = '(?i)^(__version__|VERSION)(?: ?: ?str)? *= *([\'"])v?(?P<value>.+?)\\2';
const MESON_PATTERN = "^project\\s*\\([^)]*\\bversion\\s*:\\s*'(?P<version>[^']+)'";

/** What a backend may look into besides the manifest. */
export interface VersionContext {
  /** the import name that flit derives from the project's name */
  readonly module: string;
  readonly hatch: HatchConfiguration;
  /** what setup.py and setup.cfg say, where setuptools is the backend */
  readonly legacy: Stated<string>;
}

/** @param backend the `build-backend` */
export function readDynamicVersion(
  pyproject: PyprojectFile,
  folder: PackageFolder,
  backend: string,
  { module, hatch, legacy }: VersionContext,
): Stated<string> {
  const at = pyproject.at(['project', 'dynamic']);
  // The backend itself, not one that it is made around: the version is what it does by itself.
  switch (backend.split(/[.:]/)[0]) {
    case 'hatchling':
      return readHatchVersion(hatch, folder, at);
    case 'flit_core':
      return readFlitVersion(pyproject, folder, module);
    case 'pdm':
      return readPdmVersion(pyproject, folder, at);
    case 'poetry':
    case 'poetry_dynamic_versioning':
      return readPoetryVersion(pyproject);
    case 'maturin':
      return readCargoVersion(pyproject, folder, at);
    case 'scikit_build_core':
      return readScikitBuildVersion(pyproject, folder, at);
    case 'mesonpy':
      return readMesonVersion(folder, at);
    case 'setuptools':
      return readSetuptoolsVersion(pyproject, folder, legacy, at);
    default:
      return dynamic(`the build backend ${backend} makes the version`, at);
  }
}

/** The file that hatch reads the version from, where one is named. */
export function hatchVersionFile(hatch: HatchConfiguration): string | undefined {
  const { file, root } = hatchTable(hatch, 'version');
  return file.string([...root, 'path']);
}

function readHatchVersion(hatch: HatchConfiguration, folder: PackageFolder, at: Place): Stated<string> {
  const { file, root: table } = hatchTable(hatch, 'version');
  const source = hatchVersionSource(hatch);
  const path = hatchVersionFile(hatch);
  if (source !== 'regex' && source !== 'code')
    return dynamic(`the version comes from hatch's version source "${source}"`, at);
  if (path === undefined) return dynamic('the version comes from hatch, but no `version.path` is given', at);
  if (source === 'code') {
    const expression = file.string([...table, 'expression']) ?? '__version__';
    if (/^\w+$/.test(expression)) return readPythonConstant(folder, path, expression);
    return dynamic(`the version is the value of ${expression} in ${path}`, at);
  }
  const pattern = file.value([...table, 'pattern']);
  return readByPattern(folder, path, typeof pattern === 'string' ? pattern : HATCH_PATTERN, at);
}

function readPdmVersion(pyproject: PyprojectFile, folder: PackageFolder, at: Place): Stated<string> {
  const table = ['tool', 'pdm', 'version'];
  const source = pyproject.string([...table, 'source']);
  const path = pyproject.string([...table, 'path']);
  if (source === 'file' && path !== undefined) return readByPattern(folder, path, PDM_PATTERN, at);
  return dynamic(`the version comes from pdm's version source "${source}"`, at);
}

/** scikit-build-core asks a provider; that of regular expressions reads a file. */
function readScikitBuildVersion(pyproject: PyprojectFile, folder: PackageFolder, at: Place): Stated<string> {
  const table = ['tool', 'scikit-build', 'metadata', 'version'];
  const provider = pyproject.string([...table, 'provider']);
  const input = pyproject.string([...table, 'input']);
  const isPlain = !pyproject.has([...table, 'result']) && !pyproject.has([...table, 'remove']);
  if (provider !== 'scikit_build_core.metadata.regex' || input === undefined || !isPlain)
    return dynamic(`the version comes from the provider "${provider}"`, at);
  const pattern = pyproject.string([...table, 'regex']) ?? SCIKIT_BUILD_PATTERN;
  return readByPattern(folder, input, pattern.replace('?P<value>', '?P<version>'), at);
}

/** meson-python takes the version of the Meson project, where that is a text. */
function readMesonVersion(folder: PackageFolder, at: Place): Stated<string> {
  return readByPattern(folder, 'meson.build', MESON_PATTERN, at);
}

/** @param pattern in Python's syntax, with a group `version`, searched for in multi-line mode */
function readByPattern(folder: PackageFolder, file: string, pattern: string, at: Place): Stated<string> {
  const text = folder.read(file)?.replace(/\r\n?/g, '\n');
  if (text === undefined) return dynamic(`the version is in ${file}, which is not there`, at);
  const compiled = toRegExp(pattern, 'm');
  const match = compiled && search(compiled, text);
  const version = match?.groups?.version;
  if (version === undefined || !match) return dynamic(`the version is not found in ${file}`, at);
  const line = text.slice(0, match.index + match[0].indexOf(version)).split('\n').length;
  return stated(version, { file, line });
}

/** The Cargo.toml of the crate that maturin builds. */
export function crateManifest(pyproject: PyprojectFile): string {
  return pyproject.string(['tool', 'maturin', 'manifest-path']) ?? 'Cargo.toml';
}

/** maturin takes the version of the crate, which may have it from its Cargo workspace. */
function readCargoVersion(pyproject: PyprojectFile, folder: PackageFolder, at: Place): Stated<string> {
  const file = crateManifest(pyproject);
  if (folder.read(file) === undefined) return dynamic(`the version is in ${file}, which is not there`, at);
  const own = tomlValue(folder, file, ['package', 'version']);
  const candidates = Array.from({ length: CARGO_LEVELS }, (_, level) => `${'../'.repeat(level)}Cargo.toml`);
  const isInherited = isTomlTable(own) && own.workspace === true;
  const from = isInherited
    ? candidates.find((each) => tomlValue(folder, each, ['workspace', 'package', 'version']) !== undefined)
    : file;
  const version = isInherited && from ? tomlValue(folder, from, ['workspace', 'package', 'version']) : own;
  // Of a pre-release Cargo's spelling is not that of PEP 440.
  return from !== undefined && typeof version === 'string' && /^[\d.]+$/.test(version)
    ? stated(version, { file: from, line: undefined })
    : dynamic(`maturin makes the version from ${file}`, at);
}

function tomlValue(folder: PackageFolder, file: string, path: readonly string[]): TomlValue | undefined {
  try {
    return tomlAt(readToml(folder.read(file) ?? ''), path);
  } catch (error) {
    if (error instanceof InvalidToml) return undefined;
    throw error;
  }
}

function readSetuptoolsVersion(
  pyproject: PyprojectFile,
  folder: PackageFolder,
  legacy: Stated<string>,
  at: Place,
): Stated<string> {
  const read = dynamicText(pyproject, folder, 'version');
  if (read !== undefined) return read;
  if (legacy.kind !== 'absent') return legacy;
  return pluginVersion(pyproject) ?? dynamic('setuptools makes the version', at);
}

/** @returns `undefined` where the build requires no plugin of setuptools that makes a version from version control */
export function pluginVersion(pyproject: PyprojectFile): Stated<string> | undefined {
  const path = ['build-system', 'requires'];
  const plugin = pyproject.strings(path)?.find((requirement) => VERSION_PLUGINS.test(requirement));
  const name = /^[\w.-]+/.exec(plugin ?? '')?.[0];
  return name === undefined
    ? undefined
    : dynamic(`the version comes from the version control system, by ${name}`, pyproject.at(path));
}
