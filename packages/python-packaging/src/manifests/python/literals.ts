/** Numbers and strings as expressions. */
import { decodeString, splitFormat } from './strings.js';
import type { Expression } from './syntax.js';
import type { TokenStream } from './token-stream.js';
import type { Token } from './tokens.js';

/** Only whole numbers are followed: what a float prints is a science of its own. */
export function number(text: string, line: number): Expression {
  const value = /^(?:\d[\d_]*|0[xXoObB][\da-fA-F_]+)$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  return Number.isSafeInteger(value)
    ? { kind: 'constant', value, line }
    : { kind: 'other', what: `the number ${text}`, line };
}

/**
 * Adjacent literals are one string.
 * @param field parses what stands in the braces of an f-string
 */
export function strings(stream: TokenStream, field: (text: string, line: number) => Expression): Expression {
  const { line } = stream;
  const tokens: Token[] = [];
  while (stream.isKind('string')) tokens.push(stream.advance());
  const isBytes = tokens.some(({ prefix }) => prefix?.includes('b'));
  const parts: (string | Expression)[] = [];
  for (const { text, prefix = '', line: at } of tokens) {
    if (prefix.includes('t')) return { kind: 'other', what: 'a template string', line };
    const decoded = prefix.includes('f') ? splitFormat(text, prefix) : [decodeString(text, prefix)];
    for (const part of decoded ?? [undefined]) {
      if (part === undefined) return { kind: 'other', what: 'a string with a format or a named character', line };
      parts.push(typeof part === 'string' ? part : field(part.expression, at));
    }
  }
  if (parts.some((part) => typeof part !== 'string')) return { kind: 'format', parts, line };
  const value = parts.join('');
  return isBytes ? { kind: 'bytes', text: value, line } : { kind: 'constant', value, line };
}
