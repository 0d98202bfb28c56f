/** Putting items into a bracketed, comma-separated list and taking them out, in the layout the list has. */
import type { ItemSpan } from './spans.js';
import { lineEndOf, splice } from './splice.js';

interface ListSpan {
  readonly start: number;
  readonly end: number;
  readonly items: readonly ItemSpan[];
}

/** @returns the text with `item` as the list's last one */
export function insertItem(text: string, list: ListSpan, item: string): string {
  const last = list.items.at(-1);
  if (last === undefined) return insertFirst(text, list, item);
  const indent = ownLineIndent(text, list, last);
  if (indent === undefined) {
    return last.comma === undefined
      ? splice(text, last.end, last.end, `, ${item}`)
      : splice(text, last.comma + 1, last.comma + 1, ` ${item},`);
  }
  return insertOnOwnLine(text, list, last, indent + item);
}

function insertFirst(text: string, list: ListSpan, item: string): string {
  const inside = text.slice(list.start + 1, list.end - 1);
  if (!inside.includes('\n')) return splice(text, list.start + 1, list.end - 1, item);
  const closingLine = text.lastIndexOf('\n', list.end - 1) + 1;
  const closingIndent = text.slice(closingLine, list.end - 1);
  const comment = /\n([ \t]*)#/.exec(inside);
  return splice(text, closingLine, closingLine, `${comment?.[1] ?? `${closingIndent}    `}${item},${lineEndOf(text)}`);
}

function insertOnOwnLine(text: string, list: ListSpan, last: ItemSpan, line: string): string {
  const lineEnd = lineEndOf(text);
  const newline = text.indexOf('\n', last.comma ?? last.end);
  const isClosedOnItsLine = newline < 0 || newline >= list.end;
  if (isClosedOnItsLine) {
    return last.comma === undefined
      ? splice(text, last.end, last.end, `,${lineEnd}${line}`)
      : splice(text, last.comma + 1, last.comma + 1, `${lineEnd}${line},`);
  }
  if (last.comma !== undefined) return splice(text, newline + 1, newline + 1, `${line},${lineEnd}`);
  const withLine = splice(text, newline + 1, newline + 1, line + lineEnd);
  return splice(withLine, last.end, last.end, ',');
}

/** @returns the text without one item; a comment behind it goes only when the whole line goes */
export function removeItem(text: string, list: ListSpan, index: number): string {
  const item = list.items[index] as ItemSpan;
  const after = item.comma === undefined ? item.end : item.comma + 1;
  if (ownLineIndent(text, list, item) !== undefined) {
    const lineStart = text.lastIndexOf('\n', item.start) + 1;
    const newline = text.indexOf('\n', after);
    const tail = text.slice(after, newline + 1);
    if (newline >= 0 && newline < list.end && /^[ \t]*(?:#[^\n]*)?\r?\n$/.test(tail))
      return splice(text, lineStart, newline + 1, '');
  }
  if (item.comma !== undefined) {
    const blanks = /[ \t]*/y;
    blanks.lastIndex = after;
    return splice(text, item.start, after + (blanks.exec(text)?.[0].length ?? 0), '');
  }
  const previous = list.items[index - 1];
  const from = previous?.comma ?? previous?.end;
  const isOnPreviousLine = from !== undefined && !text.slice(from, item.start).includes('\n');
  return splice(text, isOnPreviousLine ? from : item.start, item.end, '');
}

/** @returns the blanks before an item that is the first on its line, `undefined` for any other */
function ownLineIndent(text: string, list: ListSpan, item: ItemSpan): string | undefined {
  const lineStart = text.lastIndexOf('\n', item.start) + 1;
  const indent = text.slice(lineStart, item.start);
  return lineStart > list.start && indent.trim() === '' ? indent : undefined;
}
