/** Where everything in a TOML document stands: statements and values as spans of offsets, so that an edit can leave the other bytes alone. */
import { readToml } from './read.js';

export type TomlSpan = ScalarSpan | ArraySpan | InlineTableSpan;

interface ScalarSpan {
  readonly kind: 'scalar';
  readonly start: number;
  readonly end: number;
}

export interface ArraySpan {
  readonly kind: 'array';
  readonly start: number;
  readonly end: number;
  readonly items: readonly ItemSpan[];
}

export interface InlineTableSpan {
  readonly kind: 'inline-table';
  readonly start: number;
  readonly end: number;
  readonly entries: readonly EntrySpan[];
}

/** An item of an array; `comma` is the offset of the comma after it. */
export interface ItemSpan {
  readonly start: number;
  readonly end: number;
  readonly value: TomlSpan;
  readonly comma: number | undefined;
}

export interface EntrySpan extends ItemSpan {
  readonly key: readonly string[];
}

/** `[table]` or `[[array of tables]]`. */
interface HeaderStatement {
  readonly kind: 'header';
  readonly path: readonly string[];
  readonly isArrayItem: boolean;
  /** whether it stands in an item of an array of tables, so that its path alone does not say which */
  readonly inArrayItem: boolean;
  readonly lineStart: number;
  readonly lineEnd: number;
}

/** `key = value`; `path` is the header's path and the key's. */
export interface KeyStatement {
  readonly kind: 'key';
  readonly table: readonly string[];
  readonly path: readonly string[];
  readonly inArrayItem: boolean;
  readonly keyStart: number;
  readonly value: TomlSpan;
  readonly lineStart: number;
  readonly lineEnd: number;
}

export type TomlStatement = HeaderStatement | KeyStatement;

/**
 * @param text valid TOML: `readToml` has accepted it
 * @returns its statements in the order of the text
 */
export function scanToml(text: string): readonly TomlStatement[] {
  return new Scanner(text).statements();
}

/** @returns whether `path` begins with `prefix` */
export function startsWithPath(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((key, index) => key === path[index]);
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const SCALAR = /[^,\]}#\r\n]+/y;

class Scanner {
  private at: number;

  constructor(private readonly text: string) {
    this.at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  statements(): TomlStatement[] {
    const statements: TomlStatement[] = [];
    const arrays: (readonly string[])[] = [];
    let table: readonly string[] = [];
    let inArrayItem = false;
    while (this.at < this.text.length) {
      const lineStart = this.at;
      this.skipBlanks();
      if (this.skipEmptyRest()) continue;
      if (this.text[this.at] === '[') {
        const isArrayItem = this.text[this.at + 1] === '[';
        this.at += isArrayItem ? 2 : 1;
        table = this.key();
        this.at += isArrayItem ? 2 : 1;
        inArrayItem = isArrayItem || arrays.some((path) => startsWithPath(table, path));
        if (isArrayItem) arrays.push(table);
        this.finishLine();
        statements.push({ kind: 'header', path: table, isArrayItem, inArrayItem, lineStart, lineEnd: this.at });
      } else {
        const keyStart = this.at;
        const path = [...table, ...this.key()];
        this.at += 1;
        this.skipBlanks();
        const value = this.value();
        this.finishLine();
        statements.push({ kind: 'key', table, path, inArrayItem, keyStart, value, lineStart, lineEnd: this.at });
      }
    }
    return statements;
  }

  /** @returns whether nothing but a comment was left on the line */
  private skipEmptyRest(): boolean {
    const char = this.text[this.at];
    if (char !== undefined && char !== '#' && char !== '\n' && char !== '\r') return false;
    this.finishLine();
    return true;
  }

  private finishLine(): void {
    const newline = this.text.indexOf('\n', this.at);
    this.at = newline < 0 ? this.text.length : newline + 1;
  }

  private skipBlanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
  }

  private skipBlanksAndComments(): void {
    for (;;) {
      this.skipBlanks();
      const char = this.text[this.at];
      if (char !== '#' && char !== '\n' && char !== '\r') return;
      this.finishLine();
    }
  }

  private key(): string[] {
    const parts: string[] = [];
    for (;;) {
      this.skipBlanks();
      const start = this.at;
      if (this.text[start] === '"' || this.text[start] === "'") {
        this.skipString();
        parts.push(unquote(this.text.slice(start, this.at)));
      } else {
        parts.push(this.match(BARE_KEY));
      }
      this.skipBlanks();
      if (this.text[this.at] !== '.') return parts;
      this.at += 1;
    }
  }

  private value(): TomlSpan {
    const start = this.at;
    switch (this.text[start]) {
      case '"':
      case "'":
        this.skipString();
        return { kind: 'scalar', start, end: this.at };
      case '[': {
        const items = this.separated(']', () => {
          const value = this.value();
          return { start: value.start, end: value.end, value };
        });
        return { kind: 'array', start, end: this.at, items };
      }
      case '{': {
        const entries = this.separated('}', () => {
          const entryStart = this.at;
          const key = this.key();
          this.at += 1;
          this.skipBlanks();
          const value = this.value();
          return { start: entryStart, end: value.end, key, value };
        });
        return { kind: 'inline-table', start, end: this.at, entries };
      }
      default:
        return { kind: 'scalar', start, end: start + this.match(SCALAR).trimEnd().length };
    }
  }

  private separated<Part>(close: string, part: () => Part): (Part & { comma: number | undefined })[] {
    const parts: (Part & { comma: number | undefined })[] = [];
    this.at += 1;
    for (;;) {
      this.skipBlanksAndComments();
      if (this.text[this.at] === close) {
        this.at += 1;
        return parts;
      }
      const read = part();
      this.skipBlanksAndComments();
      const comma = this.text[this.at] === ',' ? this.at : undefined;
      if (comma !== undefined) this.at += 1;
      parts.push({ ...read, comma });
    }
  }

  private skipString(): void {
    const quote = this.text[this.at] as string;
    const isMultiline = this.text.startsWith(quote.repeat(3), this.at);
    const fence = isMultiline ? quote.repeat(3) : quote;
    let end = this.at + fence.length;
    while (!this.text.startsWith(fence, end)) {
      if (end >= this.text.length) throw new Error(`unterminated string at offset ${this.at}: not valid TOML`);
      end += quote === '"' && this.text[end] === '\\' ? 2 : 1;
    }
    end += fence.length;
    // A multi-line string may end in one or two quotes of its own before the closing three.
    for (let extra = 0; isMultiline && extra < 2 && this.text[end] === quote; extra += 1) end += 1;
    this.at = end;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw new Error(`unexpected text at offset ${this.at}: not valid TOML`);
    this.at += found.length;
    return found;
  }
}

function unquote(quoted: string): string {
  return quoted.includes('\\') ? String(readToml(`key = ${quoted}`).key) : quoted.slice(1, -1);
}
