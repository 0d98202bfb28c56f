/** The imports of Python files: agreement with CPython's parser, and what the parser does not take. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askPython, interpreters } from '../../testing/reference.js';
import type { Import } from './import.js';
import { absoluteName, writtenName } from './import.js';
import { scanImports } from './scan.js';
import { importsByPython, moduleFolders, pythonFiles } from './testing/reference.js';

const newestInterpreter = interpreters().at(-1);
const scan = (text: string) => scanImports(Buffer.from(text));
/** In an order that does not depend on how a tree is walked. */
const inOrder = (imports: readonly Import[]) =>
  imports
    .map((each) => JSON.stringify([each.line, each.level, each.module, each.name ?? null, each.time, each.form]))
    .sort();
const show = (imports: readonly Import[]) =>
  imports.map(({ line, level, module, name, time, form }) => {
    const what = name === undefined ? `${'.'.repeat(level)}${module}` : `${'.'.repeat(level)}${module}:${name}`;
    return `${line} ${what} ${time}${form === 'statement' ? '' : ` ${form}`}`;
  });

describe('agrees with ast', () => {
  test.each(interpreters())(
    'on the standard library and the installed packages of %s',
    (interpreter) => {
      const files = [...new Set(moduleFolders(interpreter).flatMap(pythonFiles))];
      const references = importsByPython(files, interpreter);
      const differences = files.flatMap((file, index) => {
        const reference = references[index];
        if (reference === undefined) return [];
        const [ours, theirs] = [inOrder(scanImports(readFileSync(file))), inOrder(reference)];
        return ours.join() === theirs.join() ? [] : [{ file, ours, theirs }];
      });
      expect(references.filter((each) => each !== undefined).length).toBeGreaterThan(1000);
      expect(differences).toEqual([]);
    },
    600_000,
  );
});

/** Each is read by the newest interpreter too. */
const SNIPPETS: readonly (readonly [string, string])[] = [
  ['from x import (a, # one\n  b as c,\n  d,\n)\n', 'brackets, comments and a last comma'],
  ['import a . b as c , \\\n d\n', 'continued lines'],
  ['import a; from b import c; x = 1; import d\n', 'semicolons'],
  ['if x: import a\nelse: from b import c\n', 'one-line blocks'],
  ['x = \'import a\'; y = """\nimport b\n"""\n# import c\nimport d\n', 'strings and comments'],
  ["x = f'{y!r:>{width}}'; import a\n", 'nested format specifications'],
  ["x = f'{{import a}} {z[\"k\"]}' rf'\\{z}'; import b\n", 'doubled braces and raw strings'],
  ["x = f'''{\n__import__('a')\n}'''; import b\n", 'calls in fields'],
  ["x = '\\N{LEFT CURLY BRACKET}' f'\\N{BULLET}{y}'; import a\n", 'names of characters'],
  ['def f():\n\timport a\n\tif TYPE_CHECKING:\n\t\timport b\nimport c\n', 'tabs'],
  ['try:\n  import a\nexcept (KeyError, ImportError):\n  import b\nelse:\n  import c\n', 'a handler for imports'],
  ['try:\n  import a\nexcept KeyError:\n  import b\nexcept ImportError:\n  import c\n', 'the second handler'],
  ['with contextlib.suppress(ImportError):\n  import a\n', 'suppress'],
  ['@decorated(__import__("a"))\nasync def f(x=1):\n  async with y: import b\n', 'decorators and async'],
  ['if typing.TYPE_CHECKING and x:\n  import a\nelse:\n  import b\n', 'the other branch'],
  ['match = 1\nmatch(match)\ntype = case = _ = 2\nimport a\n', 'soft keywords as names'],
  ['match x:\n  case [1]: import a\n  case _:\n    from b import c\n', 'match'],
  ['def f():\n  yield from a\n  raise b from c\n', 'other meanings of from'],
  ['from . import a\nfrom .. import b\nfrom ...c.d import *\nfrom.e import f\n', 'relative imports'],
  ['from a import*\nimport \uFB01le\n', 'names that Python normalises'],
  ['# -*- coding: latin-1 -*-\nimport a\n', 'an encoding'],
  ['\uFEFFimport a\n', 'a byte order mark'],
  ['\fimport a\r\nif x:\r  import b\n', 'form feeds and other line ends'],
  ['importlib.import_module("a.b")\nimport_module(\n  # why\n  ".c", package=p)\n__import__(name)\n', 'calls'],
];

test.each(SNIPPETS)('%j: %s', (text) => {
  const folder = mkdtempSync(join(tmpdir(), 'python-packaging-imports-'));
  try {
    writeFileSync(join(folder, 'x.py'), text);
    const [reference] = importsByPython([join(folder, 'x.py')], newestInterpreter);
    expect(reference).toBeDefined();
    expect(inOrder(scan(text))).toEqual(inOrder(reference ?? []));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('beyond ast', () => {
  test('PEP 701: strings in the fields of strings of the same quotes', () => {
    expect(show(scan("x = f'{f'{f'{y}'}' + 'import z'}'\nimport a\n"))).toEqual(['2 a module']);
    expect(show(scan("x = f'{\n  y # it's\n}'\nimport a\n"))).toEqual(['4 a module']);
    expect(show(scan("x = t'{y}' rt'{y}'; import a\n"))).toEqual(['1 a module']);
  });

  test('PEP 810: lazy imports', () => {
    expect(show(scan('lazy import a\nlazy from b import c\nlazy = 1\nimport d\n'))).toEqual([
      '1 a module lazy',
      '2 b:c module lazy',
      '4 d module',
    ]);
  });

  test('PEP 758: handlers without brackets', () => {
    const text = 'try:\n  import a\nexcept KeyError, ImportError:\n  pass\n';
    expect(show(scan(text))).toEqual(['2 a optional']);
  });

  test.each([
    ['shift_jis', Buffer.from([0x23, 0x20, 0x95, 0x5c, 0x0a]), 'a character whose second byte is a backslash'],
    ['no-such-encoding', Buffer.from([0x23, 0xff, 0x0a]), 'an encoding that nobody knows'],
  ])('%s, with %j: %s', (encoding, line) => {
    const text = Buffer.concat([Buffer.from(`# coding: ${encoding}\n`), line, Buffer.from('import a\n')]);
    expect(show(scanImports(text))).toEqual(['3 a module']);
  });

  test('a bracket or a quote that is left open hides no later import', () => {
    expect(show(scan('f(\nimport a\nfrom b import c\n'))).toEqual(['2 a module', '3 b:c module']);
    expect(show(scan('x = "\ny = f\'{z\nimport a\n'))).toEqual(['3 a module']);
    expect(show(scan('print "a"\nexec "import b"\nimport c\n'))).toEqual(['3 c module']);
  });
});

describe('takes any text', () => {
  const words = ['import', 'from', 'lazy', 'as', 'a', 'if TYPE_CHECKING', 'try', 'except', 'def f()', 'async ', 'é'];
  const calls = ['import_module("a")', '__import__(', 'with suppress('];
  const signs = [...'.,*()[]{}:;= \t\n\r\f\\#\0\u2028\uD800', '\\\n', '\\N{'];
  const quotes = ['"', "'", '"""', "'''", 'f"', "f'", 'rf"""', "b'"];
  const soup = fc
    .array(fc.constantFrom(...words, ...calls, ...signs, ...quotes), { maxLength: 60 })
    .map((each) => each.join(''));

  test('and names only what is in it', () => {
    fc.assert(
      fc.property(soup, (text) => {
        for (const { module, line, level } of scan(text)) {
          expect(module).not.toMatch(/[ \t\r\n\f]/);
          expect(line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length);
          expect(level).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 50_000 },
    );
  });

  test('and no call for what is no name', () => {
    expect(scan('__import__("a b")\nimport_module("if TYPE_CHECKING", x)\n')).toEqual([]);
  });

  test('and any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void scanImports(bytes)),
      { numRuns: 20_000 },
    );
  });

  test('and reads an import behind whatever ends with its line', () => {
    const complete = ['x = (1)\n', "s = f'{a:{b}}'\n", 'def f():\n  pass\n', '# "\n', "'''\nimport b\n'''\n"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...complete)), (before) => {
        expect(scan(`${before.join('')}import found\n`).map(({ module }) => module)).toEqual(['found']);
      }),
    );
  });

  /** Repeated to 4 MB: what would take more than some passes over the text does not end within the test's time. */
  test.each([
    ...['import a;', 'from ', 'from a ', 'from a.', 'from\\\n', 'from\n', 'import a,', 'from a import (b,', 'lazy '],
    ...['import_module(', 'import_module("', '__import__ ', '"', "'''\\", '\\', 'f"{', "f'{x:{", 'f"\\N{', 'f"""{'],
    ...[
      '(',
      ')',
      '{',
      'except;',
      'except ',
      'except\n',
      'with suppress(',
      'with suppress(\n',
      'if a.',
      'if TYPE_CHECKING:',
    ],
    ...['try:\n', 'def f():', 'def f():\n ', 'if x:', 'async ', ' ', '\n', '\t\n', '#', '\0', 'é'],
  ])(
    'and takes time in proportion to its length: %j',
    (piece) => {
      const text = piece.repeat(Math.ceil(4_000_000 / piece.length));
      expect(scanImports(Buffer.from(text)).length).toBeLessThanOrEqual(text.length);
    },
    30_000,
  );

  test('and any depth', () => {
    const levels = 200_000;
    expect(show(scan(`${"f'{".repeat(levels)}${"}'".repeat(levels)}\nimport a\n`))).toEqual(['2 a module']);
    const blocks = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}if TYPE_CHECKING:\n`).join('');
    expect(show(scan(`${blocks}${' '.repeat(1000)}import a\n`))).toEqual(['1001 a type-checking']);
  });
});

test.each([
  ['import a.b', 'a.b'],
  ['from a import b', 'a.b'],
  ['from a import *', 'a'],
  ['from . import b', '.b'],
  ['from ..a import b', '..a.b'],
])('%s asks for %s', (statement, expected) => {
  expect(scan(statement).map(writtenName)).toEqual([expected]);
});

test('relative names lead where importlib says', () => {
  const cases = ['a', '.a', '..a.b', '...a', '.', '..'].flatMap((name) =>
    ['', 'x', 'x.y', 'x.y.z'].map((from) => [name, from]),
  );
  const source = `
import importlib.util
def answer(case):
    try:
        return importlib.util.resolve_name(case[0], case[1] or None).strip(".")
    except ImportError:
        return None`;
  const expected = askPython<readonly string[], string | null>(source, cases);
  expect(cases.map(([name = '', from = '']) => absoluteName(name, from) ?? null)).toEqual(expected);
});
