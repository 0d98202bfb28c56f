/** A cursor over tokens, as both parsers need it. */
import { InvalidPython, type Token, type TokenKind } from './tokens.js';

/** Deeper nesting is no manifest, and would overflow the stack. */
const MAX_DEPTH = 100;

export class TokenStream {
  private position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get current(): Token {
    return this.tokens[Math.min(this.position, this.tokens.length - 1)] as Token;
  }

  get next(): Token {
    return this.tokens[Math.min(this.position + 1, this.tokens.length - 1)] as Token;
  }

  get line(): number {
    return this.current.line;
  }

  advance(): Token {
    const token = this.current;
    this.position += 1;
    return token;
  }

  is(text: string): boolean {
    const { kind } = this.current;
    return this.current.text === text && (kind === 'operator' || kind === 'name');
  }

  isKind(kind: TokenKind): boolean {
    return this.current.kind === kind;
  }

  /** @returns whether the token was there, and is now behind */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.position += 1;
    return true;
  }

  acceptKind(kind: TokenKind): boolean {
    if (!this.isKind(kind)) return false;
    this.position += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`expected "${text}"`);
  }

  name(): string {
    if (!this.isKind('name')) throw this.unexpected('expected a name');
    return this.advance().text;
  }

  unexpected(message: string): InvalidPython {
    return new InvalidPython(`${message}, not ${JSON.stringify(this.current.text)}`, this.line);
  }

  /** @returns the place to go back to */
  mark(): number {
    return this.position;
  }

  reset(mark: number): void {
    this.position = mark;
  }

  /** The tokens from a mark up to here. */
  since(mark: number): readonly Token[] {
    return this.tokens.slice(mark, this.position);
  }

  nested<T>(read: () => T): T {
    this.depth += 1;
    try {
      if (this.depth > MAX_DEPTH) throw new InvalidPython('nested too deeply', this.line);
      return read();
    } finally {
      this.depth -= 1;
    }
  }
}
