/** INI files as Python's configparser reads them. */

export interface IniValue {
  /** continuation lines joined by `\n`, as they are stripped */
  readonly text: string;
  /** counted from 1; of the key */
  readonly line: number;
  /** the line of every line of `text` */
  readonly lines: readonly number[];
}

/** Sections and, in them, keys as written (setuptools switches configparser's lower-casing off). */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, IniValue>>;

/** An INI file that configparser would not read. */
export class InvalidIni extends Error {
  override readonly name = 'InvalidIni';

  constructor(
    readonly reason: string,
    readonly line: number,
  ) {
    super(`line ${line}: ${reason}`);
  }
}

/** References that one value may lead to, all in all. */
const MAX_REFERENCES = 1000;

interface OpenValue {
  readonly key: string;
  readonly line: number;
  readonly indent: number;
  readonly parts: { readonly text: string; readonly line: number }[];
}

/**
 * Reads `[section]`, `key = value` and `key: value`; a line indented deeper than its key continues the value, a whole line behind `#` or `;`
 * is a comment. Values are not interpolated yet, see `iniValue`.
 * @throws {InvalidIni}
 * @see Python's documentation of configparser, "Supported INI File Structure"
 */
export function readIni(text: string): Ini {
  const sections = new Map<string, Map<string, IniValue>>();
  let section: Map<string, IniValue> | undefined;
  let open: OpenValue | undefined;
  const close = () => {
    if (open !== undefined && section !== undefined) section.set(open.key, finish(open));
    open = undefined;
  };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) {
      // An empty line inside a value belongs to it; a comment does not.
      if (content === '') open?.parts.push({ text: '', line });
      continue;
    }
    const indent = raw.length - raw.trimStart().length;
    if (open !== undefined && indent > open.indent) {
      open.parts.push({ text: content, line });
      continue;
    }
    close();
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) throw new InvalidIni(`the section [${header}] is there twice`, line);
      section = new Map();
      sections.set(header, section);
      continue;
    }
    const separator = content.search(/[=:]/);
    const key = content.slice(0, Math.max(0, separator)).trimEnd();
    if (section === undefined) throw new InvalidIni('a key before the first section', line);
    if (separator < 0 || key === '')
      throw new InvalidIni(`"${content}" is neither a section nor a key with a value`, line);
    if (section.has(key)) throw new InvalidIni(`the key "${key}" is there twice`, line);
    open = { key, line, indent, parts: [{ text: content.slice(separator + 1).trimStart(), line }] };
  }
  close();
  return sections;
}

/**
 * A value with its `%(key)s` replaced by what that key has in the section or in `[DEFAULT]`, and `%%` by `%`.
 * @throws {InvalidIni} for a reference to nothing, or to itself
 */
export function iniValue(ini: Ini, section: string, key: string): IniValue | undefined {
  return interpolated(ini, section, key, [], { left: MAX_REFERENCES });
}

function interpolated(
  ini: Ini,
  section: string,
  key: string,
  within: readonly string[],
  references: { left: number },
): IniValue | undefined {
  const value = ini.get(section)?.get(key) ?? ini.get('DEFAULT')?.get(key);
  if (value === undefined || !value.text.includes('%')) return value;
  const lookUp = (written: string, name?: string) => {
    if (written === '%%') return '%';
    references.left -= 1;
    if (references.left < 0) throw new InvalidIni(`the value of "${key}" refers to too many others`, value.line);
    const inner =
      name === undefined || within.includes(name)
        ? undefined
        : interpolated(ini, section, name, [...within, key], references);
    if (inner === undefined)
      throw new InvalidIni(`"${name ?? '%'}" in the value of "${key}" refers to nothing`, value.line);
    return inner.text;
  };
  // What a reference brings in stands where the reference does.
  const lines = value.text.split('\n').flatMap((written, index) =>
    written
      .replace(/%(?:%|\(([^)]+)\)s|)/g, lookUp)
      .split('\n')
      .map((text) => ({ text, line: value.lines[index] ?? value.line })),
  );
  return { line: value.line, text: lines.map(({ text }) => text).join('\n'), lines: lines.map(({ line }) => line) };
}

function finish({ line, parts }: OpenValue): IniValue {
  const used = parts.slice(0, parts.findLastIndex(({ text }) => text !== '') + 1);
  return { text: used.map(({ text }) => text).join('\n'), line, lines: used.map((part) => part.line) };
}
