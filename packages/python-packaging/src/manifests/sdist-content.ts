/** Which backends put the whole tree into a source distribution, and which the modules only. */
import { backendPackage } from './build-system.js';
import type { SdistContent } from './manifest.js';
import type { PyprojectFile } from './pyproject-file.js';

/** By backend: the setting that adds more than the modules. */
const MODULES_ONLY: Readonly<Record<string, readonly string[]>> = {
  flit_core: ['tool', 'flit', 'sdist', 'include'],
  poetry: ['tool', 'poetry', 'include'],
  uv_build: ['tool', 'uv', 'build-backend', 'source-include'],
};

export function sdistContent(pyproject: PyprojectFile | undefined, backend: string): SdistContent {
  const name = backendPackage(backend);
  const setting = Object.hasOwn(MODULES_ONLY, name) ? MODULES_ONLY[name] : undefined;
  return setting === undefined || pyproject === undefined || pyproject.has(setting) ? 'tree' : 'modules';
}
