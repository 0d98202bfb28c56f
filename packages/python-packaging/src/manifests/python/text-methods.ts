/** Methods of strings. */
import { limitText } from './limits.js';
import type { CallArguments } from './runtime.js';
import { isList, isUnknown, iterate, lines, list, type PyValue, toText, unknown } from './values.js';

/** @returns what the method gives, `undefined` where the method, or an argument of it, is not followed */
export function textMethod(text: string, name: string, { positional, named }: CallArguments): PyValue | undefined {
  const [first, second] = positional;
  if (name === 'format') return formatBraces(text, positional, named);
  if (name === 'join') {
    const parts = first === undefined ? undefined : iterate(first);
    if (!parts?.every((part) => typeof part === 'string')) return firstUnknown(parts);
    limitText(parts.reduce((sum, part) => sum + part.length + text.length, 0));
    return parts.join(text);
  }
  if (named.size > 0 && name !== 'splitlines' && name !== 'encode') return undefined;
  switch (name) {
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return first === undefined || first === null || typeof first === 'string'
        ? strip(text, name, first ?? undefined)
        : undefined;
    case 'split':
    case 'rsplit':
      return split(text, name, first, second);
    case 'splitlines':
      return list(lines(text, (first ?? named.get('keepends')) === true));
    case 'partition':
    case 'rpartition': {
      const at = typeof first !== 'string' ? -1 : name === 'partition' ? text.indexOf(first) : text.lastIndexOf(first);
      if (typeof first !== 'string' || at < 0) return undefined;
      return list([text.slice(0, at), first, text.slice(at + first.length)], 'tuple');
    }
    case 'replace':
      if (typeof first !== 'string' || typeof second !== 'string' || positional.length !== 2) return undefined;
      limitText((text.split(first).length + 1) * second.length);
      return text.replaceAll(first, () => second);
    case 'lower':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'startswith':
    case 'endswith':
      return affix(text, name, first);
    case 'removeprefix':
      return typeof first === 'string' ? (text.startsWith(first) ? text.slice(first.length) : text) : undefined;
    case 'removesuffix':
      return typeof first === 'string'
        ? first !== '' && text.endsWith(first)
          ? text.slice(0, -first.length)
          : text
        : undefined;
    case 'find':
      return typeof first === 'string' && positional.length === 1 ? text.indexOf(first) : undefined;
    case 'isdigit':
      return /^[0-9]+$/.test(text);
    case 'encode':
      return { kind: 'bytes', text };
    default:
      return undefined;
  }
}

function strip(text: string, side: string, chars: string | undefined): string {
  const isStripped = (char: string | undefined) =>
    char !== undefined && (chars === undefined ? char.trim() === '' : chars.includes(char));
  let [start, end] = [0, text.length];
  while (side !== 'rstrip' && start < end && isStripped(text[start])) start += 1;
  while (side !== 'lstrip' && start < end && isStripped(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function split(text: string, side: string, separator: PyValue = null, most: PyValue = -1): PyValue | undefined {
  if ((separator !== null && typeof separator !== 'string') || separator === '' || typeof most !== 'number')
    return undefined;
  const parts = separator === null ? text.split(/\s+/).filter((part) => part !== '') : text.split(separator);
  if (most < 0 || parts.length <= most + 1) return list(parts);
  if (separator === null) return undefined;
  const head = parts.slice(0, side === 'split' ? most : -most || parts.length);
  const tail = parts.slice(head.length);
  return side === 'split' ? list([...head, tail.join(separator)]) : list([head.join(separator), ...tail]);
}

function affix(text: string, name: string, wanted: PyValue | undefined): boolean | undefined {
  const options =
    typeof wanted === 'string' ? [wanted] : wanted !== undefined && isList(wanted) ? wanted.items : undefined;
  if (!options?.every((option) => typeof option === 'string')) return undefined;
  return options.some((option) => (name === 'startswith' ? text.startsWith(option) : text.endsWith(option)));
}

/** `"{}-{0}-{name}".format(…)`, without attributes, conversions and format specifications. */
function formatBraces(
  format: string,
  positional: readonly PyValue[],
  named: ReadonlyMap<string, PyValue>,
): PyValue | undefined {
  let next = 0;
  let failure: PyValue | undefined;
  let length = format.length;
  const text = format.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (written, field?: string) => {
    if (written === '{{' || written === '}}') return written.slice(1);
    const value =
      field === ''
        ? positional[next++]
        : /^\d+$/.test(field ?? '')
          ? positional[Number(field)]
          : named.get(field ?? '');
    const shown = value === undefined ? undefined : toText(value);
    if (shown === undefined) failure ??= value ?? unknown(`the field "${written}" of a format`);
    length += shown?.length ?? 0;
    limitText(length);
    return shown ?? '';
  });
  return failure === undefined ? text : isUnknown(failure) ? failure : undefined;
}

function firstUnknown(parts: readonly PyValue[] | undefined): PyValue | undefined {
  return parts?.find(isUnknown);
}
