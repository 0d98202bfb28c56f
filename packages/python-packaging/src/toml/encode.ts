/** Values written as TOML, on one line. */

export type TomlInput =
  | string
  | number
  | bigint
  | boolean
  | readonly TomlInput[]
  | { readonly [key: string]: TomlInput };

/** @returns a value as TOML text: basic strings, arrays and inline tables on one line */
export function encodeToml(value: TomlInput): string {
  if (typeof value === 'string') return encodeString(value);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(encodeToml).join(', ')}]`;
  const entries = Object.entries(value).map(([key, inner]) => `${encodeTomlKey([key])} = ${encodeToml(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** @returns a dotted key, quoted where it must be */
export function encodeTomlKey(path: readonly string[]): string {
  return path.map((key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : encodeString(key))).join('.');
}

/** JSON's escapes are TOML's, but TOML also wants DEL escaped, and a lone surrogate is no Unicode scalar value, so it cannot be written at all. */
function encodeString(value: string): string {
  return JSON.stringify(value.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('\u007f', '\\u007f');
}

function encodeNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  // Beyond 2^53 digits without an exponent would be read back as an integer.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function isList(value: object): value is readonly TomlInput[] {
  return Array.isArray(value);
}
