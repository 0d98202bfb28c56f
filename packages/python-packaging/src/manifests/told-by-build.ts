/** Metadata that no manifest states, because a build backend, or a plugin of one, takes them from elsewhere. */
import { backendPackage } from './build-system.js';
import { ABSENT, type CoreMetadata, dynamic, NOTHING_PRESUMED } from './core-metadata.js';
import type { BuildSystem, Place, Stated } from './manifest.js';

/** Backends that want `[project]`, a table of their own, or a setup.py, and fail without. */
const WANT_A_MANIFEST = new Set([
  'flit',
  'flit_core',
  'hatchling',
  'pdm',
  'poetry',
  'scikit_build_core',
  'setuptools',
  'uv_build',
]);
/** What every build with setuptools asks for, and no plugin. */
const NO_PLUGINS = new Set(['setuptools', 'wheel']);

/** @returns `undefined` where the backend is known to want a manifest that is not there */
export function toldByBackend({ backend, isStated }: BuildSystem, at: Place): CoreMetadata | undefined {
  if (!isStated || WANT_A_MANIFEST.has(backendPackage(backend))) return undefined;
  const nothing: CoreMetadata = {
    name: ABSENT,
    version: ABSENT,
    description: ABSENT,
    requiresPython: ABSENT,
    dependencies: ABSENT,
    extras: ABSENT,
    presumed: NOTHING_PRESUMED,
    classifiers: ABSENT,
    namedFiles: [],
    buildRequires: [],
    sources: new Map(),
  };
  return open(nothing, `${backend} takes it from elsewhere`, at);
}

/**
 * `setup()` without a name, but with a plugin of setuptools that may set one.
 * @returns `undefined` where there is no such plugin
 */
export function toldByPlugin(legacy: CoreMetadata, { requires }: BuildSystem): CoreMetadata | undefined {
  const plugin = [...legacy.buildRequires, ...requires].find(({ requirement }) => !NO_PLUGINS.has(requirement.name));
  return plugin && open(legacy, `${plugin.requirement.name}, a plugin of setuptools, may tell it`, plugin.at);
}

function open(core: CoreMetadata, reason: string, at: Place): CoreMetadata {
  const opened = <T>(field: Stated<T>): Stated<T> => (field.kind === 'absent' ? dynamic(reason, at) : field);
  return {
    ...core,
    name: opened(core.name),
    version: opened(core.version),
    requiresPython: opened(core.requiresPython),
    dependencies: opened(core.dependencies),
    extras: opened(core.extras),
  };
}
