import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  appendToTomlArray,
  InvalidTomlEdit,
  removeFromTomlArray,
  removeTomlKey,
  replaceInTomlArray,
  setTomlValue,
} from './edit.js';
import { encodeToml } from './encode.js';
import { InvalidToml, readToml, tomlAt } from './read.js';
import { scanToml } from './spans.js';

const MANIFEST = `# head
[project]
name = "alpha"   # the name
version = '1.0' # bumped by hand
dependencies = [
    "one>=1", # why one
    # group two
    "two[a,b]>=2"
]

[tool.uv.sources]
two = { workspace = true }

[[tool.uv.index]]
name = "a"
`;

describe('setting a value', () => {
  test('replaces the value and leaves its comment', () => {
    expect(setTomlValue(MANIFEST, ['project', 'version'], '2.0')).toBe(MANIFEST.replace("'1.0'", '"2.0"'));
  });

  test('adds a key at the end of its table', () => {
    const line = 'one = { workspace = true }\n';
    expect(setTomlValue(MANIFEST, ['tool', 'uv', 'sources', 'one'], { workspace: true })).toBe(
      MANIFEST.replace('two = { workspace = true }\n', (two) => two + line),
    );
  });

  test.each([
    ['a missing table becomes a block at the end', 'a = 1\n', ['b', 'c'], 'a = 1\n\n[b]\nc = 0\n'],
    ['an empty document', '', ['b', 'c'], '[b]\nc = 0\n'],
    ['a root key before the first header', '[t]\na = 1\n', ['b'], 'b = 0\n[t]\na = 1\n'],
    ['no final newline stays so', '[t]\na = 1', ['t', 'b'], '[t]\na = 1\nb = 0'],
    ['line ends are kept', '[t]\r\na = 1\r\n', ['t', 'b'], '[t]\r\na = 1\r\nb = 0\r\n'],
    ['a byte order mark is kept', '\uFEFF[t]\na = 1\n', ['b'], '\uFEFFb = 0\n[t]\na = 1\n'],
    ['beside a dotted key', '[t]\nu.a = 1\n', ['t', 'u', 'b'], '[t]\nu.a = 1\nu.b = 0\n'],
    ['into an inline table', 't = { a = 1 }', ['t', 'b'], 't = { a = 1, b = 0 }'],
    ['into an empty inline table', 't = {}', ['t', 'b'], 't = { b = 0 }'],
    ['into an inline table within one', 't = { u = { a = 1 } }', ['t', 'u', 'b'], 't = { u = { a = 1, b = 0 } }'],
    [
      'header-like text in a string is no header',
      's = """\n[t]\n"""\n',
      ['t', 'a'],
      's = """\n[t]\n"""\n\n[t]\na = 0\n',
    ],
    ['indentation is copied', '[t]\n  a = 1\n', ['t', 'b'], '[t]\n  a = 1\n  b = 0\n'],
    ['a quoted key', '[t]\n"a.b" = 1\n', ['t', 'a.b'], '[t]\n"a.b" = 0\n'],
  ])('%s', (_, text, path, expected) => {
    expect(setTomlValue(text, path, 0)).toBe(expected);
  });

  test.each([
    ['a table', MANIFEST, ['project']],
    ['a path through a string', MANIFEST, ['project', 'name', 'x']],
    ['an array of tables', MANIFEST, ['tool', 'uv', 'index', 'name']],
  ])('refuses %s', (_, text, path) => {
    expect(() => setTomlValue(text, path, 0)).toThrow(InvalidTomlEdit);
  });

  test('refuses text that is not TOML, with the line', () => {
    expect(() => setTomlValue('a = 1\nb = \n', ['a'], 0)).toThrow(InvalidToml);
    expect(() => setTomlValue('a = 1\nb = \n', ['a'], 0)).toThrow(/^line 2, column \d+: /);
  });
});

describe('appending to an array', () => {
  test.each([
    ['one line', 'a = ["x"]', 'a = ["x", "new"]'],
    ['one line with a trailing comma', 'a = ["x",]', 'a = ["x", "new",]'],
    ['empty', 'a = []', 'a = ["new"]'],
    ['empty on two lines', 'a = [\n]\n', 'a = [\n    "new",\n]\n'],
    ['only a comment', 'a = [\n  # none yet\n]\n', 'a = [\n  # none yet\n  "new",\n]\n'],
    ['a line each', 'a = [\n  "x",\n]\n', 'a = [\n  "x",\n  "new",\n]\n'],
    ['a line each, no trailing comma', 'a = [\n  "x" # why\n]\n', 'a = [\n  "x", # why\n  "new"\n]\n'],
    ['closed behind the last item', 'a = [\n  "x"]\n', 'a = [\n  "x",\n  "new"]\n'],
    ['CRLF', 'a = [\r\n\t"x",\r\n]\r\n', 'a = [\r\n\t"x",\r\n\t"new",\r\n]\r\n'],
    ['leading commas', 'a = [\n  "x"\n, "y"\n]', 'a = [\n  "x"\n, "y", "new"\n]'],
    ['absent', 'b = 1\n', 'b = 1\na = ["new"]\n'],
  ])('%s', (_, text, expected) => {
    expect(appendToTomlArray(text, ['a'], 'new')).toBe(expected);
  });

  test('refuses what is no array', () => {
    expect(() => appendToTomlArray('a = 1', ['a'], 'new')).toThrow(InvalidTomlEdit);
    expect(() => appendToTomlArray(MANIFEST, ['tool', 'uv', 'index'], 'new')).toThrow(InvalidTomlEdit);
  });
});

describe('removing', () => {
  test.each([
    ['the first of a line', 'a = ["x", "y"]', 0, 'a = ["y"]'],
    ['the last of a line', 'a = ["x", "y"]', 1, 'a = ["x"]'],
    ['the only one', 'a = ["x"]', 0, 'a = []'],
    ['a line with its comment', 'a = [\n  "x", # why\n  # group\n  "y",\n]', 0, 'a = [\n  # group\n  "y",\n]'],
    ['the last line without a comma', 'a = [\n  "x", # why\n  "y"\n]', 1, 'a = [\n  "x", # why\n]'],
    ['the last, closed behind it', 'a = [\n  "x", # why\n  "y"]', 1, 'a = [\n  "x", # why\n  ]'],
  ])('an item: %s', (_, text, index, expected) => {
    expect(removeFromTomlArray(text, ['a'], index)).toBe(expected);
  });

  test.each([
    ['a line', '[t]\na = 1 # why\nb = 2\n', ['t', 'a'], '[t]\nb = 2\n'],
    ['an entry of an inline table', 't = { a = 1, b = 2 }', ['t', 'b'], 't = { a = 1 }'],
    ['a table with its sub-tables', 'x = 1\n[t]\na = 1\n[t.u]\nb = 1\n[v]\n', ['t'], 'x = 1\n[v]\n'],
    ['an array of tables', '[[t]]\na = 1\n[[t]]\na = 2\n[v]\n', ['t'], '[v]\n'],
    ['the last dotted key of a table', '[t]\nu.a = 1\nb = 1\n', ['t', 'u', 'a'], '[t]\nb = 1\n'],
    ['the first line after a byte order mark', '\uFEFFa = 1\nb = 2\n', ['a'], '\uFEFFb = 2\n'],
  ])('a key: %s', (_, text, path, expected) => {
    expect(removeTomlKey(text, path)).toBe(expected);
  });

  test('refuses what is not there', () => {
    expect(() => removeTomlKey('a = 1', ['b'])).toThrow(InvalidTomlEdit);
    expect(() => removeFromTomlArray('a = [1]', ['a'], 1)).toThrow(InvalidTomlEdit);
  });
});

describe('any document, any edit', () => {
  const scalar = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.double({ noNaN: true }), fc.boolean());
  const text = fc.constantFrom(
    '"basic \\" \\u00e9"',
    "'lit\\eral'",
    '"""\n[not.a.header]\na = [1]\n"""',
    "'''\n# no comment\n'''''",
    '""""quoted"""""',
    '1_000',
    '0x1f',
    '1979-05-27T07:32:00Z',
    'inf',
    '{ a = 1, "b.c" = [1, 2], d = {} }',
    '[]',
    '[[1, 2], { x = "]" }]',
  );
  const comment = fc.constantFrom('', ' # [comment]', '\t# a = 1, "', ' ');
  const item = fc.tuple(text, comment).map(([value, note]) => `  ${value},${note}\n`);
  const array = fc.array(item, { maxLength: 4 }).map((items) => `[\n${items.join('')}]`);
  const value = fc.oneof(
    text,
    array,
    fc.array(text, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
  );
  const line = (name: string) => fc.tuple(value, comment).map(([written, note]) => `${name} = ${written}${note}\n`);
  const document = fc
    .tuple(
      fc.constantFrom('', '\uFEFF'),
      line('top'),
      fc.constantFrom('', '\n', '# note\n'),
      line('one'),
      line('two.inner'),
      line('"quo ted"'),
      line('x'),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([mark, top, gap, one, two, quoted, repeated, isCrlf, endsInNewline]) => {
      const lines = `${mark}${top}${gap}[table]\n${one}${two}${gap}[table.sub]\n${quoted}[[many]]\n${repeated}[[many]]\n${repeated}`;
      const whole = isCrlf ? lines.replaceAll('\n', '\r\n') : lines;
      return endsInNewline ? whole : whole.trimEnd();
    });
  const path = fc.constantFrom(
    ['top'],
    ['new'],
    ['table', 'one'],
    ['table', 'new'],
    ['table', 'two', 'inner'],
    ['table', 'two', 'new'],
    ['table', 'sub', 'quo ted'],
    ['table', 'sub', 'new'],
    ['other', 'new'],
    ['other', 'deep', 'new key'],
  );

  // Every edit compares what it wrote with what was wanted, so a result is right; here it must also exist and touch one place only.
  test('a value is set and everything before and after it is kept', () => {
    fc.assert(
      fc.property(document, path, scalar, (before, where, wanted) => {
        const after = setTomlValue(before, where, wanted);
        expect(tomlAt(readToml(after), where)).toEqual(readToml(encodeToml({ wanted }).slice(2, -2)).wanted);
        const value = scanToml(before).find((each) => each.kind === 'key' && each.path.join('\0') === where.join('\0'));
        if (value?.kind === 'key') {
          expect(after.startsWith(before.slice(0, value.value.start))).toBe(true);
          expect(after.endsWith(before.slice(value.value.end))).toBe(true);
        } else {
          expect(commonEnds(before, after).lost).toBe('');
        }
        expect(lineEndsOf(after)).toEqual(lineEndsOf(before));
      }),
    );
  });

  test('an item is appended, replaced and removed again, and the items before are as they were', () => {
    fc.assert(
      fc.property(document, path, scalar, (before, where, wanted) => {
        const old = tomlAt(readToml(before), where);
        fc.pre(old === undefined || Array.isArray(old));
        const appended = appendToTomlArray(before, where, wanted);
        const count = (tomlAt(readToml(appended), where) as unknown[]).length;
        expect(count).toBe((Array.isArray(old) ? old.length : 0) + 1);
        expect(commonEnds(before, appended).lost).toMatch(/^[\s]*$/);
        const replaced = replaceInTomlArray(appended, where, count - 1, 'replaced');
        const removed = removeFromTomlArray(replaced, where, count - 1);
        expect(tomlAt(readToml(removed), where)).toEqual(old ?? []);
      }),
    );
  });

  test('a removed key leaves every other line', () => {
    fc.assert(
      fc.property(document, path, (before, where) => {
        fc.pre(tomlAt(readToml(before), where) !== undefined);
        const after = removeTomlKey(before, where);
        expect(commonEnds(before, after).added).toBe('');
        expect(tomlAt(readToml(after), where)).toBeUndefined();
      }),
    );
  });
});

/** What of `before` was lost and what was added, between the longest common beginning and end. */
function commonEnds(before: string, after: string) {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end))
    end += 1;
  return { lost: before.slice(start, before.length - end), added: after.slice(start, after.length - end) };
}

function lineEndsOf(text: string): { crlf: boolean; lf: boolean } {
  return { crlf: text.includes('\r\n'), lf: /[^\r]\n/.test(text) };
}
