/** What a character of a Python source text may begin, by table: the scanner asks it of every character. */

export const BLANK = 1;
export const LINE_END = 2;
export const COMMENT = 3;
export const QUOTE = 4;
export const OPEN = 5;
export const CLOSE = 6;
export const COLON = 7;
export const SEMICOLON = 8;
export const CONTINUATION = 9;
export const WORD = 10;

/** By character code, for ASCII; 0 for what begins nothing. */
export const KINDS = new Uint8Array(128);
const kinds: readonly (readonly [string, number])[] = [
  [' \t\f', BLANK],
  ['\n', LINE_END],
  ['#', COMMENT],
  ['"\'', QUOTE],
  ['([{', OPEN],
  [')]}', CLOSE],
  [':', COLON],
  [';', SEMICOLON],
  ['\\', CONTINUATION],
  ['_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', WORD],
];
for (const [characters, kind] of kinds) for (const each of characters) KINDS[each.charCodeAt(0)] = kind;

export const SPACE = 0x20;
export const BACKSLASH = 0x5c;
export const NEWLINE = 0x0a;
export const DOT = 0x2e;
export const COMMA = 0x2c;
export const STAR = 0x2a;
export const HASH = 0x23;
export const LEFT_PARENTHESIS = 0x28;
export const RIGHT_PARENTHESIS = 0x29;
export const LEFT_BRACE = 0x7b;
export const RIGHT_BRACE = 0x7d;
export const SINGLE_QUOTE = 0x27;
export const DOUBLE_QUOTE = 0x22;

/** @returns whether a character is part of a name or number; every one outside ASCII is taken for a letter */
function isWord(code: number): boolean {
  return code > 127 || KINDS[code] === WORD;
}

/** @returns where the name that begins at `at` ends */
export function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isWord(text.charCodeAt(end))) end++;
  return end;
}

/** @returns where the text goes on after blanks and continued lines; inside brackets after line ends and comments too */
export function afterBlanks(text: string, at: number, inBrackets: boolean): number {
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (KINDS[code] === BLANK) end++;
    else if (code === BACKSLASH && text.charCodeAt(end + 1) === NEWLINE) end += 2;
    else if (inBrackets && code === NEWLINE) end++;
    else if (inBrackets && code === HASH) end = lineEnd(text, end);
    else return end;
  }
  return end;
}

/** @returns where the line ends that `at` is in */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
