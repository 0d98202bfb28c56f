/** Import statements and calls, read from their first word on. */
import {
  afterBlanks,
  COMMA,
  DOT,
  DOUBLE_QUOTE,
  LEFT_PARENTHESIS,
  RIGHT_PARENTHESIS,
  SINGLE_QUOTE,
  STAR,
  wordEnd,
} from './characters.js';
import type { Import } from './import.js';
import { isTripleQuote } from './strings.js';

/** What a statement names, and where it ends. */
export interface Statement {
  readonly imports: readonly Pick<Import, 'level' | 'module' | 'name'>[];
  readonly end: number;
}

/** `import a.b as c, d`; `start` is behind the first word. */
export function readImport(text: string, start: number): Statement {
  const imports: { level: 0; module: string; name: undefined }[] = [];
  for (let at = start; ; ) {
    const module = dottedName(text, afterBlanks(text, at, false));
    if (module.name !== '') imports.push({ level: 0, module: module.name, name: undefined });
    const end = afterBlanks(text, afterAlias(text, module.end, false), false);
    if (text.charCodeAt(end) !== COMMA) return { imports, end };
    at = end + 1;
  }
}

/** `from ..a import (b as c, d)`; `start` is behind the first word. @returns `undefined` where the word begins something else */
export function readFromImport(text: string, start: number): Statement | undefined {
  let at = afterBlanks(text, start, false);
  let level = 0;
  for (; text.charCodeAt(at) === DOT; level++) at = afterBlanks(text, at + 1, false);
  const module = isImportWord(text, at) ? { name: '', end: at } : dottedName(text, at);
  at = afterBlanks(text, module.end, false);
  if (!isImportWord(text, at) || (level === 0 && module.name === '')) return undefined;
  at = afterBlanks(text, at + 'import'.length, false);
  const inBrackets = text.charCodeAt(at) === LEFT_PARENTHESIS;
  const names = importedNames(text, inBrackets ? at + 1 : at, inBrackets);
  return { imports: names.names.map((name) => ({ level, module: module.name, name })), end: names.end };
}

function importedNames(text: string, start: number, inBrackets: boolean): { names: string[]; end: number } {
  const names: string[] = [];
  for (let at = start; ; ) {
    at = afterBlanks(text, at, inBrackets);
    if (text.charCodeAt(at) === STAR) return { names: [...names, '*'], end: at + 1 };
    const end = wordEnd(text, at);
    if (end > at) names.push(text.slice(at, end).normalize('NFKC'));
    at = afterBlanks(text, end > at ? afterAlias(text, end, inBrackets) : at, inBrackets);
    const next = text.charCodeAt(at);
    if (next !== COMMA) return { names, end: inBrackets && next === RIGHT_PARENTHESIS ? at + 1 : at };
    at++;
  }
}

function isImportWord(text: string, at: number): boolean {
  return text.startsWith('import', at) && wordEnd(text, at) === at + 'import'.length;
}

/** Python compares names in NFKC. @see PEP 3131 */
function dottedName(text: string, start: number): { name: string; end: number } {
  let end = wordEnd(text, start);
  let name = text.slice(start, end);
  for (;;) {
    const dot = afterBlanks(text, end, false);
    if (text.charCodeAt(dot) !== DOT) return { name: name.normalize('NFKC'), end };
    const next = afterBlanks(text, dot + 1, false);
    end = wordEnd(text, next);
    name += `.${text.slice(next, end)}`;
  }
}

function afterAlias(text: string, end: number, inBrackets: boolean): number {
  const at = afterBlanks(text, end, inBrackets);
  const isAlias = text.startsWith('as', at) && wordEnd(text, at) === at + 2;
  return isAlias ? wordEnd(text, afterBlanks(text, at + 2, inBrackets)) : end;
}

/** `importlib.import_module("a.b")` and the like; `start` is behind the function's name. @returns `undefined` unless the first argument is one plain literal */
export function readImportCall(text: string, start: number): Statement['imports'][number] | undefined {
  const bracket = afterBlanks(text, start, false);
  if (text.charCodeAt(bracket) !== LEFT_PARENTHESIS) return undefined;
  let at = afterBlanks(text, bracket + 1, true);
  if (/[rRuU]/.test(text.charAt(at))) at++;
  const quote = text.charCodeAt(at);
  if ((quote !== SINGLE_QUOTE && quote !== DOUBLE_QUOTE) || isTripleQuote(text, at)) return undefined;
  LITERAL.lastIndex = at + 1;
  const literal = LITERAL.exec(text)?.[0] ?? '';
  const close = at + 1 + literal.length;
  if (text.charCodeAt(close) !== quote) return undefined;
  const next = text.charCodeAt(afterBlanks(text, close + 1, true));
  if (next !== COMMA && next !== RIGHT_PARENTHESIS) return undefined;
  const module = literal.replace(/^\.+/, '');
  return literal === '' ? undefined : { level: literal.length - module.length, module, name: undefined };
}

/** No module that an import statement can name has a space in it. */
const LITERAL = /[^"'\\\s]*/y;
