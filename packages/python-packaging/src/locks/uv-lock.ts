/** Reads uv.lock, format version 1 with all its revisions. */
import { parse, TomlError } from 'smol-toml';
import { type NormalizedName, normalizeName } from '../names/name.js';
import { type Lock, type LockedDependency, type LockedPackage, UnreadableLock } from './lock.js';

/** What of the file is read; everything else does not bear on closures. */
interface UvLockFile {
  readonly version?: number | bigint;
  readonly manifest?: { readonly 'dependency-groups'?: Readonly<Record<string, readonly UvDependency[]>> };
  readonly package?: readonly UvPackage[];
}

interface UvPackage {
  readonly name: string;
  readonly version?: string;
  readonly source?: Readonly<Record<string, string>>;
  readonly dependencies?: readonly UvDependency[];
  readonly 'optional-dependencies'?: Readonly<Record<string, readonly UvDependency[]>>;
  readonly 'dev-dependencies'?: Readonly<Record<string, readonly UvDependency[]>>;
  readonly sdist?: UvFile;
  readonly wheels?: readonly UvFile[];
}

interface UvDependency {
  readonly name: string;
  readonly version?: string;
  readonly source?: Readonly<Record<string, string>>;
  readonly extra?: readonly string[];
  /** in `[manifest]` extras and sources are spelled as in a manifest */
  readonly extras?: readonly string[];
}

interface UvFile {
  readonly hash?: string;
  readonly url?: string;
  readonly path?: string;
}

const LOCAL_SOURCES = ['editable', 'virtual', 'directory'];

/**
 * @param text of a uv.lock
 * @throws {UnreadableLock} when it is not TOML, or of a format version that is not known
 * @see uv documentation, "Resolution", "Lockfile"
 */
export function parseUvLock(text: string): Lock {
  const file = readToml(text);
  if (Number(file.version) !== 1) {
    throw new UnreadableLock(`its format version is ${file.version ?? 'not stated'}; version 1 is known here`);
  }
  return {
    packages: (file.package ?? []).map(lockedPackage),
    rootGroups: dependencyTable(file.manifest?.['dependency-groups']),
  };
}

function readToml(text: string): UvLockFile {
  try {
    return parse(text, { integersAsBigInt: true }) as UvLockFile;
  } catch (error) {
    if (error instanceof TomlError)
      throw new UnreadableLock(`line ${error.line} is not TOML: ${error.message.split('\n')[0]}`);
    throw error;
  }
}

function lockedPackage(entry: UvPackage): LockedPackage {
  const kind = LOCAL_SOURCES.find((source) => entry.source?.[source] !== undefined);
  return {
    name: normalizeName(entry.name),
    version: entry.version,
    source: sourceText(entry.source) ?? '',
    localFolder: kind === undefined ? undefined : entry.source?.[kind],
    hashes: [...(entry.sdist ? [entry.sdist] : []), ...(entry.wheels ?? [])].map(fileIdentity).sort(),
    dependencies: (entry.dependencies ?? []).map(dependency),
    extras: dependencyTable(entry['optional-dependencies']),
    groups: dependencyTable(entry['dev-dependencies']),
  };
}

/** Files of some sources have no hash; then their address must do. */
function fileIdentity({ hash, url, path }: UvFile): string {
  return hash ?? url ?? path ?? '';
}

function dependencyTable(
  table: Readonly<Record<string, readonly UvDependency[]>> | undefined,
): ReadonlyMap<NormalizedName, readonly LockedDependency[]> {
  return new Map(Object.entries(table ?? {}).map(([name, entries]) => [normalizeName(name), entries.map(dependency)]));
}

function dependency({ name, version, source, extra, extras }: UvDependency): LockedDependency {
  return {
    name: normalizeName(name),
    version,
    source: sourceText(source),
    extras: (extra ?? extras ?? []).map(normalizeName),
  };
}

function sourceText(source: Readonly<Record<string, string>> | undefined): string | undefined {
  return (
    source &&
    Object.entries(source)
      .map(([kind, value]) => `${kind} ${value}`)
      .sort()
      .join(' ')
  );
}
