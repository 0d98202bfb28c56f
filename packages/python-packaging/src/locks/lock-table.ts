/** Reads the values of a lock written in TOML, and refuses those that are not of the kind the format says. */
import { posix } from 'node:path';
import { type NormalizedName, normalizeName } from '../names/name.js';
import { InvalidRequirement } from '../requirements/cursor.js';
import { type Marker, parseMarker } from '../requirements/markers.js';
import { tomlLineOf } from '../toml/lines.js';
import { InvalidToml, isTomlTable, readToml, type TomlTable, type TomlValue } from '../toml/read.js';
import { InvalidSpecifier, parseSpecifierSet, type SpecifierSet } from '../versions/specifiers.js';
import { UnreadableLock } from './lock.js';

/** @throws {UnreadableLock} with the line, when the text is not TOML */
export function readLockTable(text: string): TomlTable {
  try {
    return readToml(text);
  } catch (error) {
    if (error instanceof InvalidToml) throw new UnreadableLock(`this is not TOML: ${error.reason}`, error.line);
    throw error;
  }
}

/**
 * Refuses a format that is not known here. Within a major version, formats only gain what an older reader may pass over.
 * @param version as the lock states it
 * @param majors that are known
 * @param stated where: the lock, and the key there
 */
export function checkLockVersion(
  version: TomlValue | undefined,
  majors: readonly number[],
  { text, key }: { readonly text: string; readonly key: string },
): void {
  const stated = typeof version === 'string' ? version : typeof version === 'number' ? `${version}` : undefined;
  if (stated !== undefined && majors.includes(Number.parseInt(stated, 10))) return;
  throw new UnreadableLock(
    `its format version is ${stated ?? 'not stated'}; known here: ${majors.map((major) => `${major}.x`).join(' and ')}`,
    text.split('\n').findIndex((line) => line.split('=')[0]?.trim() === key) + 1 || 1,
  );
}

/** A list of tables; none at all where the key is not there. */
export function tablesAt(table: TomlTable, key: string): readonly TomlTable[] {
  const value = table[key] ?? [];
  if (Array.isArray(value) && value.every(isTomlTable)) return value;
  throw new UnreadableLock(`"${key}" is not a list of tables`);
}

/**
 * Reads every entry of a list of tables at the top of a lock.
 * @throws {UnreadableLock} with the line on which the entry begins that is not as the format says
 */
export function entriesAt<T>(text: string, file: TomlTable, key: string, read: (entry: TomlTable) => T): readonly T[] {
  let index: number | undefined;
  return withLine(
    () =>
      tablesAt(file, key).map((entry, at) => {
        index = at;
        return read(entry);
      }),
    () => tomlLineOf(text, [key], index),
  );
}

/**
 * Reads a value at the top of a lock.
 * @throws {UnreadableLock} with the line of the value, when it is not as the format says
 */
export function valueAt<T>(text: string, file: TomlTable, key: string, read: (file: TomlTable, key: string) => T): T {
  return withLine(
    () => read(file, key),
    () => tomlLineOf(text, [key]),
  );
}

function withLine<T>(read: () => T, line: () => number | undefined): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableLock) || error.line !== undefined) throw error;
    throw new UnreadableLock(error.message, line());
  }
}

/** A table; an empty one where the key is not there. */
export function tableAt(table: TomlTable, key: string): TomlTable {
  const value = table[key] ?? {};
  if (isTomlTable(value)) return value;
  throw new UnreadableLock(`"${key}" is not a table`);
}

export function textAt(table: TomlTable, key: string): string | undefined {
  const value = table[key];
  if (value === undefined || typeof value === 'string') return value;
  throw new UnreadableLock(`"${key}" is not a text`);
}

export function textsAt(table: TomlTable, key: string): readonly string[] {
  const value = table[key] ?? [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value as string[];
  throw new UnreadableLock(`"${key}" is not a list of texts`);
}

/** The name of a package: without one an entry means nothing. */
export function nameAt(table: TomlTable): NormalizedName {
  const name = textAt(table, 'name');
  if (name === undefined) throw new UnreadableLock('a package has no name');
  return normalizeName(name);
}

export function namesAt(table: TomlTable, key: string): readonly NormalizedName[] {
  return textsAt(table, key).map(normalizeName);
}

/** A table's texts in one spelling, whatever the order of its keys: `git https://… rev 1a2b`. */
export function tableText(table: TomlTable): string {
  return Object.keys(table)
    .sort()
    .map((key) => `${key} ${String(table[key])}`)
    .join(' ');
}

export function markerAt(table: TomlTable, key: string): Marker | undefined {
  const text = textAt(table, key);
  return text === undefined ? undefined : lockedMarker(text);
}

/** @throws {UnreadableLock} for a text that is no marker */
export function lockedMarker(text: string): Marker | undefined {
  if (text.trim() === '') return undefined;
  try {
    return parseMarker(text);
  } catch (error) {
    if (error instanceof InvalidRequirement) throw new UnreadableLock(`"${text}" is no marker`);
    throw error;
  }
}

/** @throws {UnreadableLock} for a text that is no specifier set */
export function specifiersAt(table: TomlTable, key: string): SpecifierSet | undefined {
  const text = textAt(table, key);
  if (text === undefined) return undefined;
  try {
    return parseSpecifierSet(text);
  } catch (error) {
    if (error instanceof InvalidSpecifier) throw new UnreadableLock(`"${text}" is no specifier set`);
    throw error;
  }
}

/** The hash of a file; its address where the lock has no hash for it. */
export function fileIdentity(file: TomlTable): string {
  return textAt(file, 'hash') ?? textAt(file, 'url') ?? textAt(file, 'path') ?? textAt(file, 'file') ?? '';
}

/** A folder of the repository, relative to the lock, in one spelling; `.` for the lock's own. */
export function localFolder(path: string): string {
  return posix.normalize(path.replaceAll('\\', '/')).replace(/(?<=.)\/+$/, '');
}
