/** What users may say to `nx release`, and what it comes to in SemVer and in PEP 440. */
import { formatVersion } from '@nx-wheelhouse/python-packaging';
import { describe, expect, test } from 'vitest';
import { canonicalPreid, pythonVersion, readSpecifier, versionForNx } from './nx-versions.js';

describe('the specifier of a release', () => {
  test.each([
    ['minor', { kind: 'step' }],
    ['prerelease', { kind: 'step' }],
    ['1.2.3', { kind: 'version', semver: '1.2.3' }],
    ['v1.2.3-rc.1', { kind: 'version', semver: '1.2.3-rc.1' }],
    ['1.2rc1', { kind: 'version', semver: '1.2.0-rc.1' }],
    ['1.2.3.post1', { kind: 'version', semver: '1.2.3+post.1' }],
  ])('%s', (input, expected) => {
    expect(readSpecifier(input, 'alpha')).toEqual(expected);
  });

  test.each([
    ['1!2.0', 'Nx counts in SemVer, which cannot say the version 1!2.0.'],
    ['1.2.3.4', 'Nx counts in SemVer, which cannot say the version 1.2.3.4.'],
    ['1.2.3-canary.1', '"1.2.3-canary.1" is no version that a Python package can have'],
    // PEP 440 alone would take it for the post-release 1.2.3.post0.
    ['1.2.3-0', '"1.2.3-0" is no version that a Python package can have'],
  ])('%s is refused, with the project', (input, title) => {
    expect(() => readSpecifier(input, 'alpha')).toThrow(title);
    expect(() => readSpecifier(input, 'alpha')).toThrow('project alpha');
  });
});

test('a version that SemVer cannot say is shown as it is', () => {
  expect(['1.0', '1!2.0', 'unknown'].map(versionForNx)).toEqual(['1.0.0', '1!2.0', 'unknown']);
});

test('a series of pre-releases goes on under either name of its phase', () => {
  expect(['b', 'beta', 'A', 'pre', 'dev'].map(canonicalPreid)).toEqual(['beta', 'beta', 'alpha', 'rc', 'dev']);
});

test("Nx's versions are written in PEP 440", () => {
  expect(formatVersion(pythonVersion('1.1.0-rc.0', 'alpha'))).toBe('1.1.0rc0');
});
