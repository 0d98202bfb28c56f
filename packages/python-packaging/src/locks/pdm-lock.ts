/** Reads pdm.lock, format 4.x. It does not know its own project: what that requires stands in the manifest. */

import type { NormalizedName } from '../names/name.js';
import { InvalidRequirement, parseRequirement } from '../requirements/requirement.js';
import type { TomlTable } from '../toml/read.js';
import { archiveReference, gitReference } from './direct-reference.js';
import { type Lock, type LockedDependency, type LockedPackage, UnreadableLock } from './lock.js';
import {
  checkLockVersion,
  entriesAt,
  fileIdentity,
  localFolder,
  nameAt,
  namesAt,
  readLockTable,
  tableAt,
  tablesAt,
  textAt,
  textsAt,
  valueAt,
} from './lock-table.js';
import { dependencyOf } from './requirement-edge.js';

/**
 * @param text of a pdm.lock
 * @throws {UnreadableLock} when it is not TOML, or of a format version that is not known
 * @see pdm documentation, "Lock file"
 */
export function parsePdmLock(text: string): Lock {
  const file = readLockTable(text);
  const metadata = valueAt(text, file, 'metadata', tableAt);
  checkLockVersion(metadata.lock_version, [4], { text, key: 'lock_version' });
  const filesByName = tableAt(metadata, 'files');
  return {
    packages: mergeExtras(entriesAt(text, file, 'package', (entry) => readEntry(entry, filesByName))),
    rootGroups: new Map(),
    edges: { kind: 'known' },
    overridden: new Set(),
    defaultGroups: [],
    lockedGroups: metadata.groups === undefined ? undefined : new Set(namesAt(metadata, 'groups')),
    requiresPython: undefined,
  };
}

/** What one entry adds to its package: pdm writes `name` and `name[extra]` as two entries of one name, version and source. */
interface PdmEntry {
  readonly id: string;
  readonly bare: LockedPackage;
  readonly extras: readonly NormalizedName[];
  readonly dependencies: readonly LockedDependency[];
}

/** @param filesByName where formats before 4.2 keep the hashes */
function readEntry(entry: TomlTable, filesByName: TomlTable): PdmEntry {
  return {
    id: `${nameAt(entry)} ${textAt(entry, 'version') ?? ''} ${sourceOf(entry)}`,
    bare: barePackage(entry, filesByName),
    extras: namesAt(entry, 'extras'),
    dependencies: textsAt(entry, 'dependencies').map(dependency),
  };
}

function mergeExtras(entries: readonly PdmEntry[]): readonly LockedPackage[] {
  const merged = new Map<string, LockedPackage>();
  for (const { id, bare, extras, dependencies } of entries) {
    const known = merged.get(id) ?? bare;
    merged.set(id, {
      ...known,
      dependencies: extras.length === 0 ? dependencies : known.dependencies,
      extras: new Map([
        ...known.extras,
        ...extras.map((extra) => [extra, [...(known.extras.get(extra) ?? []), ...dependencies]] as const),
      ]),
    });
  }
  return [...merged.values()];
}

function barePackage(entry: TomlTable, filesByName: TomlTable): LockedPackage {
  const path = textAt(entry, 'path');
  const name = nameAt(entry);
  const version = textAt(entry, 'version');
  const files =
    entry.files === undefined ? tablesAt(filesByName, `${name} ${version ?? ''}`) : tablesAt(entry, 'files');
  return {
    name,
    version,
    source: sourceOf(entry),
    url: directUrl(entry),
    localFolder: path === undefined || /\.(whl|zip|tar\.\w+)$/.test(path) ? undefined : localFolder(path),
    hashes: files.map(fileIdentity).sort(),
    marker: undefined,
    dependencies: [],
    extras: new Map(),
    groups: new Map(),
    declared: undefined,
  };
}

function directUrl(entry: TomlTable): string | undefined {
  const [git, url] = [textAt(entry, 'git'), textAt(entry, 'url')];
  const place = { subdirectory: textAt(entry, 'subdirectory') };
  if (git !== undefined) return gitReference(git, { ...place, commit: textAt(entry, 'revision') });
  return url === undefined ? undefined : archiveReference(url, place);
}

function sourceOf(entry: TomlTable): string {
  const keys = ['git', 'hg', 'svn', 'bzr', 'revision', 'url', 'path', 'subdirectory'];
  return keys.flatMap((key) => (entry[key] === undefined ? [] : [`${key} ${textAt(entry, key)}`])).join(' ');
}

function dependency(text: string): LockedDependency {
  try {
    return dependencyOf(parseRequirement(text));
  } catch (error) {
    if (error instanceof InvalidRequirement) throw new UnreadableLock(`"${text}" is no requirement`);
    throw error;
  }
}
