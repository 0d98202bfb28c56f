/** White space as Python understands it: unlike JavaScript's it has the four separators of ASCII and NEL, and not the byte order mark. */
const SPACE = '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const AT_THE_ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'g');
const AHEAD = new RegExp(`[${SPACE}]*`, 'y');

/** @returns the text without white space at its ends */
export function stripSpace(text: string): string {
  return text.replace(AT_THE_ENDS, '');
}

/** @returns the position of the first character at or after `position` that is no white space */
export function skipSpace(text: string, position: number): number {
  // Nearly always there is none, and a visible character of ASCII needs no pattern.
  const code = text.charCodeAt(position);
  if (code > 32 && code < 127) return position;
  AHEAD.lastIndex = position;
  AHEAD.test(text);
  return AHEAD.lastIndex;
}
