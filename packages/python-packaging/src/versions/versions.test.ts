/** Versions and specifiers agree with PyPA `packaging`, on generated spellings. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { contains, InvalidSpecifier, parseSpecifierSet } from './specifiers.js';
import { compareVersions, formatVersion, isPrerelease, parseVersion } from './version.js';

const number = fc.oneof(fc.nat(12).map(String), fc.constantFrom('0', '00', '01', '2026', '99999999999999999999'));
const separator = fc.constantFrom('', '.', '-', '_');
const optional = <T>(part: fc.Arbitrary<T>) => fc.option(part, { nil: '' });
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));

const version = joined(
  fc.constantFrom('', '', '', 'v', ' '),
  optional(number.map((epoch) => `${epoch}!`)) as fc.Arbitrary<string>,
  fc.array(number, { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join('.')),
  optional(
    joined(
      separator,
      fc.constantFrom('a', 'alpha', 'b', 'beta', 'c', 'rc', 'pre', 'preview', 'RC'),
      separator,
      optional(number) as fc.Arbitrary<string>,
    ),
  ) as fc.Arbitrary<string>,
  optional(
    fc.oneof(
      number.map((post) => `-${post}`),
      joined(separator, fc.constantFrom('post', 'rev', 'r'), separator, number),
    ),
  ) as fc.Arbitrary<string>,
  optional(
    joined(separator, fc.constant('dev'), separator, optional(number) as fc.Arbitrary<string>),
  ) as fc.Arbitrary<string>,
  optional(
    fc
      .array(fc.oneof(number, fc.constantFrom('abc', 'Ubuntu', 'x1')), { minLength: 1, maxLength: 3 })
      .map((parts) => `+${parts.join('.')}`),
  ) as fc.Arbitrary<string>,
);
const nonsense = fc.constantFrom(
  '',
  'x',
  '1.',
  '1..2',
  '1.0-',
  '1+',
  '1.0.*',
  '!1',
  '1!',
  'french toast',
  '1.0+_x',
  '1 0',
);

const operator = fc.constantFrom('==', '!=', '<=', '>=', '<', '>', '~=', '===');
const clause = fc
  .tuple(operator, version, fc.constantFrom('', '', '', '.*'))
  .map(([comparison, text, suffix]) => comparison + text.trim() + suffix);

describe('versions', () => {
  test('are accepted, normalised and judged as `packaging` does it', () => {
    const texts = fc.sample(fc.oneof({ weight: 9, arbitrary: version }, { weight: 1, arbitrary: nonsense }), 30_000);
    const source = `
from packaging.version import InvalidVersion, Version
def answer(text):
    try:
        version = Version(text)
    except InvalidVersion:
        return None
    return [str(version), version.is_prerelease]`;
    const mine = texts.map((text) => {
      const parsed = parseVersion(text);
      return parsed === undefined ? null : [formatVersion(parsed), isPrerelease(parsed)];
    });
    const theirs = askPython(source, texts);
    for (const [index, text] of texts.entries()) expect([text, mine[index]]).toEqual([text, theirs[index]]);
  });

  test('are ordered as `packaging` orders them', () => {
    const pairs = fc.sample(fc.tuple(version, version), 30_000);
    const source = `
from packaging.version import Version
def answer(pair):
    a, b = map(Version, pair)
    return (a > b) - (a < b)`;
    const theirs = askPython(source, pairs);
    for (const [index, [a, b]] of pairs.entries()) {
      const order = Math.sign(compareVersions(parseVersion(a)!, parseVersion(b)!));
      expect([a, b, order]).toEqual([a, b, theirs[index]]);
    }
  });
});

describe('specifiers', () => {
  test('are accepted and contain what `packaging` says', () => {
    const cases = fc.sample(
      fc.tuple(
        fc.array(clause, { maxLength: 2 }).map((clauses) => clauses.join(',')),
        version,
      ),
      60_000,
    );
    const source = `
from packaging.specifiers import InvalidSpecifier, SpecifierSet
def answer(case):
    try:
        specifiers = SpecifierSet(case[0])
    except InvalidSpecifier:
        return None
    return [specifiers.contains(case[1]), specifiers.contains(case[1], prereleases=False)]`;
    const theirs = askPython(source, cases);
    for (const [index, [text, candidate]] of cases.entries()) {
      expect([text, candidate, verdicts(text, candidate)]).toEqual([text, candidate, theirs[index]]);
    }
  });
});

function verdicts(text: string, candidate: string): [boolean, boolean] | null {
  try {
    const specifiers = parseSpecifierSet(text);
    return [contains(specifiers, candidate), contains(specifiers, candidate, { prereleases: false })];
  } catch (error) {
    if (error instanceof InvalidSpecifier) return null;
    throw error;
  }
}
