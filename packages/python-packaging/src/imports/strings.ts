/** Where the string literals of a Python source text end. */
import { BACKSLASH, DOUBLE_QUOTE, LEFT_BRACE, NEWLINE, RIGHT_BRACE } from './characters.js';

/** @returns where a string that begins with the quote at `at` and has no replacement fields ends; one that is not closed ends with its line or the text */
export function plainStringEnd(text: string, at: number): number {
  const quote = text.charCodeAt(at);
  if (isTripleQuote(text, at)) return tripleStringEnd(text, at + 3, quote === DOUBLE_QUOTE ? '"""' : "'''");
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === quote) return end + 1;
    if (code === NEWLINE) return end;
    if (code === BACKSLASH) end++;
  }
  return text.length;
}

function tripleStringEnd(text: string, start: number, quotes: string): number {
  for (let from = start; ; ) {
    const end = text.indexOf(quotes, from);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (end - backslashes > from && text.charCodeAt(end - backslashes - 1) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end + 3;
    from = end + 1;
  }
}

export function isTripleQuote(text: string, at: number): boolean {
  const quote = text.charCodeAt(at);
  return text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote;
}

/** A literal with replacement fields: an f-string or a t-string. */
export interface FormattedString {
  readonly quote: number;
  readonly isTriple: boolean;
  readonly isRaw: boolean;
}

/**
 * Reads the literal text between the fields of a formatted string.
 * @param inSpec whether it is the format specification of a field, where braces are not written twice
 * @returns the place of what ends the text: the brace that begins a field, the brace that ends the specification, the closing quotes or,
 * where they are missing, the end of the line or the text
 * @see PEP 701
 */
export function literalTextEnd(text: string, at: number, string: FormattedString, inSpec: boolean): number {
  for (let end = at; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === string.quote) {
      if (!string.isTriple || isTripleQuote(text, end)) return end;
    } else if (code === NEWLINE) {
      if (!string.isTriple) return end;
    } else if (code === LEFT_BRACE) {
      if (inSpec || text.charCodeAt(end + 1) !== LEFT_BRACE) return end;
      end++;
    } else if (code === RIGHT_BRACE) {
      if (inSpec) return end;
    } else if (code === BACKSLASH) {
      end = escapeEnd(text, end, string.isRaw);
    }
  }
  return text.length;
}

const CHARACTER_NAME = /N\{[\w -]*\}/y;

/** @returns the place of the last character of an escape; a brace behind a backslash is a brace */
function escapeEnd(text: string, at: number, isRaw: boolean): number {
  const next = text.charCodeAt(at + 1);
  if (next === LEFT_BRACE || next === RIGHT_BRACE) return at;
  CHARACTER_NAME.lastIndex = at + 1;
  if (!isRaw && CHARACTER_NAME.test(text)) return CHARACTER_NAME.lastIndex - 1;
  return at + 1;
}
