/** Edits of TOML documents that keep every byte outside the edit: comments, order, line ends, the lack of a final newline. */
import { insertItem, removeItem } from './edit-items.js';
import { encodeToml, encodeTomlKey, type TomlInput } from './encode.js';
import { InvalidToml, isTomlTable, readToml, type TomlTable, type TomlValue, tomlAt } from './read.js';
import {
  type ArraySpan,
  type EntrySpan,
  type InlineTableSpan,
  type KeyStatement,
  scanToml,
  startsWithPath,
  type TomlSpan,
  type TomlStatement,
} from './spans.js';
import { lineEndOf, splice } from './splice.js';

/** An edit that the document does not allow: a path through something that is no table, an item that is not there. */
export class InvalidTomlEdit extends Error {
  override readonly name = 'InvalidTomlEdit';
}

/**
 * Sets the value at a path; makes the key, and its table, where they are absent.
 * @throws {InvalidToml} when the text is not TOML
 * @throws {InvalidTomlEdit} when the path leads through something that is no table
 */
export function setTomlValue(text: string, path: readonly string[], value: TomlInput): string {
  return verified(text, path, spliceValue(text, path, value), (table, key) => {
    table[key] = readBack(value);
  });
}

/**
 * Appends an item to an array in the array's own layout; makes the array where it is absent.
 * @throws {InvalidToml} when the text is not TOML
 * @throws {InvalidTomlEdit} when there is something else at the path
 */
export function appendToTomlArray(text: string, path: readonly string[], value: TomlInput): string {
  if (tomlAt(readToml(text), path) === undefined) return setTomlValue(text, path, [value]);
  return verified(text, path, insertItem(text, arrayAt(text, path), encodeToml(value)), (table, key) => {
    (table[key] as TomlValue[]).push(readBack(value));
  });
}

/**
 * Replaces one item of an array.
 * @throws {InvalidToml} when the text is not TOML
 * @throws {InvalidTomlEdit} when there is no such item
 */
export function replaceInTomlArray(text: string, path: readonly string[], index: number, value: TomlInput): string {
  const item = itemAt(arrayAt(text, path), path, index);
  return verified(text, path, splice(text, item.start, item.end, encodeToml(value)), (table, key) => {
    (table[key] as TomlValue[])[index] = readBack(value);
  });
}

/**
 * Removes one item of an array, with the comment behind it where it has a line of its own.
 * @throws {InvalidToml} when the text is not TOML
 * @throws {InvalidTomlEdit} when there is no such item
 */
export function removeFromTomlArray(text: string, path: readonly string[], index: number): string {
  const array = arrayAt(text, path);
  itemAt(array, path, index);
  return verified(text, path, removeItem(text, array, index), (table, key) => {
    (table[key] as TomlValue[]).splice(index, 1);
  });
}

/**
 * Removes a key and its value, or a whole table with the tables in it.
 * @throws {InvalidToml} when the text is not TOML
 * @throws {InvalidTomlEdit} when there is nothing at the path
 */
export function removeTomlKey(text: string, path: readonly string[]): string {
  if (tomlAt(readToml(text), path) === undefined) throw new InvalidTomlEdit(`there is no ${shown(path)} to remove`);
  return verified(text, path, spliceAway(text, path), (table, key) => {
    delete table[key];
  });
}

function spliceValue(text: string, path: readonly string[], value: TomlInput): string {
  const existing = tomlAt(readToml(text), path);
  const statements = scanToml(text);
  const found = locate(statements, path);
  if (found?.rest.length === 0) return splice(text, found.span.start, found.span.end, encodeToml(value));
  if (Array.isArray(existing)) throw new InvalidTomlEdit(`${shown(path)} is an array of tables`);
  if (existing !== undefined) throw new InvalidTomlEdit(`${shown(path)} is a table: set the keys in it`);
  if (found === undefined) return spliceNewKey(text, statements, path, encodeToml(value));
  if (found.span.kind !== 'inline-table')
    throw new InvalidTomlEdit(`${shown(path)} is inside something that is no table`);
  const entry = `${encodeTomlKey(found.rest)} = ${encodeToml(value)}`;
  const { entries, start, end } = found.span;
  return entries.length === 0
    ? splice(text, start, end, `{ ${entry} }`)
    : insertItem(text, { start, end, items: entries }, entry);
}

function spliceNewKey(
  text: string,
  statements: readonly TomlStatement[],
  path: readonly string[],
  value: string,
): string {
  const parent = path.slice(0, -1);
  if (statements.some((each) => each.kind === 'header' && each.isArrayItem && startsWithPath(path, each.path))) {
    throw new InvalidTomlEdit(`${shown(path)} is in an array of tables`);
  }
  const neighbour = lastOfTable(statements, parent) ?? lastDottedInto(statements, parent);
  if (neighbour !== undefined) {
    const key = encodeTomlKey(path.slice(neighbour.kind === 'header' ? parent.length : neighbour.table.length));
    const indent =
      neighbour.kind === 'key' ? text.slice(neighbour.lineStart, neighbour.keyStart).replace('\uFEFF', '') : '';
    return insertLine(text, neighbour.lineEnd, `${indent}${key} = ${value}`);
  }
  if (parent.length === 0) {
    const top = text.startsWith('\uFEFF') ? 1 : 0;
    return splice(text, top, top, `${encodeTomlKey(path)} = ${value}${lineEndOf(text)}`);
  }
  return appendTable(text, parent, `${encodeTomlKey(path.slice(-1))} = ${value}`);
}

/** The last statement that stands under the table's own header (or, for the root, before any). */
function lastOfTable(statements: readonly TomlStatement[], table: readonly string[]): TomlStatement | undefined {
  return statements.findLast((statement) => {
    if (statement.inArrayItem) return false;
    const own = statement.kind === 'header' ? statement.path : statement.table;
    return own.length === table.length && startsWithPath(own, table);
  });
}

/** The last dotted key that makes the table from a shallower one: `uv.package = true` under `[tool]`. */
function lastDottedInto(statements: readonly TomlStatement[], table: readonly string[]): KeyStatement | undefined {
  return statements.findLast(
    (statement): statement is KeyStatement =>
      statement.kind === 'key' &&
      !statement.inArrayItem &&
      statement.table.length < table.length &&
      statement.path.length > table.length &&
      startsWithPath(statement.path, table),
  );
}

function insertLine(text: string, at: number, line: string): string {
  const isAfterNewline = at === 0 || text[at - 1] === '\n';
  return splice(text, at, at, isAfterNewline ? line + lineEndOf(text) : lineEndOf(text) + line);
}

function appendTable(text: string, path: readonly string[], line: string): string {
  const lineEnd = lineEndOf(text);
  const block = `[${encodeTomlKey(path)}]${lineEnd}${line}`;
  if (text === '' || text === '\uFEFF') return text + block + lineEnd;
  return text.endsWith('\n') ? text + lineEnd + block + lineEnd : text + lineEnd + lineEnd + block;
}

function spliceAway(text: string, path: readonly string[]): string {
  const statements = scanToml(text);
  const found = locate(statements, path);
  if (found?.within !== undefined && found.rest.length === 0) {
    const { table, entry } = found.within;
    return removeItem(text, { ...table, items: table.entries }, table.entries.indexOf(entry));
  }
  let result = text;
  for (const { path: own, lineStart, lineEnd } of statements.toReversed()) {
    const from = lineStart === 0 && text.startsWith('\uFEFF') ? 1 : lineStart;
    if (startsWithPath(own, path)) result = splice(result, from, lineEnd, '');
  }
  return result;
}

interface Located {
  readonly span: TomlSpan;
  /** what of the path leads on from there */
  readonly rest: readonly string[];
  /** the inline table and the entry in it, where it stands in one */
  readonly within: { readonly table: InlineTableSpan; readonly entry: EntrySpan } | undefined;
}

/** The deepest written value on the way to a path, and what of the path is left there. */
function locate(statements: readonly TomlStatement[], path: readonly string[]): Located | undefined {
  const statement = statements.find(
    (each): each is KeyStatement => each.kind === 'key' && !each.inArrayItem && startsWithPath(path, each.path),
  );
  if (statement === undefined) return undefined;
  return follow({ span: statement.value, rest: path.slice(statement.path.length), within: undefined });
}

function follow(located: Located): Located {
  const { span: table, rest } = located;
  if (rest.length === 0 || table.kind !== 'inline-table') return located;
  const entry = table.entries.find(({ key }) => startsWithPath(rest, key));
  if (entry === undefined) return located;
  return follow({ span: entry.value, rest: rest.slice(entry.key.length), within: { table, entry } });
}

function arrayAt(text: string, path: readonly string[]): ArraySpan {
  readToml(text);
  const found = locate(scanToml(text), path);
  if (found?.rest.length === 0 && found.span.kind === 'array') return found.span;
  throw new InvalidTomlEdit(`there is no array ${shown(path)}`);
}

function itemAt(array: ArraySpan, path: readonly string[], index: number) {
  const item = array.items[index];
  if (item === undefined)
    throw new InvalidTomlEdit(`${shown(path)} has ${array.items.length} items, there is no [${index}]`);
  return item;
}

/** @returns the edited text, once reading it gives exactly the wanted change */
function verified(
  text: string,
  path: readonly string[],
  edited: string,
  change: (table: Record<string, TomlValue>, key: string) => void,
): string {
  const wanted = readToml(text);
  let table: TomlTable = wanted;
  for (const key of path.slice(0, -1)) {
    if (!Object.hasOwn(table, key)) table[key] = {};
    table = table[key] as TomlTable;
  }
  change(table, path.at(-1) as string);
  // Removing the last dotted key of a table removes the tables that only it made.
  for (const allowed of withFewerTables(wanted, path.slice(0, -1))) if (readsAs(edited, allowed)) return edited;
  throw new InvalidTomlEdit(`${shown(path)} cannot be edited in place: edit the file by hand`);
}

function readsAs(text: string, wanted: TomlTable): boolean {
  try {
    return isSame(readToml(text), wanted);
  } catch (error) {
    if (error instanceof InvalidToml) return false;
    throw error;
  }
}

/** The table as it is, then without the innermost table on the path if that is empty, then without the next one too, and so on. */
function* withFewerTables(table: TomlTable, path: readonly string[]): Generator<TomlTable> {
  yield table;
  const last = tomlAt(table, path);
  if (path.length === 0 || !isTomlTable(last) || Object.keys(last).length > 0) return;
  yield* withFewerTables(withoutKey(table, path), path.slice(0, -1));
}

function withoutKey(table: TomlTable, [key = '', ...rest]: readonly string[]): TomlTable {
  const { [key]: inner, ...others } = table;
  return rest.length === 0 ? others : { ...table, [key]: withoutKey(inner as TomlTable, rest) };
}

function isSame(a: TomlValue | undefined, b: TomlValue | undefined): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (isTomlTable(a)) {
    const keys = Object.keys(a);
    return (
      isTomlTable(b) &&
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
    );
  }
  if (typeof a === 'object') return typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
  return Object.is(a, b);
}

function readBack(value: TomlInput): TomlValue {
  return readToml(`value = ${encodeToml(value)}`).value as TomlValue;
}

function shown(path: readonly string[]): string {
  return encodeTomlKey(path);
}
