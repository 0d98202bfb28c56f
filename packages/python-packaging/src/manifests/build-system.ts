/** `[build-system]` (PEP 518, PEP 517). */
import { parseRequirement } from '../requirements/requirement.js';
import type { BuildSystem, Place } from './manifest.js';
import type { PyprojectFile } from './pyproject-file.js';

const LEGACY_BACKEND = 'setuptools.build_meta:__legacy__';

/**
 * @param pyproject `undefined` where there is none
 * @param fallback the place to name where no manifest states a build system
 */
export function readBuildSystem(pyproject: PyprojectFile | undefined, fallback: Place): BuildSystem {
  if (!pyproject?.has(['build-system'])) {
    const requirement = parseRequirement('setuptools>=40.8.0');
    return { requires: [{ requirement, at: fallback }], backend: LEGACY_BACKEND, backendPath: [], isStated: false };
  }
  return {
    requires: pyproject.requirements(['build-system', 'requires']) ?? [],
    backend: pyproject.string(['build-system', 'build-backend']) ?? LEGACY_BACKEND,
    backendPath: pyproject.strings(['build-system', 'backend-path']) ?? [],
    isStated: true,
  };
}

/** Backends that make the version and leave all else to another. */
const WRAPPED: Readonly<Record<string, string>> = { flit_scm: 'flit_core', poetry_dynamic_versioning: 'poetry' };

/** The package that a backend is in, such as `setuptools` for `setuptools.build_meta:__legacy__`; of a backend around another, that one's. */
export function backendPackage(backend: string): string {
  const name = backend.split(/[.:]/)[0] ?? '';
  return Object.hasOwn(WRAPPED, name) ? (WRAPPED[name] as string) : name;
}
