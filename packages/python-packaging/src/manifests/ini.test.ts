import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ini, InvalidIni, iniValue, readIni } from './ini.js';

const REFERENCE = `
import configparser, json, sys
results = []
for text in json.load(sys.stdin):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    try:
        parser.read_string(text)
        results.append({s: dict(parser._sections[s]) for s in parser.sections()})
    except configparser.Error:
        results.append(None)
json.dump(results, sys.stdout)
`;

const line = fc.oneof(
  fc.constantFrom('[one]', '[two]  ', ' [one]', '', '   ', '# comment', '  ; comment', '[one] # c'),
  fc
    .tuple(
      fc.constantFrom('', '  ', '    ', '\t'),
      fc.constantFrom('a', 'b', 'B', 'key two'),
      fc.constantFrom(' = ', ':', '='),
      fc.constantFrom('', 'x', 'x # y', 'a = b', '[c]'),
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom('  ', '    ', '\t'), fc.constantFrom('more', '# note', 'c[d]; e'))
    .map((parts) => parts.join('')),
);
const document = fc.array(line, { maxLength: 12 }).map((lines) => `[first]\n${lines.join('\n')}`);

test('files are read as configparser reads them, or refused as it refuses them', () => {
  const samples = fc.sample(document, { numRuns: 400, seed: 7 });
  const expected = askPython(REFERENCE, samples);
  expect(samples.map(asObject)).toEqual(expected);
});

test('CRLF and a byte order mark make no difference', () => {
  expect(asObject('\uFEFF[a]\r\nb = c\r\n  d\r\n')).toEqual({ a: { b: 'c\nd' } });
});

test('references to other keys are resolved as they are asked for', () => {
  const ini = readIni(
    '[DEFAULT]\nbase = x\n[one]\nall = %(base)s, %(own)s, 100%%\nown = y\nbad = %(none)s\nself = %(self)s\n',
  );
  expect(iniValue(ini, 'one', 'all')?.text).toBe('x, y, 100%');
  expect(() => iniValue(ini, 'one', 'bad')).toThrow(InvalidIni);
  expect(() => iniValue(ini, 'one', 'self')).toThrow(/^line 7: /);
});

test('what a reference brings in stands on the line of the reference', () => {
  const ini = readIni('[s]\na =\n    one\n    two\nb =\n    three\n    %(a)s\n    four\n');
  expect(iniValue(ini, 's', 'b')).toEqual({
    text: '\nthree\n\none\ntwo\nfour',
    line: 5,
    lines: [5, 6, 7, 7, 7, 8],
  });
});

function asObject(text: string): unknown {
  let ini: Ini;
  try {
    ini = readIni(text);
  } catch (error) {
    if (error instanceof InvalidIni) return null;
    throw error;
  }
  return Object.fromEntries(
    [...ini].map(([section, keys]) => [
      section,
      Object.fromEntries([...keys].map(([key, { text: value }]) => [key, value])),
    ]),
  );
}

/**
 * Runs a program with JSON on its standard input.
 * @returns the JSON it prints
 */
function askPython(program: string, input: unknown): unknown {
  const { status, stdout, stderr } = spawnSync(interpreter(), ['-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The one of the repository's tools. */
function interpreter(): string {
  const inVenv = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, '.tools', 'venv', ...inVenv);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) throw new Error('no .tools/venv: run node scripts/tools.mjs');
  }
}
