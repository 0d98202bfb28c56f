/** Versions and specifiers agree with PyPA `packaging`, on generated spellings. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { contains, InvalidSpecifier, parseSpecifierSet } from './specifiers.js';
import { compareVersions, formatVersion, isPrerelease, parseVersion } from './version.js';

const number = fc.oneof(
  fc.nat(12).map(String),
  fc.constantFrom('0', '00', '01', '2026', '00000000000000000007', '99999999999999999999'),
);
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
const clauseOf = (text: fc.Arbitrary<string>) =>
  fc
    .tuple(operator, text, fc.constantFrom('', '', '', '.*'))
    .map(([comparison, wanted, suffix]) => comparison + wanted.trim() + suffix);

/** Versions of few releases, so that a specifier and a version often differ in a suffix only: there the rules are finest. */
const relative = joined(
  fc.constantFrom('1', '1.0', '1.0.0', '1.1', '0!1', '1!1', '00000000000000000001'),
  fc.constantFrom('', '', 'a1', 'a2', 'b1', 'rc1'),
  fc.constantFrom('', '', '.post0', '.post1', '-2'),
  fc.constantFrom('', '', '.dev0', '.dev1'),
  fc.constantFrom('', '', '', '+a', '+1'),
);

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

test('lists of versions are sorted as `packaging` sorts them', () => {
  const lists = fc.sample(fc.array(version, { maxLength: 20 }), 1_000);
  const source = `
from packaging.version import Version
def answer(texts):
    return [str(version) for version in sorted(map(Version, texts))]`;
  const mine = lists.map((texts) =>
    texts
      .map((text) => parseVersion(text)!)
      .sort(compareVersions)
      .map(formatVersion),
  );
  expect(mine).toEqual(askPython(source, lists));
});

describe('specifiers', () => {
  test('are accepted and contain what `packaging` says', () => {
    const clausesOf = (text: fc.Arbitrary<string>) =>
      fc.array(clauseOf(text), { maxLength: 2 }).map((clauses) => clauses.join(','));
    const cases = [
      ...fc.sample(fc.tuple(clausesOf(version), version), 40_000),
      ...fc.sample(fc.tuple(clausesOf(relative), relative), 40_000),
    ];
    const source = `
from packaging.specifiers import InvalidSpecifier, SpecifierSet
def answer(case):
    try:
        specifiers = SpecifierSet(case[0])
    except InvalidSpecifier:
        return None
    return [specifiers.contains(case[1]), specifiers.contains(case[1], prereleases=False)]`;
    const theirs = askPython(source, cases);
    const different = cases.filter(
      (each, index) => JSON.stringify(verdicts(...each)) !== JSON.stringify(theirs[index]),
    );
    expect(different).toEqual([]);
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
