/** Reads pylock.toml, format 1.x. Edges are optional there; what is installed is said by each package's marker. */
import type { TomlTable } from '../toml/read.js';
import { archiveReference, gitReference } from './direct-reference.js';
import type { Lock, LockedDependency, LockedPackage } from './lock.js';
import {
  checkLockVersion,
  entriesAt,
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

/**
 * @param text of a pylock.toml
 * @throws {UnreadableLock} when it is not TOML, or of a format version that is not known
 * @see PEP 751
 */
export function parsePylock(text: string): Lock {
  const file = readLockTable(text);
  checkLockVersion(file['lock-version'], [1], { text, key: 'lock-version' });
  const packages = entriesAt(text, file, 'packages', lockedPackage);
  // A tool that writes edges leaves the key away where a package has none.
  const hasEdges = tablesAt(file, 'packages').some((entry) => entry.dependencies !== undefined);
  return {
    packages,
    rootGroups: new Map(),
    edges: hasEdges
      ? { kind: 'known' }
      : { kind: 'unknown', reason: 'it does not say which package needs which (`dependencies`)', at: undefined },
    overridden: new Set(),
    defaultGroups: valueAt(text, file, 'default-groups', namesAt),
    lockedGroups: undefined,
    requiresPython: valueAt(text, file, 'requires-python', specifiersAt),
  };
}

const SOURCES = ['vcs', 'directory', 'archive'];

function lockedPackage(entry: TomlTable): LockedPackage {
  const kind = SOURCES.find((source) => entry[source] !== undefined);
  const source = kind === undefined ? {} : tableAt(entry, kind);
  const files = [
    ...(kind === 'archive' ? [source] : []),
    ...(entry.sdist === undefined ? [] : [tableAt(entry, 'sdist')]),
    ...tablesAt(entry, 'wheels'),
  ];
  return {
    name: nameAt(entry),
    version: textAt(entry, 'version'),
    source: kind === undefined ? (textAt(entry, 'index') ?? '') : `${kind} ${addressOf(source)}`,
    url: directUrl(kind, source),
    localFolder: kind === 'directory' ? localFolder(textAt(source, 'path') ?? '.') : undefined,
    hashes: files.map((each) => tableText(tableAt(each, 'hashes'))).sort(),
    marker: markerAt(entry, 'marker'),
    dependencies: tablesAt(entry, 'dependencies').map(dependency),
    extras: new Map(),
    groups: new Map(),
    declared: undefined,
  };
}

function directUrl(kind: string | undefined, source: TomlTable): string | undefined {
  const url = textAt(source, 'url');
  if (url === undefined) return undefined;
  const place = { subdirectory: textAt(source, 'subdirectory') };
  if (kind === 'vcs' && source.type === 'git')
    return gitReference(url, { ...place, commit: textAt(source, 'commit-id') });
  return kind === 'archive' ? archiveReference(url, place) : undefined;
}

/** Size, upload time and hashes are of the file, not of the place. */
function addressOf(source: TomlTable): string {
  const { hashes: _, size: __, 'upload-time': ___, ...address } = source;
  return tableText(address);
}

/** Tables that name as much of a package as tells it apart. */
function dependency(entry: TomlTable): LockedDependency {
  return {
    name: nameAt(entry),
    version: textAt(entry, 'version'),
    source: undefined,
    specifiers: [],
    extras: [],
    marker: undefined,
  };
}
