/** Texts that nobody means well with: reading them ends in a moment, with one short message. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lists, pyproject, reading } from './testing/folders.js';

describe('hostile texts end, and leave the package', () => {
  const NAMED = '[project]\nname = "a"\n';
  const cyclic = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`r${at}`, `-r r${at + 1}\n-r r${at + 1}\n-r r0\n`]),
  );
  const groups = Array.from(
    { length: 40 },
    (_, at) => `g${at} = [{ include-group = "g${at + 1}" }, { include-group = "g${at + 1}" }]`,
  );

  test('a requirement of 10 MB is one short message with its line', () => {
    const { problems } = pyproject(`${NAMED}dependencies = ["b${'>=1,'.repeat(2_500_000)}"]`);
    expect(problems.map(({ at }) => at.line)).toEqual([3]);
    expect(problems[0]?.message.length).toBeLessThan(400);
  });

  test('requirements files that include each other', () => {
    const { groups: read } = pyproject(NAMED, { 'requirements-dev.txt': '-r r0\n', ...cyclic, r40: 'b\n' });
    expect(lists(read)).toEqual({ dev: ['b'] });
  });

  test('groups that include each other many times over', () => {
    const { groups: read } = pyproject(`${NAMED}[dependency-groups]\n${groups.join('\n')}\ng40 = ["b"]`);
    expect(lists(read).g0).toEqual(['b']);
  });

  test('values of setup.cfg that refer to each other many times over', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const lines = letters.map((letter, at) => `${letter} = ${`%(${letters[at + 1] ?? 'name'})s`.repeat(2)}`);
    expect(reading({ 'setup.cfg': `[metadata]\nname = %(a)s\n${lines.join('\n')}` }).kind).toBe('broken');
  });

  test('a pattern that takes exponential time', () => {
    const text = `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n${NAMED}dynamic = ["version"]\n[tool.hatch.version]\npath = "v"\npattern = "(?P<version>(a|a)+)$"`;
    expect(pyproject(text, { v: `${'a'.repeat(40)}b` }).version.kind).toBe('dynamic');
  });

  test('a template that never closes', () => {
    expect(reading({ 'pyproject.toml': '{{'.repeat(500_000) }).kind).toBe('broken');
  });
});

test('no text makes the reader throw', () => {
  const file = fc.constantFrom('pyproject.toml', 'setup.cfg', 'setup.py', 'VERSION');
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '[project]\n',
      '[tool.poetry]\n',
      '[metadata]\n',
      'name = "a"\n',
      'setup(name=',
      '(',
      ')',
      '"""',
      "f'{",
      '\n  ',
      'def f(',
      'for x in ',
      '[',
      '{',
      '% ',
      'open("VERSION").read()',
      'import setuptools\nsetuptools.setup(',
    ),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.dictionary(file, text), (files) => {
      expect(['package', 'not-a-package', 'broken']).toContain(reading({ ...files }).kind);
    }),
    { numRuns: 500 },
  );
}, 60_000);
