/** Reads poetry.lock, formats 1.x and 2.x. It does not know its own project: what that requires stands in the manifest. */
import { parsePoetryConstraint } from '../manifests/poetry-constraints.js';
import { type NormalizedName, normalizeName } from '../names/name.js';
import type { Marker } from '../requirements/markers.js';
import { isTomlTable, type TomlTable, type TomlValue } from '../toml/read.js';
import { parseSpecifierSet, type SpecifierSet } from '../versions/specifiers.js';
import { archiveReference, gitReference } from './direct-reference.js';
import { type Lock, type LockedDependency, type LockedPackage, UnreadableLock } from './lock.js';
import {
  checkLockVersion,
  entriesAt,
  fileIdentity,
  localFolder,
  lockedMarker,
  nameAt,
  readLockTable,
  tableAt,
  tablesAt,
  tableText,
  textAt,
  textsAt,
  valueAt,
} from './lock-table.js';

/**
 * @param text of a poetry.lock
 * @throws {UnreadableLock} when it is not TOML, or of a format version that is not known
 * @see poetry's source, `packages/locker.py`
 */
export function parsePoetryLock(text: string): Lock {
  const file = readLockTable(text);
  const metadata = valueAt(text, file, 'metadata', tableAt);
  checkLockVersion(metadata['lock-version'], [1, 2], { text, key: 'lock-version' });
  const filesByName = tableAt(metadata, 'files');
  return {
    packages: entriesAt(text, file, 'package', (entry) => lockedPackage(entry, filesByName)),
    rootGroups: new Map(),
    edges: { kind: 'known' },
    overridden: new Set(),
    defaultGroups: [],
    lockedGroups: undefined,
    requiresPython: undefined,
  };
}

/** @param filesByName where formats before 2.0 keep the hashes */
function lockedPackage(entry: TomlTable, filesByName: TomlTable): LockedPackage {
  const source = tableAt(entry, 'source');
  const dependencies = readDependencies(tableAt(entry, 'dependencies'));
  const files =
    entry.files === undefined ? tablesAt(filesByName, textAt(entry, 'name') ?? '') : tablesAt(entry, 'files');
  return {
    name: nameAt(entry),
    version: textAt(entry, 'version'),
    source: tableText(source),
    url: directUrl(source),
    localFolder: source.type === 'directory' ? localFolder(textAt(source, 'url') ?? '.') : undefined,
    hashes: files.map(fileIdentity).sort(),
    marker: undefined,
    dependencies: dependencies.filter(({ isOptional }) => !isOptional).map(({ dependency }) => dependency),
    extras: extrasOf(tableAt(entry, 'extras'), dependencies),
    groups: new Map(),
    declared: undefined,
  };
}

function directUrl(source: TomlTable): string | undefined {
  const url = textAt(source, 'url');
  if (url === undefined) return undefined;
  const place = { subdirectory: textAt(source, 'subdirectory') };
  if (source.type === 'git') return gitReference(url, { ...place, commit: textAt(source, 'resolved_reference') });
  return source.type === 'url' ? archiveReference(url, place) : undefined;
}

interface PoetryDependency {
  readonly dependency: LockedDependency;
  /** needed by extras only */
  readonly isOptional: boolean;
}

/** A dependency is a constraint, a table, or a list of them, one for each of several environments. */
function readDependencies(table: TomlTable): readonly PoetryDependency[] {
  return Object.entries(table).flatMap(([name, written]) =>
    (Array.isArray(written) ? written : [written]).map((one) => readDependency(normalizeName(name), one)),
  );
}

function readDependency(name: NormalizedName, written: TomlValue): PoetryDependency {
  const table: TomlTable | undefined = typeof written === 'string' ? { version: written } : asTable(written);
  if (table === undefined) throw new UnreadableLock(`the dependency "${name}" is neither a constraint nor a table`);
  const markers = textAt(table, 'markers');
  return {
    dependency: {
      name,
      version: undefined,
      source: undefined,
      specifiers: specifiersOf(textAt(table, 'version')),
      extras: textsAt(table, 'extras').map(normalizeName),
      marker: markers === undefined ? undefined : withoutExtras(lockedMarker(markers)),
    },
    isOptional: table.optional === true,
  };
}

function asTable(value: TomlValue): TomlTable | undefined {
  return isTomlTable(value) ? value : undefined;
}

/** A constraint that is none of ours to read excludes nothing. */
function specifiersOf(constraint: string | undefined): readonly SpecifierSet[] {
  const alternatives = constraint === undefined ? undefined : parsePoetryConstraint(constraint);
  return (alternatives ?? []).map((clauses) =>
    parseSpecifierSet(clauses.map(({ operator, version }) => operator + version).join(',')),
  );
}

/** Extras name dependencies; what is known of those stands with the dependencies, but only if somebody asks for the extra. */
function extrasOf(
  table: TomlTable,
  dependencies: readonly PoetryDependency[],
): ReadonlyMap<NormalizedName, readonly LockedDependency[]> {
  return new Map(
    Object.keys(table).map((extra) => {
      const names = new Set(textsAt(table, extra).map((text) => normalizeName(/^[\w.-]+/.exec(text)?.[0] ?? text)));
      const wanted = dependencies.filter(({ isOptional, dependency }) => isOptional && names.has(dependency.name));
      return [normalizeName(extra), wanted.map(({ dependency }) => dependency)];
    }),
  );
}

/** The extra that a dependency belongs to is known from `[package.extras]`; the rest of the marker is about the environment. */
function withoutExtras(marker: Marker | undefined): Marker | undefined {
  if (marker === undefined) return undefined;
  if (marker.kind === 'comparison') {
    return [marker.left, marker.right].some((side) => 'variable' in side && side.variable === 'extra')
      ? undefined
      : marker;
  }
  const operands = marker.operands.map(withoutExtras);
  const kept = operands.filter((operand) => operand !== undefined);
  if (kept.length === 0 || (marker.kind === 'or' && kept.length < operands.length)) return undefined;
  return kept.length === 1 ? kept[0] : { kind: marker.kind, operands: kept };
}
