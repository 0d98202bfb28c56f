/** The modules of a package by all that its manifest says about them. */
import { backendPackage } from '../build-system.js';
import type { HatchConfiguration } from '../hatch.js';
import type { PyprojectFile } from '../pyproject-file.js';
import {
  flitModules,
  hatchModules,
  maturinModules,
  pdmModules,
  poetryModules,
  scikitBuildModules,
  uvBuildModules,
} from './backends.js';
import type { ModuleLayout, PackedModules } from './layout.js';
import { mergePackages, readSetuptoolsTable, type SetuptoolsPackages, setuptoolsModules } from './setuptools.js';

/** What a layout is read from; `undefined` what is not there. */
export interface LayoutSources {
  readonly pyproject: PyprojectFile | undefined;
  readonly hatch: HatchConfiguration | undefined;
  /** the `build-backend` */
  readonly backend: string;
  /** the distribution's name, which some backends take for the module's */
  readonly name: string;
  /** what setup.py and setup.cfg say */
  readonly legacy: SetuptoolsPackages | undefined;
}

export function readModuleLayout(sources: LayoutSources): ModuleLayout {
  const backend = backendPackage(sources.backend);
  const read = Object.hasOwn(BACKENDS, backend) ? BACKENDS[backend] : undefined;
  return {
    stated: sources.pyproject && statedNames(sources.pyproject),
    // A backend of the project's own mostly wraps setuptools.
    packed: (read ?? readSetuptools)(sources),
    isFoundByFiles: read !== undefined,
  };
}

/** @see PEP 794 */
function statedNames(pyproject: PyprojectFile): ModuleLayout['stated'] {
  const list = (key: string) =>
    pyproject
      .strings(['project', key])
      ?.map((name) => name.replace(/;.*/, '').trim())
      .filter((name) => name !== '');
  const [names, namespaces] = [list('import-names'), list('import-namespaces')];
  return names === undefined && namespaces === undefined
    ? undefined
    : { names: names ?? [], namespaces: namespaces ?? [] };
}

type Read = (sources: LayoutSources) => readonly PackedModules[];

/** For backends that are configured in pyproject.toml only. */
const fromPyproject =
  (read: (pyproject: PyprojectFile, module: string) => readonly PackedModules[]): Read =>
  ({ pyproject, name }) =>
    pyproject === undefined ? [] : read(pyproject, name.replace(/[-.]+/g, '_').toLowerCase());

const readSetuptools: Read = ({ pyproject, legacy }) =>
  setuptoolsModules(mergePackages(pyproject && readSetuptoolsTable(pyproject), legacy));

const readFlit: Read = ({ pyproject, name }) => (pyproject === undefined ? [] : flitModules(pyproject, name));

const BACKENDS: Readonly<Record<string, Read>> = {
  setuptools: readSetuptools,
  hatchling: ({ hatch }) => (hatch === undefined ? [] : hatchModules(hatch)),
  flit_core: readFlit,
  flit: readFlit,
  poetry: fromPyproject(poetryModules),
  pdm: fromPyproject(pdmModules),
  uv_build: fromPyproject(uvBuildModules),
  maturin: fromPyproject(maturinModules),
  scikit_build_core: fromPyproject(scikitBuildModules),
};
