/** The official TOML test suite: valid documents read as they should and can be edited everywhere, invalid ones are refused with a line. */
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { tomlTestFiles } from '../../testing/published.js';
import { appendToTomlArray, InvalidTomlEdit, removeFromTomlArray, removeTomlKey, setTomlValue } from './edit.js';
import { InvalidToml, isTomlTable, readToml, type TomlTable, type TomlValue, tomlAt } from './read.js';

/** Invalid in TOML 1.0, which the suite is for, and valid in TOML 1.1, which is read here. */
const VALID_IN_1_1 = [
  'datetime/no-secs.toml',
  'inline-table/linebreak-1.toml',
  'inline-table/linebreak-2.toml',
  'inline-table/linebreak-3.toml',
  'inline-table/linebreak-4.toml',
  'inline-table/trailing-comma.toml',
  'string/basic-byte-escapes.toml',
];

let valid: readonly string[];
let invalid: readonly string[];
beforeAll(() => {
  valid = tomlTestFiles('valid');
  invalid = tomlTestFiles('invalid');
});

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const read = (path: string) => utf8.decode(readFileSync(path));
const caseOf = (path: string) => relative('.', path).split(sep).slice(-2).join('/');

describe('valid documents', () => {
  test('have the values that the suite says', () => {
    expect(valid.length).toBeGreaterThan(90);
    for (const path of valid) {
      const expected = JSON.parse(readFileSync(path.replace(/\.toml$/, '.json'), 'utf8'));
      expect([caseOf(path), plain(readToml(read(path)))]).toEqual([caseOf(path), untagged(expected)]);
    }
  });

  test('are edited at every scalar and array, in every form of line ends, and nothing else changes', () => {
    let edits = 0;
    for (const path of valid) {
      const text = read(path);
      if (text.includes('\r\n') && /(^|[^\r])\n/.test(text)) continue; // of two line ends neither is the document's own
      for (const variant of [
        text,
        text.replace(/\r?\n/g, '\r\n'),
        `\uFEFF${text.replace(/^\uFEFF/, '')}`,
        text.trimEnd(),
      ]) {
        for (const keys of pathsOf(readToml(variant))) {
          if (expectEdited(variant, keys)) edits += 1;
        }
      }
    }
    expect(edits).toBeGreaterThan(1_000);
  });
});

test('invalid documents are refused, with the line', () => {
  expect(invalid.length).toBeGreaterThan(180);
  const taken = invalid.filter((path) => {
    try {
      readToml(read(path));
      return true;
    } catch (error) {
      if (error instanceof InvalidToml) {
        expect(error.line).toBeGreaterThanOrEqual(1);
        expect(error.line).toBeLessThanOrEqual(read(path).split('\n').length);
        return false;
      }
      if (error instanceof TypeError) return false; // not UTF-8
      throw error;
    }
  });
  expect(taken.map(caseOf)).toEqual(VALID_IN_1_1);
});

/**
 * Sets the value at a path to another, sees that it alone has changed, and takes it away.
 * @returns whether it can be edited: of an array of tables the path does not say which item
 */
function expectEdited(text: string, keys: readonly string[]): boolean {
  let edited: string;
  try {
    edited = setTomlValue(text, keys, 'wanted');
  } catch (error) {
    if (error instanceof InvalidTomlEdit && / an array of tables$/.test(error.message)) return false;
    throw error;
  }
  expect(tomlAt(readToml(edited), keys)).toBe('wanted');
  expect(edited.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
  expect(edited.includes('\r')).toBe(text.includes('\r') && edited.includes('\n'));
  expectItemEdited(text, keys);
  const removed = removeTomlKey(edited, keys);
  expect(tomlAt(readToml(removed), keys)).toBeUndefined();
  return true;
}

/** Where there is an array, appends an item and takes it away again. */
function expectItemEdited(text: string, keys: readonly string[]): void {
  const items = tomlAt(readToml(text), keys);
  if (!Array.isArray(items)) return;
  const appended = appendToTomlArray(text, keys, 'wanted');
  expect(tomlAt(readToml(appended), keys)).toEqual([...items, 'wanted']);
  expect(tomlAt(readToml(removeFromTomlArray(appended, keys, items.length)), keys)).toEqual(items);
}

function* pathsOf(table: TomlTable, above: readonly string[] = []): Generator<readonly string[]> {
  for (const [key, value] of Object.entries(table)) {
    if (isTomlTable(value)) yield* pathsOf(value, [...above, key]);
    else yield [...above, key];
  }
}

/** Numbers are numbers here, whether they were written as integers or not, and the suite writes -0.0 as 0. */
function plain(value: TomlValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (isTomlTable(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  if (typeof value === 'object') return { date: dateText(String(JSON.parse(JSON.stringify(value)))) };
  return value === 0 ? 0 : value;
}

type Tagged = { readonly type: string; readonly value: string };

function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged);
  const entries = Object.entries(value as object);
  if (!isTagged(value)) return Object.fromEntries(entries.map(([key, inner]) => [key, untagged(inner)]));
  switch (value.type) {
    case 'string':
      return value.value;
    case 'bool':
      return value.value === 'true';
    case 'integer':
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : BigInt(value.value);
    case 'float':
      return /inf/i.test(value.value) ? (value.value.startsWith('-') ? -Infinity : Infinity) : Number(value.value);
    default:
      return { date: dateText(value.value) };
  }
}

function isTagged(value: unknown): value is Tagged {
  const { type, value: inner } = value as Partial<Record<string, unknown>>;
  return typeof type === 'string' && typeof inner === 'string';
}

/** Milliseconds are all that is kept of a time. */
function dateText(text: string): string {
  return text
    .toUpperCase()
    .replace(' ', 'T')
    .replace(
      /(\d\d:\d\d:\d\d)(?:\.(\d+))?/,
      (_, time: string, fraction = '') => `${time}.${`${fraction}000`.slice(0, 3)}`,
    );
}
