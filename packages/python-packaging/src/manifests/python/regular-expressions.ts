/** Python's regular expressions as JavaScript's, as far as both mean the same. */

/** A text longer than this is not searched: no expression of a manifest may take long. */
const MAX_TEXT = 50_000;

/**
 * @param flags of `im s` those that were given
 * @returns `undefined` for an expression that JavaScript has not, or that might take exponential time
 */
export function toRegExp(pattern: string, flags: string): RegExp | undefined {
  const inline = /^\(\?([aims]+)\)/.exec(pattern);
  const body = pattern
    .slice(inline?.[0].length ?? 0)
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/^\\A/, '(?<![\\s\\S])')
    .replace(/\\Z$/, '(?![\\s\\S])');
  const repeatedGroup = /[+*}]\)?[^()]*\)(?:[+*]|\{)/;
  if (repeatedGroup.test(body) || /\(\?[#(a-z]|\\[AZ]|\(\?P/.test(body)) return undefined;
  const all = new Set([...flags, ...(inline?.[1] ?? '')].filter((flag) => flag !== 'a'));
  // Outside of multi-line mode Python's `$` also matches before a final newline.
  const source = all.has('m') ? body : body.replace(/(?<!\\)\$$/, '(?=\\n?(?![\\s\\S]))');
  try {
    return new RegExp(source, [...all].join(''));
  } catch {
    return undefined;
  }
}

export type Match = RegExpExecArray | null | undefined;

/** @returns `undefined` for a text that is too long */
export function search(pattern: RegExp, text: string, mode: 'search' | 'match' | 'fullmatch' = 'search'): Match {
  if (text.length > MAX_TEXT) return undefined;
  if (mode === 'search') return pattern.exec(text);
  const source = mode === 'match' ? pattern.source : `(?:${pattern.source})(?![\\s\\S])`;
  return new RegExp(source, `${pattern.flags}y`).exec(text);
}
