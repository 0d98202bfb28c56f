/** The `[project]` table (PEP 621, PEP 639) and, for the fields it calls dynamic, what its build backend's own tables say. */

import { type NormalizedName, normalizeName } from '../names/name.js';
import { backendPackage } from './build-system.js';
import { cratesBeside } from './cargo.js';
import { ABSENT, type CoreMetadata, dynamic, type Extras, NOTHING_PRESUMED, stated } from './core-metadata.js';
import { crateManifest, hatchVersionFile, readDynamicVersion } from './dynamic-version.js';
import { flitModule, readFlitDescription } from './flit.js';
import { type HatchConfiguration, hatchForcedIncludes } from './hatch.js';
import { hatchDependencies, hatchExtras, hatchPresumed } from './hatch-metadata.js';
import type { DeclaredRequirement, PackageFolder, PresumedRequirements, Stated } from './manifest.js';
import { pluginTemplates } from './plugin-templates.js';
import { readPoetryMetadata } from './poetry.js';
import type { PyprojectFile } from './pyproject-file.js';
import { dynamicExtras, dynamicFiles, dynamicRequirements, dynamicText, leavesListsEmpty } from './setuptools.js';

const PROJECT = ['project'];
const GLOB = /[*?[\]{}]/;

/**
 * @param backend the `build-backend`
 * @param legacy what setup.py and setup.cfg say, where there are any
 */
export function readProjectTable(
  pyproject: PyprojectFile,
  folder: PackageFolder,
  backend: string,
  legacy: CoreMetadata | undefined,
  hatch: HatchConfiguration,
): CoreMetadata {
  const isDynamic = new Set(pyproject.strings([...PROJECT, 'dynamic']) ?? []);
  const other = otherTables(pyproject, backend, legacy);
  const name = pyproject.string([...PROJECT, 'name']) ?? '';
  const backendOf = backendPackage(backend);
  const isSetuptools = backendOf === 'setuptools';
  const isHatch = backendOf === 'hatchling';
  const isFlit = backendOf === 'flit_core';

  /** The table's own value, else the one its backend finds; a field that is neither stated nor dynamic is absent. */
  const field = <T>(key: string, own: T | undefined, found: () => Stated<T> | undefined): Stated<T> => {
    const at = pyproject.at([...PROJECT, key]);
    if (own !== undefined) return stated(own, at);
    if (!isDynamic.has(key)) return ABSENT;
    const value = found();
    if (value !== undefined && value.kind !== 'absent') return value;
    return dynamic(`the build backend ${backend} makes the ${key}`, pyproject.at([...PROJECT, 'dynamic']));
  };
  const text = (key: string, found: () => Stated<string> | undefined) =>
    field(key, pyproject.string([...PROJECT, key]), found);
  const module = flitModule(pyproject, name);

  const none = <T>(empty: T): Stated<T> | undefined =>
    leavesListsEmpty(pyproject, folder) ? stated(empty, pyproject.at([...PROJECT, 'dynamic'])) : undefined;

  const dependencies = field('dependencies', pyproject.requirements([...PROJECT, 'dependencies']), () =>
    isSetuptools
      ? (dynamicRequirements(pyproject, folder) ?? other?.dependencies ?? none([]))
      : isHatch
        ? hatchDependencies(hatch, folder)
        : other?.dependencies,
  );
  const extras = field('optional-dependencies', readExtras(pyproject), () =>
    isSetuptools
      ? (dynamicExtras(pyproject, folder) ?? other?.extras ?? none(new Map()))
      : isHatch
        ? hatchExtras(hatch, folder)
        : other?.extras,
  );
  // poetry goes by its own table for what [project] leaves out, whether that is called dynamic or not; lists of requirements go together.
  const poetry = isPoetry(pyproject, backend) ? other : undefined;
  const ofPoetry = <T>(value: Stated<T>, own: Stated<T> | undefined): Stated<T> =>
    value.kind === 'absent' ? (own ?? value) : value;
  const isPoetrys =
    poetry !== undefined && !['dependencies', 'optional-dependencies'].some((key) => pyproject.has([...PROJECT, key]));
  return {
    name: stated(name, pyproject.at([...PROJECT, 'name'])),
    version: ofPoetry(
      text('version', () =>
        readDynamicVersion(pyproject, folder, backend, { module, hatch, legacy: other?.version ?? ABSENT }),
      ),
      poetry?.version,
    ),
    description: text('description', () =>
      isFlit
        ? readFlitDescription(pyproject, folder, module)
        : isSetuptools
          ? (dynamicText(pyproject, folder, 'description') ?? other?.description)
          : other?.description,
    ),
    requiresPython: ofPoetry(
      text('requires-python', () => other?.requiresPython),
      poetry?.requiresPython,
    ),
    dependencies: isPoetrys ? poetry.dependencies : dependencies,
    extras: isPoetrys ? poetry.extras : extras,
    presumed: presumedOf(
      isHatch ? hatchPresumed(hatch) : (other?.presumed ?? pluginTemplates(pyproject)),
      dependencies,
      extras,
    ),
    classifiers: field('classifiers', pyproject.strings([...PROJECT, 'classifiers']), () => other?.classifiers),
    licenseFiles: licenseFiles(pyproject),
    namedFiles: [
      ...namedFiles(pyproject, hatch),
      ...(other?.namedFiles ?? []),
      ...(backend === 'maturin' ? cratesBeside(folder, crateManifest(pyproject)) : []),
    ],
    buildRequires: isSetuptools ? (legacy?.buildRequires ?? []) : [],
    sources: other?.sources ?? new Map(),
    environment: isSetuptools ? (legacy?.environment ?? []) : [],
    packages: other?.packages,
  };
}

/** Presumptions count for the lists that stay dynamic here. */
function presumedOf(
  presumed: PresumedRequirements | undefined,
  dependencies: Stated<unknown>,
  extras: Stated<unknown>,
): PresumedRequirements {
  return {
    dependencies: (dependencies.kind === 'dynamic' && presumed?.dependencies) || NOTHING_PRESUMED.dependencies,
    extras: (extras.kind === 'dynamic' && presumed?.extras) || NOTHING_PRESUMED.extras,
  };
}

/** A project that nobody builds, an application say, needs no build system to be poetry's. */
function isPoetry(pyproject: PyprojectFile, backend: string): boolean {
  return (
    pyproject.has(['tool', 'poetry']) && (backendPackage(backend) === 'poetry' || !pyproject.has(['build-system']))
  );
}

function otherTables(
  pyproject: PyprojectFile,
  backend: string,
  legacy: CoreMetadata | undefined,
): CoreMetadata | undefined {
  if (isPoetry(pyproject, backend)) return readPoetryMetadata(pyproject);
  return backendPackage(backend) === 'setuptools' ? legacy : undefined;
}

function readExtras(pyproject: PyprojectFile): Extras | undefined {
  const path = [...PROJECT, 'optional-dependencies'];
  if (!pyproject.has(path)) return undefined;
  const extras = new Map<NormalizedName, readonly DeclaredRequirement[]>();
  for (const key of pyproject.keys(path)) {
    extras.set(normalizeName(key), pyproject.requirements([...path, key]) ?? []);
  }
  return extras;
}

function licenseFiles(pyproject: PyprojectFile): readonly string[] {
  const stated = pyproject.value([...PROJECT, 'license-files']);
  return Array.isArray(stated) ? stated.filter((glob): glob is string => typeof glob === 'string') : [];
}

/** Readme, licence files, version file, `file:` references and forced includes; globs are left out. */
function namedFiles(pyproject: PyprojectFile, hatch: HatchConfiguration): readonly string[] {
  const readme = pyproject.value([...PROJECT, 'readme']);
  const licence = pyproject.value([...PROJECT, 'license', 'file']);
  return [
    typeof readme === 'string' ? readme : pyproject.value([...PROJECT, 'readme', 'file']),
    licence,
    ...licenseFiles(pyproject),
    pyproject.string(['tool', 'pdm', 'version', 'path']),
    pyproject.string(['tool', 'scikit-build', 'cmake', 'source-dir']),
    ...dynamicFiles(pyproject),
    ...hatchForcedIncludes(hatch),
    hatchVersionFile(hatch),
  ].filter((file): file is string => typeof file === 'string' && !GLOB.test(file));
}
