/** `[tool.flit.metadata]`, which flit used before PEP 621, and what flit reads from the module itself. */
import { normalizeName } from '../names/name.js';
import { ABSENT, type CoreMetadata, dynamic, NOTHING_PRESUMED, stated } from './core-metadata.js';
import type { PackageFolder, Stated } from './manifest.js';
import type { PyprojectFile } from './pyproject-file.js';
import { readDocstring, readPythonConstant } from './python/constants.js';

const METADATA = ['tool', 'flit', 'metadata'];

/**
 * The module of a project that says nothing else: dots and capitals stay.
 * @param name of the distribution, as written
 * @see flit_core's `normalize_pkg_name`
 */
export function flitModule(pyproject: PyprojectFile, name: string): string {
  const stated = pyproject.string(['tool', 'flit', 'module', 'name']) ?? pyproject.string([...METADATA, 'module']);
  return stated ?? name.replace(/-(?!stubs$)/g, '_');
}

/** @returns `undefined` where there is no such table */
export function readFlitMetadata(pyproject: PyprojectFile, folder: PackageFolder): CoreMetadata | undefined {
  const module = pyproject.string([...METADATA, 'module']);
  if (module === undefined) return undefined;
  const extras = pyproject
    .keys([...METADATA, 'requires-extra'])
    .map(
      (extra) => [normalizeName(extra), pyproject.requirements([...METADATA, 'requires-extra', extra]) ?? []] as const,
    );
  const list = (key: string) => pyproject.requirements([...METADATA, key]);
  const at = (key: string) => pyproject.at([...METADATA, key]);
  const name = pyproject.string([...METADATA, 'dist-name']);
  return {
    name: name === undefined ? stated(module, at('module')) : stated(name, at('dist-name')),
    version: readFlitVersion(pyproject, folder, module),
    description: readFlitDescription(pyproject, folder, module),
    requiresPython: stated(pyproject.string([...METADATA, 'requires-python']), at('requires-python')),
    dependencies: stated(list('requires'), at('requires')),
    extras: extras.length === 0 ? ABSENT : stated(new Map(extras), at('requires-extra')),
    presumed: NOTHING_PRESUMED,
    classifiers: stated(pyproject.strings([...METADATA, 'classifiers']), at('classifiers')),
    namedFiles: [pyproject.string([...METADATA, 'description-file'])].filter((file) => file !== undefined),
    buildRequires: [],
    sources: new Map(),
  };
}

/** `__version__` of the module. */
export function readFlitVersion(pyproject: PyprojectFile, folder: PackageFolder, module: string): Stated<string> {
  const file = moduleFile(folder, module);
  if (file === undefined)
    return dynamic(`flit reads it from the module "${module}", which is not there`, pyproject.at(['project']));
  return readPythonConstant(folder, file, '__version__');
}

/** The first line of the module's docstring. */
export function readFlitDescription(pyproject: PyprojectFile, folder: PackageFolder, module: string): Stated<string> {
  const file = moduleFile(folder, module);
  const docstring = file === undefined ? undefined : readDocstring(folder.read(file) ?? '');
  const summary = docstring?.trim().split('\n', 1)[0]?.trim();
  if (file !== undefined && summary) return stated(summary, { file, line: 1 });
  return dynamic(`flit reads it from the docstring of "${module}"`, pyproject.at(['project']));
}

function moduleFile(folder: PackageFolder, module: string): string | undefined {
  const path = module.replaceAll('.', '/');
  const candidates = [`${path}/__init__.py`, `src/${path}/__init__.py`, `${path}.py`, `src/${path}.py`];
  return candidates.find((candidate) => folder.read(candidate) !== undefined);
}
