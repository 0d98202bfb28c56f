/** `[tool.poetry]`: the metadata of poetry 1, and what poetry 2 adds to a `[project]` table. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { isTomlTable, type TomlTable, type TomlValue } from '../toml/read.js';
import {
  ABSENT,
  type CoreMetadata,
  dynamic,
  type Extras,
  groupLists,
  mergeLists,
  NOTHING_PRESUMED,
  stated,
} from './core-metadata.js';
import { gitReference } from './git-references.js';
import type { DeclaredRequirement, DependencySource, Place, Stated } from './manifest.js';
import { parsePoetryConstraint, toPythonMarker, toSpecifiers } from './poetry-constraints.js';
import { type PyprojectFile, parseRequirements, type TomlPath } from './pyproject-file.js';

const POETRY = ['tool', 'poetry'];

/** `[tool.poetry]` as the metadata of a package. */
export function readPoetryMetadata(pyproject: PyprojectFile): CoreMetadata {
  const main = readDependencies(pyproject, [...POETRY, 'dependencies']);
  const extras = readExtras(pyproject, main);
  // What an extra lists is required by the extra only, whether it is called optional or not.
  const inExtras = new Set(extras.kind === 'static' ? [...extras.value.values()].flat() : []);
  const required = main.filter(({ isOptional, declared }) => !isOptional && !inExtras.has(declared));
  const field = (key: string): Stated<string> =>
    stated(pyproject.string([...POETRY, key]), pyproject.at([...POETRY, key]));
  return {
    name: field('name'),
    version: readPoetryVersion(pyproject),
    description: field('description'),
    requiresPython: readRequiresPython(pyproject),
    dependencies: stated(
      pyproject.has([...POETRY, 'dependencies']) ? required.map(({ declared }) => declared) : undefined,
      pyproject.at([...POETRY, 'dependencies']),
    ),
    extras,
    presumed: NOTHING_PRESUMED,
    classifiers: stated(pyproject.strings([...POETRY, 'classifiers']), pyproject.at([...POETRY, 'classifiers'])),
    namedFiles: readReadmes(pyproject),
    buildRequires: [],
    sources: sourcesOf(main),
  };
}

/**
 * Every group but the main one with those that it includes, and where their local members stand.
 * @param standard the groups of `[dependency-groups]`, which may be included too
 */
export function readPoetryGroups(
  pyproject: PyprojectFile,
  standard: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>,
): {
  readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
  readonly sources: ReadonlyMap<NormalizedName, readonly DependencySource[]>;
} {
  const written = new Map(pyproject.keys([...POETRY, 'group']).map((key) => [normalizeName(key), key]));
  const own = new Map(
    [...written].map(([group, key]) => [group, readDependencies(pyproject, [...POETRY, 'group', key, 'dependencies'])]),
  );
  const included = (group: NormalizedName, path: readonly NormalizedName[]): readonly DeclaredRequirement[] => {
    if (path.includes(group)) return [];
    const key = written.get(group);
    const names = key === undefined ? undefined : pyproject.strings([...POETRY, 'group', key, 'include-groups']);
    return [
      // A group's own requirements of the standard table count under its name already.
      ...(path.length === 0 ? [] : (standard.get(group) ?? [])),
      ...(own.get(group) ?? []).map(({ declared }) => declared),
      ...(names ?? []).flatMap((name) => included(normalizeName(name), [...path, group])),
    ];
  };
  const dev = readDependencies(pyproject, [...POETRY, 'dev-dependencies']);
  return {
    groups: mergeLists(
      dev.length === 0 ? new Map() : new Map([[normalizeName('dev'), dev.map(({ declared }) => declared)]]),
      new Map([...written.keys()].map((group) => [group, included(group, [])])),
    ),
    sources: sourcesOf([...dev, ...[...own.values()].flat()]),
  };
}

/** `version`, unless poetry-dynamic-versioning replaces it. */
export function readPoetryVersion(pyproject: PyprojectFile): Stated<string> {
  const plugin = ['tool', 'poetry-dynamic-versioning'];
  if (pyproject.boolean([...plugin, 'enable']) === true) {
    return dynamic(
      'the version comes from the version control system, by poetry-dynamic-versioning',
      pyproject.at(plugin),
    );
  }
  return stated(pyproject.string([...POETRY, 'version']), pyproject.at([...POETRY, 'version']));
}

interface PoetryDependency {
  readonly declared: DeclaredRequirement;
  readonly isOptional: boolean;
  readonly source: DependencySource | undefined;
}

function readDependencies(pyproject: PyprojectFile, path: TomlPath): readonly PoetryDependency[] {
  return pyproject.keys(path).flatMap((name) => {
    if (name.toLowerCase() === 'python') return [];
    const value = pyproject.value([...path, name]) as TomlValue;
    const constraints = Array.isArray(value) ? value : [value];
    return constraints.flatMap((constraint, index) => {
      const at = pyproject.at([...path, name], Array.isArray(value) ? index : undefined);
      return readDependency(pyproject, name, constraint, at);
    });
  });
}

function readDependency(
  pyproject: PyprojectFile,
  name: string,
  written: TomlValue,
  at: Place,
): readonly PoetryDependency[] {
  const table: TomlTable = isTomlTable(written) ? written : { version: written };
  const source = readSource(table, at);
  const extras = Array.isArray(table.extras) && table.extras.length > 0 ? `[${table.extras.join(',')}]` : '';
  const wanted = source?.kind === 'git' || source?.kind === 'url' ? ` @ ${source.reference} ` : specifiersOf(table);
  const marker = markerOf(table);
  if (wanted === undefined || marker === undefined) {
    const message = `the constraint of "${name}" is not one that can be written as a requirement`;
    pyproject.problems.push({ message, at });
  }
  const text = `${name}${extras}${wanted ?? ''}${marker ? `; ${marker}` : ''}`;
  return parseRequirements([{ text, at }], pyproject.problems).map((declared) => ({
    declared,
    isOptional: table.optional === true,
    source,
  }));
}

function readSource(
  { path, file, git, url, develop, rev, branch, tag, subdirectory }: TomlTable,
  at: Place,
): DependencySource | undefined {
  const local = path ?? file;
  if (typeof local === 'string') return { kind: 'path', path: local, editable: develop === true, at };
  if (typeof url === 'string') return { kind: 'url', reference: url, at };
  if (typeof git !== 'string') return undefined;
  const revision = [rev, tag, branch].find((each) => typeof each === 'string');
  const address = /^\w+:\/\//.test(git) ? git : `ssh://${git.replace(':', '/')}`;
  return { kind: 'git', reference: gitReference(address, { revision, folder: subdirectory }), at };
}

/** Without a version any will do: of a path, or where `[project]` states it. */
function specifiersOf(table: TomlTable): string | undefined {
  if (table.version === undefined) return '';
  const alternatives = typeof table.version === 'string' ? parsePoetryConstraint(table.version) : undefined;
  return alternatives && toSpecifiers(alternatives);
}

/** `markers`, `python` and `platform` of a dependency as one marker; `undefined` where they make none. */
function markerOf({ markers, python, platform }: TomlTable): string | undefined {
  const parts: string[] = [];
  if (typeof markers === 'string') parts.push(markers);
  if (typeof python === 'string') {
    const alternatives = parsePoetryConstraint(python);
    if (alternatives === undefined) return undefined;
    parts.push(toPythonMarker(alternatives));
  }
  if (typeof platform === 'string') parts.push(platformMarker(platform));
  const written = parts.filter((part) => part !== '');
  return written.length === 1
    ? written[0]
    : written.map((part) => (/\bor\b/.test(part) ? `(${part})` : part)).join(' and ');
}

function platformMarker(platform: string): string {
  const one = (name: string) => {
    const [, operator, value] = /^(==|!=)?\s*(.*)$/.exec(name.trim()) ?? [];
    return `sys_platform ${operator ?? '=='} "${value}"`;
  };
  return platform.split(/\|\|?/).map(one).join(' or ');
}

function readRequiresPython(pyproject: PyprojectFile): Stated<string> {
  const path = [...POETRY, 'dependencies', 'python'];
  const written = pyproject.string(path);
  if (written === undefined) return ABSENT;
  const alternatives = parsePoetryConstraint(written);
  const specifiers = alternatives && toSpecifiers(alternatives);
  if (specifiers === '') return ABSENT;
  if (specifiers !== undefined) return stated(specifiers, pyproject.at(path));
  pyproject.problems.push({ message: `"${written}" cannot be written as Requires-Python`, at: pyproject.at(path) });
  return dynamic(`"${written}" cannot be written as Requires-Python`, pyproject.at(path));
}

/** `[tool.poetry.extras]` names optional dependencies; their requirements are those of the main group. */
function readExtras(pyproject: PyprojectFile, main: readonly PoetryDependency[]): Stated<Extras> {
  const path = [...POETRY, 'extras'];
  if (!pyproject.has(path)) return ABSENT;
  const extras = pyproject.keys(path).map((extra) => {
    const names = new Set((pyproject.strings([...path, extra]) ?? []).map(normalizeName));
    const requirements = main.map(({ declared }) => declared).filter(({ requirement }) => names.has(requirement.name));
    return [normalizeName(extra), requirements] as const;
  });
  return stated(new Map(extras), pyproject.at(path));
}

function readReadmes(pyproject: PyprojectFile): readonly string[] {
  const path = [...POETRY, 'readme'];
  const value = pyproject.value(path);
  return typeof value === 'string' ? [value] : (pyproject.strings(path) ?? []);
}

function sourcesOf(
  dependencies: readonly PoetryDependency[],
): ReadonlyMap<NormalizedName, readonly DependencySource[]> {
  return groupLists(
    dependencies.flatMap(({ declared, source }) =>
      source === undefined ? [] : [[declared.requirement.name, source] as const],
    ),
  );
}
