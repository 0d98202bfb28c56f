/** Versions in SemVer and back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSemver, toSemver } from './semver.js';
import { formatVersion, parseVersion, type Version } from './version.js';

const semver = (text: string) => toSemver(parseVersion(text) as Version);
const python = (text: string) => {
  const version = fromSemver(text);
  return version && formatVersion(version);
};

describe('PEP 440 to SemVer', () => {
  test.each([
    ['1', '1.0.0'],
    ['1.2', '1.2.0'],
    ['1.2.3', '1.2.3'],
    ['1.2.3.0', '1.2.3'],
    ['2024.01.05', '2024.1.5'],
    ['1.1a0', '1.1.0-alpha.0'],
    ['1.1b2', '1.1.0-beta.2'],
    ['1.1.0rc1', '1.1.0-rc.1'],
    ['1.1.dev3', '1.1.0-dev.3'],
    ['1.1rc1.dev3', '1.1.0-rc.1.dev.3'],
    ['1.1.post2', '1.1.0+post.2'],
    ['1.1rc1.post2.dev3', '1.1.0-rc.1+post.2.dev.3'],
    ['1.2.3.4', undefined],
    ['1!1.2.3', undefined],
    ['1.2.3+ubuntu.1', undefined],
  ])('%s is %s', (text, expected) => {
    expect(semver(text)).toBe(expected);
  });
});

describe('SemVer to PEP 440', () => {
  test.each([
    ['1.2.3', '1.2.3'],
    ['v1.2.3', '1.2.3'],
    ['1.1.0-rc.0', '1.1.0rc0'],
    ['1.1.0-alpha.1', '1.1.0a1'],
    ['1.1.0-b.1', '1.1.0b1'],
    ['1.1.0-rc', '1.1.0rc0'],
    ['1.1.0-dev.4', '1.1.0.dev4'],
    ['1.1.0+post.1', '1.1.0.post1'],
    // PEP 440 would take this for a post-release.
    ['1.1.0-0', undefined],
    ['1.1.0-canary.1', undefined],
    ['1.1.0-rc.1.2', undefined],
    ['1.1.0+build.5', undefined],
    ['1.1', undefined],
  ])('%s is %s', (text, expected) => {
    expect(python(text)).toBe(expected);
  });
});

test('every version that SemVer can say comes back the same', () => {
  const number = fc.nat(3000);
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const versions: fc.Arbitrary<Version> = fc.record({
    epoch: fc.constant(0),
    release: fc.tuple(number, number, number),
    pre: optional(fc.record({ phase: fc.constantFrom('a' as const, 'b' as const, 'rc' as const), number })),
    post: optional(number),
    dev: optional(number),
    local: fc.constant(undefined),
  });
  fc.assert(
    fc.property(versions, (version) => {
      expect(python(toSemver(version) as string)).toBe(formatVersion(version));
    }),
  );
});
