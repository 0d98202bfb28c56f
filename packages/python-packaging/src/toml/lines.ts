/** The line on which a value of a TOML document stands, for messages to people. */
import { scanToml, startsWithPath, type TomlSpan, type TomlStatement } from './spans.js';

/** @returns the line of a value, counted from 1, `undefined` where the document has no such value */
export type TomlLines = (path: readonly string[], index?: number) => number | undefined;

/**
 * The line of one value.
 * @param text valid TOML
 * @param path the keys that lead to it
 * @param index the item, where the value is an array or an array of tables
 */
export function tomlLineOf(text: string, path: readonly string[], index?: number): number | undefined {
  return tomlLines(text)(path, index);
}

/**
 * The same for many values of one document, which is scanned once, when it is first asked.
 * @param text valid TOML
 */
export function tomlLines(text: string): TomlLines {
  let statements: readonly TomlStatement[] | undefined;
  return (path, index) => {
    statements ??= scanToml(text);
    const offset = offsetOf(statements, path, index);
    return offset === undefined ? undefined : lineAt(text, offset);
  };
}

function offsetOf(statements: readonly TomlStatement[], path: readonly string[], index?: number): number | undefined {
  let arrayItems = 0;
  let table: number | undefined;
  for (const statement of statements) {
    if (statement.kind === 'header') {
      const isExact = statement.path.length === path.length && startsWithPath(statement.path, path);
      if (isExact && statement.isArrayItem) {
        if (arrayItems === (index ?? 0)) return statement.lineStart;
        arrayItems += 1;
      } else if (isExact && !statement.inArrayItem) {
        return statement.lineStart;
      }
      // The first item of a list is the first header of the tables above it, too.
      const isBelow = !isExact && startsWithPath(statement.path, path);
      if (isBelow && (statement.isArrayItem || !statement.inArrayItem)) table ??= statement.lineStart;
    } else if (!statement.inArrayItem) {
      if (startsWithPath(path, statement.path)) {
        return within(statement.value, path.slice(statement.path.length), statement.keyStart, index);
      }
      // A table that only dotted keys or sub-tables make stands where the first of them stands.
      if (startsWithPath(statement.path, path)) table ??= statement.keyStart;
    }
  }
  return table;
}

function within(value: TomlSpan, rest: readonly string[], start: number, index?: number): number | undefined {
  if (rest.length === 0) return index === undefined || value.kind !== 'array' ? start : value.items[index]?.start;
  if (value.kind !== 'inline-table') return undefined;
  const entry = value.entries.find(({ key }) => startsWithPath(rest, key));
  return entry && within(entry.value, rest.slice(entry.key.length), entry.start, index);
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
