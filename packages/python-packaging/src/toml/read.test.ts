/** Generated documents are taken, refused and read as Python's tomllib does it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { InvalidToml, isTomlTable, readToml, type TomlValue } from './read.js';

const pick = (...texts: string[]) => fc.constantFrom(...texts);
const key = pick('a', 'b', 'c', '"a"', "'b.c'", 'a.b', 'a . c', '"\\u00e9"', 'b."x y".c', '1', '-', '""', 'é', '');
const scalar = pick(
  '"text"',
  '"\\t\\"\\\\ \\u00e9 \\U0001F600"',
  "'lit\\eral'",
  '"""\nfirst\n  second \\\n   joined"""',
  "'''\n'two' ''' ",
  '""""quoted"""""',
  '"""\r\nwin\r\n"""',
  '"\\x"',
  '"a\nb"',
  '1_000',
  '+5',
  '-0',
  '012',
  '0xFf',
  '0o17',
  '0b101',
  '9223372036854775807',
  '1.5e3',
  '1.',
  '.5',
  'inf',
  '-inf',
  '1_.0',
  'true',
  'True',
  '1979-05-27T07:32:00Z',
  '1979-05-27 07:32:00.5+01:00',
  '1979-05-27T07:32:00',
  '1979-05-27',
  '07:32:00.25',
  '1979-13-01',
  '25:00:00',
  '',
);
const value = fc.letrec<{ value: string }>((tie) => {
  const list = (open: string, close: string, item: fc.Arbitrary<string>, gaps: fc.Arbitrary<string>) =>
    fc
      .tuple(fc.array(item, { maxLength: 3 }), gaps)
      .map(([items, gap]) => open + gap + items.join(`,${gap}`) + gap + close);
  return {
    value: fc.oneof(
      { maxDepth: 3 },
      { weight: 6, arbitrary: scalar },
      { weight: 2, arbitrary: list('[', ']', tie('value'), pick('', ' ', '\n', ' # why\n')) },
      {
        weight: 2,
        arbitrary: list(
          '{',
          '}',
          fc.tuple(key, tie('value')).map(([name, inner]) => `${name} = ${inner}`),
          pick('', ' '),
        ),
      },
    ),
  };
}).value;
const statement = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(key, value, pick('', ' ', ' # note', '\t#')).map(([k, v, note]) => `${k} = ${v}${note}`),
  },
  { weight: 1, arbitrary: key.map((k) => `[${k}]`) },
  { weight: 1, arbitrary: key.map((k) => `[[${k}]]`) },
  { weight: 1, arbitrary: pick('', '# comment', '   ', '[', 'a', '= 1') },
);
const document = fc
  .tuple(fc.array(statement, { maxLength: 5 }), pick('\n', '\n', '\r\n'), pick('', '\n'))
  .map(([lines, lineEnd, end]) => lines.join(lineEnd) + end);

test('as tomllib, each valid document with the same values, each invalid one with a line', () => {
  const texts = fc.sample(document, 40_000).filter((text) => !isNewer(text));
  const source = `
import datetime, tomllib
def plain(value):
    if isinstance(value, dict):
        return {"table": [[key, plain(inner)] for key, inner in sorted(value.items())]}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return {"date": str(value).replace(" ", "T").replace("+00:00", "Z")}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"number": str(int(value)) if value == value and abs(value) != float("inf") and value == int(value) else str(value)}
    return value
def answer(text):
    try:
        return plain(tomllib.loads(text))
    except ValueError:
        return None`;
  const theirs = askPython<string, unknown>(source, texts);
  expect(theirs.filter((answer) => answer !== null).length).toBeGreaterThan(4_000);
  const different = texts.flatMap((text, index) => {
    const mine = read(text);
    return JSON.stringify(mine) === JSON.stringify(theirs[index]) ? [] : [{ text, mine, theirs: theirs[index] }];
  });
  expect(different).toEqual([]);
});

/** What TOML 1.1 takes and tomllib of TOML 1.0 does not: a comma at the end of an inline table. */
function isNewer(text: string): boolean {
  return /,\s*\}/.test(text);
}

function read(text: string): unknown {
  try {
    return plain(readToml(text));
  } catch (error) {
    if (!(error instanceof InvalidToml)) throw error;
    expect(error.line).toBeGreaterThanOrEqual(1);
    expect(error.line).toBeLessThanOrEqual(text.split('\n').length);
    return null;
  }
}

function plain(each: TomlValue): unknown {
  if (Array.isArray(each)) return each.map(plain);
  if (isTomlTable(each)) {
    const entries = Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1));
    return { table: entries.map(([name, inner]) => [name, plain(inner)]) };
  }
  if (typeof each === 'number' || typeof each === 'bigint') return { number: String(each).replace('Infinity', 'inf') };
  if (typeof each === 'object') {
    // Python writes microseconds, and none where there are none.
    const text = String(JSON.parse(JSON.stringify(each)));
    return { date: text.replace(/\.(\d{3})/, (_, digits: string) => (digits === '000' ? '' : `.${digits}000`)) };
  }
  // The line ends of a multi-line string are what they are here, and line feeds there: the specification leaves that open.
  return typeof each === 'string' ? each.replaceAll('\r\n', '\n') : each;
}
