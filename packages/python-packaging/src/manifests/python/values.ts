/** The values that static reading follows. What it does not follow is `unknown`, and whatever is made of that is unknown too. */
import type { PackageSearch } from '../modules/setuptools.js';
import type { Block, Expression, Parameter } from './syntax.js';

export type PyValue = null | boolean | number | string | PyContainer | PyOpaque | Unknown;

type PyContainer = PyList | PyDict;

/** Lists, tuples and sets. Mutable and shared as in Python, so that two names of one list see the same changes. */
export interface PyList {
  readonly kind: 'list' | 'tuple' | 'set';
  items: PyValue[];
  /** why its contents are no longer known */
  lost?: string;
}

/** A dict with strings for keys. */
export interface PyDict {
  readonly kind: 'dict';
  readonly entries: Map<string, PyValue>;
  /** keys that may not be there */
  readonly doubtful: Set<string>;
  lost?: string;
}

export type PyOpaque =
  | { readonly kind: 'bytes'; readonly text: string }
  | { readonly kind: 'file'; readonly text: string; readonly isBinary: boolean; isRead: boolean }
  | { readonly kind: 'path'; readonly path: string }
  /** a module loaded from a file by its path: the module itself, its specification and its loader all in one */
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | { readonly kind: 'match'; readonly match: RegExpExecArray }
  /** one value for each Python that counts, see pythons.ts */
  | { readonly kind: 'by-python'; readonly values: readonly PyValue[] }
  /** something of a module or of the builtins, by its full name: `os.path.join` */
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'method'; readonly of: PyValue; readonly name: string }
  /** what `find_packages` would find */
  | { readonly kind: 'packages'; readonly search: PackageSearch }
  | PyFunction;

export interface PyFunction {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Block | Expression;
  readonly scope: Scope;
  /** defaults are evaluated once, where the function is defined */
  readonly defaults: ReadonlyMap<string, PyValue>;
}

export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
}

/** The names of a module or of a call, inside the scope that surrounds it. */
export interface Scope {
  readonly names: Map<string, PyValue>;
  readonly outer: Scope | undefined;
  /** whether `:=` inside binds in the surrounding scope */
  readonly isComprehension?: true;
}

export function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}

export function list(items: readonly PyValue[], kind: PyList['kind'] = 'list'): PyList {
  return { kind, items: [...items] };
}

export function dict(entries: Iterable<readonly [string, PyValue]>): PyDict {
  return { kind: 'dict', entries: new Map(entries), doubtful: new Set() };
}

export function isUnknown(value: PyValue): value is Unknown {
  return typeof value === 'object' && value !== null && value.kind === 'unknown';
}

/** Why a value is not known. */
export function reasonOf(value: PyValue): string {
  return isUnknown(value) ? value.reason : 'a value that is not followed';
}

export function isList(value: PyValue): value is PyList {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value.kind === 'list' || value.kind === 'tuple' || value.kind === 'set')
  );
}

export function isDict(value: PyValue): value is PyDict {
  return typeof value === 'object' && value !== null && value.kind === 'dict';
}

/** @returns the value, or why it is no longer known */
export function known(value: PyValue): PyValue {
  return (isList(value) || isDict(value)) && value.lost !== undefined ? unknown(value.lost) : value;
}

/** Gives up one key of a dict: what it holds, and whether it is there. */
export function loseKey(target: PyDict, key: string, reason: string): void {
  if (!target.entries.has(key)) target.doubtful.add(key);
  target.entries.set(key, unknown(reason));
}

/** Gives up the contents of a container and of everything in it. */
export function lose(value: PyValue, reason: string): void {
  if (!(isList(value) || isDict(value)) || value.lost !== undefined) return;
  value.lost = reason;
  for (const inner of isDict(value) ? value.entries.values() : value.items) lose(inner, reason);
}

/** @returns whether Python takes the value for true, `undefined` where that is not known */
export function truth(value: PyValue): boolean | undefined {
  if (value === null) return false;
  if (typeof value !== 'object') return Boolean(value);
  switch (value.kind) {
    case 'unknown':
      return undefined;
    case 'list':
    case 'tuple':
    case 'set':
      return value.items.length > 0;
    case 'dict':
      return value.entries.size === value.doubtful.size && value.doubtful.size > 0 ? undefined : value.entries.size > 0;
    case 'bytes':
      return value.text !== '';
    // A symbol may be any object of its module.
    case 'symbol':
    case 'by-python':
      return undefined;
    default:
      return true;
  }
}

/** Lists nested deeper than in any manifest are not compared. */
const MAX_DEPTH = 8;

/** @returns whether two values are equal, `undefined` where that is not known */
export function isEqual(a: PyValue, b: PyValue, depth = 0): boolean | undefined {
  if (isList(a) && isList(b)) {
    if (depth > MAX_DEPTH) return undefined;
    if (a.kind !== b.kind || a.items.length !== b.items.length) return a.kind === 'set' ? undefined : false;
    const verdicts = a.items.map((item, index) => isEqual(item, b.items[index] as PyValue, depth + 1));
    return verdicts.includes(false) ? false : verdicts.includes(undefined) ? undefined : true;
  }
  if (isPlain(a) && isPlain(b))
    return typeof a === 'boolean' || typeof b === 'boolean'
      ? Number(a) === Number(b) && typeof a !== 'string' && typeof b !== 'string'
      : a === b;
  return undefined;
}

/** @returns what `for` would go through, `undefined` where that is not known */
export function iterate(value: PyValue): readonly PyValue[] | undefined {
  if (typeof value === 'string') return [...value];
  if (isList(value)) return value.items;
  if (isDict(value)) return value.doubtful.size > 0 ? undefined : [...value.entries.keys()];
  const text = readFile(value);
  return typeof text === 'string' ? lines(text, true) : undefined;
}

/** @returns all of an open file, `undefined` for anything else and for a file that was read from before */
export function readFile(value: PyValue): string | { readonly kind: 'bytes'; readonly text: string } | undefined {
  if (value === null || typeof value !== 'object' || value.kind !== 'file' || value.isRead) return undefined;
  value.isRead = true;
  return value.isBinary ? { kind: 'bytes', text: value.text } : value.text;
}

/** A text by lines; only `\n` and `\r\n` count, as other separators do not occur in manifests. */
export function lines(text: string, keepEnds: boolean): readonly string[] {
  const parts = text.split(/(?<=\n)/).filter((line) => line !== '');
  return keepEnds ? parts : parts.map((line) => line.replace(/\r?\n$/, ''));
}

/** @returns `str(value)`, `undefined` where that is not known */
export function toText(value: PyValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  return value.kind === 'path' ? value.path : undefined;
}

function isPlain(value: PyValue): value is null | boolean | number | string {
  return value === null || typeof value !== 'object';
}
