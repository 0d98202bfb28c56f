/** Python's regular expressions as JavaScript's, as far as both mean the same. */
import { createContext, Script } from 'node:vm';

/** A text longer than this is not searched. */
const MAX_TEXT = 50_000;
/** How long one search may take, in milliseconds; those of manifests take none. */
const TIME = 500;

/**
 * @param flags of `im s` those that were given
 * @returns `undefined` for an expression that JavaScript has not
 */
export function toRegExp(pattern: string, flags: string): RegExp | undefined {
  const inline = /^\(\?([aims]+)\)/.exec(pattern);
  const body = pattern
    .slice(inline?.[0].length ?? 0)
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/^\\A/, '(?<![\\s\\S])')
    .replace(/\\Z$/, '(?![\\s\\S])');
  if (/\(\?[#(a-z]|\\[AZ]|\(\?P/.test(body)) return undefined;
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

/** @returns `undefined` for a text that is too long, or takes too long */
export function search(pattern: RegExp, text: string, mode: 'search' | 'match' | 'fullmatch' = 'search'): Match {
  const source = mode === 'fullmatch' ? `(?:${pattern.source})(?![\\s\\S])` : pattern.source;
  const compiled = mode === 'search' ? pattern : new RegExp(source, `${pattern.flags}y`);
  return limited(compiled, text, () => compiled.exec(text));
}

/** @returns every match, `undefined` for a text that is too long, or takes too long */
export function searchAll(pattern: RegExp, text: string): readonly RegExpExecArray[] | undefined {
  const compiled = new RegExp(pattern.source, `${pattern.flags}g`);
  return limited(compiled, text, () => [...text.matchAll(compiled)]);
}

/** Repeated groups, and several unbounded repetitions, are what may take exponential or high polynomial time. */
function mayTakeLong({ source }: RegExp, text: string): boolean {
  return /\)[*+{]/.test(source) || (text.length > 2000 && (source.match(/[*+]|,\}/g)?.length ?? 0) > 2);
}

function limited<T>(pattern: RegExp, text: string, run: () => T): T | undefined {
  if (text.length > MAX_TEXT) return undefined;
  if (!mayTakeLong(pattern, text)) return run();
  try {
    return new Script('run()').runInContext(createContext({ run }), { timeout: TIME }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
