/** What setuptools makes of setup.py, setup.cfg and `[tool.setuptools]` together. */
import { normalizeName } from '../names/name.js';
import { isTomlTable } from '../toml/read.js';
import { type CoreMetadata, dynamic, type Extras, mergeLists, stated } from './core-metadata.js';
import type { DeclaredRequirement, PackageFolder, Stated } from './manifest.js';
import { mergePackages } from './modules/setuptools.js';
import type { PyprojectFile } from './pyproject-file.js';
import { readAttribute, readFiles, requirementsOfFiles } from './setuptools-directives.js';

const DYNAMIC = ['tool', 'setuptools', 'dynamic'];

/**
 * setup.py's arguments win, setup.cfg fills in what they leave out or leave empty.
 * @see setuptools' `ConfigHandler.__setitem__`: a field that has a value is skipped
 */
export function mergeSetuptools(
  script: CoreMetadata | undefined,
  cfg: CoreMetadata | undefined,
): CoreMetadata | undefined {
  if (script === undefined || cfg === undefined) return script ?? cfg;
  return {
    name: prefer(script.name, cfg.name),
    version: prefer(script.version, cfg.version),
    description: prefer(script.description, cfg.description),
    requiresPython: prefer(script.requiresPython, cfg.requiresPython),
    dependencies: prefer(script.dependencies, cfg.dependencies),
    extras: prefer(script.extras, cfg.extras),
    presumed: script.presumed,
    classifiers: prefer(script.classifiers, cfg.classifiers),
    namedFiles: [...script.namedFiles, ...cfg.namedFiles],
    buildRequires: [...script.buildRequires, ...cfg.buildRequires],
    sources: mergeLists(script.sources, cfg.sources),
    environment: script.environment ?? [],
    packages: mergePackages(script.packages, cfg.packages),
  };
}

function prefer<T extends string | readonly unknown[] | ReadonlyMap<unknown, unknown>>(
  first: Stated<T>,
  second: Stated<T>,
): Stated<T> {
  if (first.kind === 'dynamic') return first;
  return first.kind === 'absent' || isEmpty(first.value) ? second : first;
}

function isEmpty(value: string | readonly unknown[] | ReadonlyMap<unknown, unknown>): boolean {
  return typeof value !== 'string' && 'size' in value ? value.size === 0 : value.length === 0;
}

/** `[tool.setuptools.dynamic] FIELD = { file = … }` or `{ attr = … }`; `undefined` where the table does not speak of the field. */
export function dynamicText(
  pyproject: PyprojectFile,
  folder: PackageFolder,
  field: string,
): Stated<string> | undefined {
  const path = [...DYNAMIC, field];
  const at = pyproject.at(path);
  const attribute = pyproject.has([...path, 'attr']) ? pyproject.string([...path, 'attr']) : undefined;
  if (attribute !== undefined) {
    const roots = pyproject.tableAt(['tool', 'setuptools', 'package-dir']) ?? {};
    return readAttribute(
      folder,
      attribute,
      new Map(Object.entries(roots).map(([key, root]) => [key, String(root)])),
      at,
    );
  }
  const files = filesAt(pyproject, path);
  return files && readFiles(folder, files, at);
}

/** `dependencies = { file = […] }` */
export function dynamicRequirements(
  pyproject: PyprojectFile,
  folder: PackageFolder,
): Stated<readonly DeclaredRequirement[]> | undefined {
  const path = [...DYNAMIC, 'dependencies'];
  const files = filesAt(pyproject, path);
  return files && requirementsOfFiles(folder, files, pyproject.at(path), pyproject.problems);
}

/** `optional-dependencies.EXTRA = { file = […] }` */
export function dynamicExtras(pyproject: PyprojectFile, folder: PackageFolder): Stated<Extras> | undefined {
  const path = [...DYNAMIC, 'optional-dependencies'];
  if (!pyproject.has(path)) return undefined;
  const extras = new Map<ReturnType<typeof normalizeName>, readonly DeclaredRequirement[]>();
  for (const key of pyproject.keys(path)) {
    const at = pyproject.at([...path, key]);
    const read = requirementsOfFiles(folder, filesAt(pyproject, [...path, key]) ?? [], at, pyproject.problems);
    if (read.kind === 'dynamic') return dynamic(read.reason, read.at);
    if (read.kind === 'static') extras.set(normalizeName(key), read.value);
  }
  return stated(extras, pyproject.at(path));
}

/** Build requirements that leave the lists of requirements alone; any other may be a plugin of setuptools that fills them. */
const WITHOUT_REQUIREMENTS = new Set([
  'packaging',
  'setuptools',
  'setuptools-git-versioning',
  'setuptools-scm',
  'toml',
  'tomli',
  'vcs-versioning',
  'versioneer',
  'versioningit',
  'wheel',
]);

/**
 * Whether nobody is there who could fill a list that `[project]` calls dynamic: no setup.py, no `[options]` in setup.cfg, no plugin.
 * Such a list is empty.
 */
export function leavesListsEmpty(pyproject: PyprojectFile, folder: PackageFolder): boolean {
  const requires = pyproject.requirements(['build-system', 'requires']) ?? [];
  return (
    folder.read('setup.py') === undefined &&
    !/^\s*\[options/m.test(folder.read('setup.cfg') ?? '') &&
    (pyproject.strings(['build-system', 'backend-path']) ?? []).length === 0 &&
    requires.every(({ requirement }) => WITHOUT_REQUIREMENTS.has(requirement.name))
  );
}

/** Every file that `[tool.setuptools.dynamic]` names. */
export function dynamicFiles(pyproject: PyprojectFile): readonly string[] {
  const extras = [...DYNAMIC, 'optional-dependencies'];
  const paths = [
    ...pyproject.keys(DYNAMIC).map((key) => [...DYNAMIC, key]),
    ...pyproject.keys(extras).map((key) => [...extras, key]),
  ];
  return paths.flatMap((path) => filesAt(pyproject, path) ?? []);
}

function filesAt(pyproject: PyprojectFile, path: readonly string[]): readonly string[] | undefined {
  if (!isTomlTable(pyproject.value(path))) return undefined;
  const files = pyproject.value([...path, 'file']);
  return typeof files === 'string' ? [files] : pyproject.strings([...path, 'file']);
}
