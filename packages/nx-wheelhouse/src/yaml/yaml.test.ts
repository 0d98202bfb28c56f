/** Edits of YAML documents: the value is set, everything else stays. */
import * as fc from 'fast-check';
import { dump, load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { setYaml, setYamlItem, type YamlValue } from './edit.js';
import { InvalidYaml } from './tree.js';

const RECIPE = `# head
package:
  name: alpha   # the name
  version: "1.0"

build: {number: 0, noarch: python}
requirements:
  run:
    - python >=3.8  # lowest
    # a group
    - 'requests'
about:
  description: |
    one
    two
  license:
# tail
`;

/** The lines that an edit takes out and puts in. */
function difference(before: string, after: string) {
  const [old, now] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  return { removed: old.filter((line) => !now.includes(line)), added: now.filter((line) => !old.includes(line)) };
}

describe('setting a value', () => {
  test.each<[string, string[], YamlValue, string[], string[]]>([
    ['replaces a scalar in its place', ['package', 'version'], '1.1', ['  version: "1.0"'], ["  version: '1.1'"]],
    ['keeps a comment', ['package', 'name'], 'beta', ['  name: alpha   # the name'], ['  name: beta   # the name']],
    [
      'in brackets',
      ['build', 'number'],
      3,
      ['build: {number: 0, noarch: python}'],
      ['build: {number: 3, noarch: python}'],
    ],
    [
      'adds to brackets',
      ['build', 'script'],
      'x',
      ['build: {number: 0, noarch: python}'],
      ['build: {number: 0, noarch: python, script: x}'],
    ],
    ['fills an empty one', ['about', 'license'], 'MIT', ['  license:'], ['  license: MIT']],
    ['adds a key', ['package', 'more'], 'x: y', [], ["  more: 'x: y'"]],
    [
      'adds a list and what it lies in',
      ['source', 'path'],
      ['a', 'b'],
      [],
      ['source:', '  path:', '    - a', '    - b'],
    ],
    ['replaces a block', ['about', 'description'], 'three\nfour\n', ['    one', '    two'], ['    three', '    four']],
  ])('%s', (_, path, value, removed, added) => {
    for (const text of [RECIPE, RECIPE.replaceAll('\n', '\r\n')]) {
      const after = setYaml(text, path, value);
      expect(difference(text, after)).toEqual({ removed, added });
      expect(after.includes('\r\n')).toBe(text.includes('\r\n'));
    }
  });

  test('starts a document', () => {
    expect(setYaml('# only a comment\n', ['a', 'b'], 'c')).toBe('# only a comment\na:\n  b: c\n');
  });

  test('refuses what is no YAML, with the line', () => {
    expect(() => setYaml('a: [\n', ['a'], 'b')).toThrow(InvalidYaml);
  });

  test('gives what was asked for, whatever the document', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'yes', '1.0', 'x: y', '# no', '', ' sp', "it's", '[', 'two\nlines\n');
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const value: fc.Arbitrary<YamlValue> = fc.letrec<{ value: YamlValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        word,
        fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3 }),
      ),
    })).value;
    const document = fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 });
    const isSettable = (node: unknown, path: readonly string[]): boolean =>
      path.length === 0 ||
      (typeof node === 'object' &&
        node !== null &&
        !Array.isArray(node) &&
        (!(path[0]! in node) || isSettable(node[path[0] as never], path.slice(1))));
    fc.assert(
      fc.property(
        document,
        fc.array(key, { minLength: 1, maxLength: 3 }),
        value,
        fc.boolean(),
        (start, path, wanted, flow) => {
          fc.pre(isSettable(start, path));
          const text = dump(start, { flowLevel: flow ? 1 : -1 });
          fc.pre(JSON.stringify(load(text)) === JSON.stringify(start));
          // A block has no place in brackets: such an edit is refused and never done by halves.
          let after: string;
          try {
            after = setYaml(text, path, wanted);
          } catch (error) {
            if (error instanceof InvalidYaml && flow) return;
            throw error;
          }
          const expected = structuredClone(start) as Record<string, unknown>;
          let inner: Record<string, unknown> = expected;
          for (const step of path.slice(0, -1)) {
            inner[step] ??= {};
            inner = inner[step] as Record<string, unknown>;
          }
          inner[path.at(-1)!] = wanted;
          expect(load(after)).toEqual(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('setting an item', () => {
  test('replaces one, with its comment kept', () => {
    expect(difference(RECIPE, setYamlItem(RECIPE, ['requirements', 'run'], 0, 'python >=3.9,<4'))).toEqual({
      removed: ['    - python >=3.8  # lowest'],
      added: ['    - "python >=3.9,<4"  # lowest'],
    });
  });

  test('appends one', () => {
    const after = setYamlItem(RECIPE, ['requirements', 'run'], 2, 'click <9a0,>=8');
    expect(difference(RECIPE, after)).toEqual({ removed: [], added: ['    - click <9a0,>=8'] });
  });

  test('appends to brackets', () => {
    expect(setYamlItem('a: [b]  # c\n', ['a'], 1, 'x,y')).toBe('a: [b, "x,y"]  # c\n');
    expect(setYamlItem('a: []\n', ['a'], 0, 'x')).toBe('a: [x]\n');
  });
});
