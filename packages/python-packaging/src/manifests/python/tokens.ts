/** Python source text as tokens, with the indentation as tokens of its own. */

export type TokenKind = 'name' | 'number' | 'string' | 'operator' | 'newline' | 'indent' | 'dedent' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** as written; of a string, what stands between the quotes */
  readonly text: string;
  /** counted from 1 */
  readonly line: number;
  /** of a string: its prefix in lower case (`r`, `f`, `rb`, …) */
  readonly prefix?: string;
}

/** Source text that is not Python, or Python that this reader does not follow. */
export class InvalidPython extends Error {
  override readonly name = 'InvalidPython';

  constructor(
    readonly reason: string,
    readonly line: number,
  ) {
    super(`line ${line}: ${reason}`);
  }
}

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d+)?[jJ]?)/y;
const OPERATOR = /\*\*=|\/\/=|>>=|<<=|\.\.\.|\*\*|\/\/|>>|<<|->|:=|[=!<>+\-*/%&|^@]=|[-+*/%@&|^~<>=()[\]{},:.;!]/y;
const STRING = /([rRbBuUfFtT]{0,2})("""|'''|"|')/y;
const BLANKS = /[ \t\f]*/y;

/**
 * @param text the text of a Python file
 * @throws {InvalidPython}
 * @see The Python language reference, "Lexical analysis"
 */
export function tokenize(text: string): readonly Token[] {
  return new Lexer(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')).tokens();
}

class Lexer {
  private at = 0;
  private line = 1;
  private depth = 0;
  private readonly indents = [0];
  private readonly found: Token[] = [];

  constructor(private readonly text: string) {}

  tokens(): readonly Token[] {
    let isLineStart = true;
    while (this.at < this.text.length) {
      if (isLineStart) {
        isLineStart = false;
        if (!this.readIndentation()) {
          isLineStart = true;
          continue;
        }
      }
      this.match(BLANKS);
      const char = this.text[this.at];
      if (char === undefined) break;
      if (char === '#') this.skipComment();
      else if (char === '\n') isLineStart = this.readNewline();
      else if (char === '\\' && this.text[this.at + 1] === '\n') this.skipContinuation();
      else this.readToken();
    }
    if (this.found.length > 0 && this.found.at(-1)?.kind !== 'newline') this.push('newline', '');
    while (this.indents.length > 1) this.dedent();
    this.push('end', '');
    return this.found;
  }

  /** @returns whether the line holds anything but blanks and a comment */
  private readIndentation(): boolean {
    const blanks = this.match(BLANKS) ?? '';
    const char = this.text[this.at];
    if (char === undefined) return true;
    if (char === '#') this.skipComment();
    if (this.text[this.at] === '\n') {
      this.at += 1;
      this.line += 1;
      return false;
    }
    if (this.at >= this.text.length) return true;
    const width = widthOf(blanks);
    if (width > this.indent()) {
      this.indents.push(width);
      this.push('indent', '');
    }
    while (width < this.indent()) this.dedent();
    return true;
  }

  private indent(): number {
    return this.indents.at(-1) ?? 0;
  }

  private dedent(): void {
    this.indents.pop();
    this.push('dedent', '');
  }

  /** @returns whether the newline ends a statement */
  private readNewline(): boolean {
    if (this.depth === 0) this.push('newline', '\n');
    this.at += 1;
    this.line += 1;
    return this.depth === 0;
  }

  private skipComment(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  private skipContinuation(): void {
    this.at += 2;
    this.line += 1;
  }

  private readToken(): void {
    STRING.lastIndex = this.at;
    const opening = STRING.exec(this.text);
    if (opening !== null) {
      this.readString(opening[0], (opening[1] ?? '').toLowerCase(), opening[2] ?? '');
      return;
    }
    const name = this.match(NAME);
    const number =
      name === undefined && /^\.?\d/.test(this.text.slice(this.at, this.at + 2)) ? this.match(NUMBER) : undefined;
    if (name !== undefined || number !== undefined) {
      this.push(name === undefined ? 'number' : 'name', name ?? number ?? '');
      return;
    }
    const operator = this.match(OPERATOR);
    if (operator === undefined) throw new InvalidPython(`unexpected ${JSON.stringify(this.text[this.at])}`, this.line);
    if ('([{'.includes(operator)) this.depth += 1;
    if (')]}'.includes(operator)) this.depth = Math.max(0, this.depth - 1);
    this.push('operator', operator);
  }

  private readString(opening: string, prefix: string, quotes: string): void {
    const start = this.at + opening.length;
    let end = start;
    while (!this.text.startsWith(quotes, end)) {
      const char = this.text[end];
      if (char === undefined || (char === '\n' && quotes.length === 1)) {
        throw new InvalidPython('a string without an end', this.line);
      }
      // A backslash keeps a quote from ending the string, in raw strings too.
      end += char === '\\' ? 2 : 1;
    }
    const text = this.text.slice(start, end);
    this.found.push({ kind: 'string', text, line: this.line, prefix });
    this.line += text.split('\n').length - 1;
    this.at = end + quotes.length;
  }

  private push(kind: TokenKind, text: string): void {
    this.found.push({ kind, text, line: this.line });
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.text)?.[0];
    if (text !== undefined) this.at += text.length;
    return text;
  }
}

/** A tab goes on to the next multiple of eight. */
function widthOf(blanks: string): number {
  let width = 0;
  for (const blank of blanks) width = blank === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
  return width;
}
