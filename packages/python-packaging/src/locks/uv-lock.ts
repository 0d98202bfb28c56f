/** Reads uv.lock, format version 1 with all its revisions. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import type { TomlTable } from '../toml/read.js';
import type { Lock, LockedDependency, LockedPackage } from './lock.js';
import {
  checkLockVersion,
  entriesAt,
  fileIdentity,
  localFolder,
  markerAt,
  nameAt,
  namesAt,
  readLockTable,
  specifiersAt,
  tableAt,
  tablesAt,
  tableText,
  textAt,
  valueAt,
} from './lock-table.js';

const LOCAL_SOURCES = ['editable', 'virtual', 'directory'];

/**
 * @param text of a uv.lock
 * @throws {UnreadableLock} when it is not TOML, or of a format version that is not known
 * @see uv documentation, "Resolution", "Lockfile"
 */
export function parseUvLock(text: string): Lock {
  const file = readLockTable(text);
  checkLockVersion(file.version, [1], { text, key: 'version' });
  const manifest = valueAt(text, file, 'manifest', tableAt);
  return {
    packages: entriesAt(text, file, 'package', lockedPackage),
    rootGroups: dependencyLists(tableAt(manifest, 'dependency-groups')),
    edges: { kind: 'known' },
    overridden: new Set(tablesAt(manifest, 'overrides').map(nameAt)),
    defaultGroups: [],
    lockedGroups: undefined,
    requiresPython: valueAt(text, file, 'requires-python', specifiersAt),
  };
}

function lockedPackage(entry: TomlTable): LockedPackage {
  const source = tableAt(entry, 'source');
  const local = LOCAL_SOURCES.find((kind) => source[kind] !== undefined);
  return {
    name: nameAt(entry),
    version: textAt(entry, 'version'),
    source: tableText(source),
    url: undefined, // who reads uv.lock installs by uv itself
    localFolder: local === undefined ? undefined : localFolder(textAt(source, local) ?? '.'),
    hashes: [...(entry.sdist === undefined ? [] : [tableAt(entry, 'sdist')]), ...tablesAt(entry, 'wheels')]
      .map(fileIdentity)
      .sort(),
    marker: undefined,
    dependencies: tablesAt(entry, 'dependencies').map(dependency),
    extras: dependencyLists(tableAt(entry, 'optional-dependencies')),
    groups: dependencyLists(tableAt(entry, 'dev-dependencies')),
    declared: entry.metadata === undefined ? undefined : declaredIn(tableAt(entry, 'metadata')),
  };
}

function declaredIn(metadata: TomlTable): NonNullable<LockedPackage['declared']> {
  const groups = tableAt(metadata, 'requires-dev');
  const lists = [tablesAt(metadata, 'requires-dist'), ...Object.keys(groups).map((group) => tablesAt(groups, group))];
  const declared = new Map<NormalizedName, readonly NormalizedName[]>();
  for (const entry of lists.flat()) {
    const name = nameAt(entry);
    declared.set(name, [...(declared.get(name) ?? []), ...namesAt(entry, 'extras')]);
  }
  return declared;
}

function dependencyLists(table: TomlTable): ReadonlyMap<NormalizedName, readonly LockedDependency[]> {
  return new Map(Object.keys(table).map((name) => [normalizeName(name), tablesAt(table, name).map(dependency)]));
}

function dependency(entry: TomlTable): LockedDependency {
  return {
    name: nameAt(entry),
    version: textAt(entry, 'version'),
    source: entry.source === undefined ? undefined : tableText(tableAt(entry, 'source')),
    specifiers: [],
    // In `[manifest]` extras are spelled as in a manifest.
    extras: [...namesAt(entry, 'extra'), ...namesAt(entry, 'extras')],
    marker: markerAt(entry, 'marker'),
  };
}
