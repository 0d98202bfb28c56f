/** Reading TOML (1.0 and 1.1) into plain values. */
import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';

export type { TomlTable, TomlValue };

/** TOML that is not TOML. */
export class InvalidToml extends Error {
  override readonly name = 'InvalidToml';

  /**
   * @param reason what is wrong, in one line
   * @param line counted from 1
   * @param column counted from 1
   */
  constructor(
    readonly reason: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`line ${line}, column ${column}: ${reason}`);
  }
}

/**
 * Reads a TOML document. Integers beyond 2^53 become `bigint`; a byte order mark is passed over.
 * @throws {InvalidToml}
 * @see TOML 1.1
 */
export function readToml(text: string): TomlTable {
  try {
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new InvalidToml(firstLine(error.message), error.line, error.column);
  }
}

function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? message).replace(/^Invalid TOML document: /, '');
}

/** @returns whether a value is a table (and not a list, a date or a scalar) */
export function isTomlTable(value: TomlValue | undefined): value is TomlTable {
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** @returns the value at a path of keys, `undefined` where there is none */
export function tomlAt(table: TomlTable, path: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of path) value = isTomlTable(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
