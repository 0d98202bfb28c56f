/** Which files of a package go into its dists although version control ignores them: what another program has made. */
import { backendPackage } from './build-system.js';
import { type HatchConfiguration, hatchArtifacts, hatchForcedIncludes } from './hatch.js';
import type { Artifacts } from './manifest.js';
import type { PyprojectFile, TomlPath } from './pyproject-file.js';

/** By backend: the setting that takes in files whether version control ignores them or not. */
const INCLUDES: Readonly<Record<string, TomlPath>> = {
  maturin: ['tool', 'maturin', 'include'],
  poetry: ['tool', 'poetry', 'include'],
  scikit_build_core: ['tool', 'scikit-build', 'sdist', 'include'],
};

/** Backends that have no such setting do not look at version control at all. */
export function readArtifacts(
  pyproject: PyprojectFile | undefined,
  hatch: HatchConfiguration | undefined,
  backend: string,
): Artifacts {
  const name = backendPackage(backend);
  if (hatch !== undefined && name === 'hatchling')
    return { ignored: hatchArtifacts(hatch).flatMap(globOfPattern), included: inside(hatchForcedIncludes(hatch)) };
  const setting = Object.hasOwn(INCLUDES, name) ? INCLUDES[name] : undefined;
  return { ignored: [], included: setting && pyproject ? inside(pathsAt(pyproject, setting)) : [] };
}

/** A list of paths, or of tables that each have one. */
function pathsAt(pyproject: PyprojectFile, path: TomlPath): readonly string[] {
  const value = pyproject.value(path);
  return (Array.isArray(value) ? value : [])
    .map((item) => (typeof item === 'object' && item !== null && 'path' in item ? item.path : item))
    .filter((item) => typeof item === 'string');
}

/** What lies elsewhere is no matter of what this folder ignores. */
function inside(paths: readonly string[]): readonly string[] {
  return paths
    .map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''))
    .filter((path) => !/^(\/|\.\.|~|$)/.test(path));
}

/** @see the documentation of gitignore, "Pattern format" */
function globOfPattern(pattern: string): string[] {
  if (pattern.startsWith('!') || pattern.startsWith('#')) return [];
  const path = pattern.trim().replace(/\/+$/, '');
  if (path === '') return [];
  return [path.includes('/') ? path.replace(/^\//, '') : `**/${path}`];
}
