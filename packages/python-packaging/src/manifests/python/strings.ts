/** What a Python string literal stands for. */

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const ESCAPE = /\\(?:([\n\\'"abfnrtv])|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g;

/**
 * @param text what stands between the quotes
 * @param prefix in lower case
 * @returns `undefined` for an escape by Unicode name, which would need the name table
 */
export function decodeString(text: string, prefix: string): string | undefined {
  if (prefix.includes('r')) return text;
  if (/(?<!\\)(?:\\\\)*\\N\{/.test(text) && !prefix.includes('b')) return undefined;
  return text.replace(ESCAPE, (_, simple?: string, octal?: string, hex?: string, short?: string, long?: string) => {
    if (simple !== undefined) return SIMPLE[simple] as string;
    const code =
      octal === undefined ? Number.parseInt((hex ?? short ?? long) as string, 16) : Number.parseInt(octal, 8);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}

export type FormatPart = string | { readonly expression: string };

/**
 * An f-string as literal parts and the texts of its replacement fields.
 * @returns `undefined` for a field with a conversion or a format specification
 */
export function splitFormat(text: string, prefix: string): readonly FormatPart[] | undefined {
  const parts: FormatPart[] = [];
  let literal = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if ((char === '{' || char === '}') && text[at + 1] === char) {
      literal += char;
      at += 1;
    } else if (char === '{') {
      const end = fieldEnd(text, at + 1);
      if (end === undefined) return undefined;
      parts.push(literal, { expression: text.slice(at + 1, end) });
      literal = '';
      at = end;
    } else if (char === '}') {
      return undefined;
    } else {
      literal += char;
    }
  }
  parts.push(literal);
  const decoded = parts.map((part) => (typeof part === 'string' ? decodeString(part, prefix.replace('f', '')) : part));
  return decoded.every((part) => part !== undefined) ? decoded : undefined;
}

function fieldEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if ('([{'.includes(char)) {
      depth += 1;
    } else if (depth > 0 && ')]}'.includes(char)) {
      depth -= 1;
    } else if (depth === 0 && char === '}') {
      return at;
    } else if (
      depth === 0 &&
      (char === ':' || (char === '!' && text[at + 1] !== '=') || (char === '=' && /^=\s*\}/.test(text.slice(at))))
    ) {
      return undefined;
    }
  }
  return undefined;
}
