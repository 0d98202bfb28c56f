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
