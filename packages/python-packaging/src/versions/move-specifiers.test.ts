/** Specifiers that follow a new version in their own style. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moveSpecifiers } from './move-specifiers.js';
import { contains, formatSpecifierSet, parseSpecifierSet } from './specifiers.js';
import { parseVersion, type Version } from './version.js';

function moved(specifiers: string, version: string): string | undefined {
  const set = moveSpecifiers(parseSpecifierSet(specifiers), parseVersion(version) as Version);
  return set && formatSpecifierSet(set);
}

describe('moving specifiers to a version', () => {
  test.each([
    ['==1.0.0', '1.1.0', '==1.1.0'],
    ['===1.0.0', '1.1.0rc0', '===1.1.0rc0'],
    ['==1.0.*', '1.1.2', '==1.1.*'],
    ['==1.*', '2.0.0rc1', '==2.*'],
    ['~=1.0', '2.1.3', '~=2.1'],
    ['~=1.0.0', '1.1.2', '~=1.1.2'],
    ['~=1.0', '2.0.0rc1', '~=2.0.0rc1'],
    ['>=1.0', '1.4.2', '>=1.4.2'],
    ['>=1.0,<2', '1.4.2', '>=1.4.2,<2'],
    ['>=1.0,<2', '2.0.0', '>=2.0.0,<3'],
    ['<2.0,>=1.0', '2.3.1', '<3.0,>=2.3.1'],
    ['>=1.0,<1.1', '1.4.2', '>=1.4.2,<1.5'],
    ['>=0.3.1,<0.4', '1.0.0', '>=1.0.0,<1.1'],
    ['>=1.0,<2.dev0', '2.0.0', '>=2.0.0,<3.dev0'],
    ['>=1.0,!=1.3', '1.4.0', '>=1.4.0,!=1.3'],
    ['!=1.3', '1.4.0', '!=1.3'],
  ])('%s, %s: %s', (specifiers, version, expected) => {
    expect(moved(specifiers, version)).toBe(expected);
  });

  test.each([
    ['<2', '2.0.0'],
    ['>=1.0,<=1.5', '2.0.0'],
    ['>=1.0,<3', '3.0.0'],
    ['!=2.0.0', '2.0.0'],
    ['==1.0,==1.0.*,!=2.0', '2.0'],
  ])('%s has no place for %s', (specifiers, version) => {
    expect(moved(specifiers, version)).toBeUndefined();
  });

  test('an equality or a lower bound moves to every version, with its operator', () => {
    const written = fc.tuple(fc.nat(9), fc.nat(9)).map(([major, minor]) => `${major}.${minor}`);
    const version = fc
      .tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.constantFrom('', 'rc1', '.dev2', '.post1'))
      .map(([major, minor, patch, suffix]) => `${major}.${minor}.${patch}${suffix}`);
    fc.assert(
      fc.property(fc.constantFrom('==', '===', '~=', '>='), written, version, (operator, from, to) => {
        const result = moved(operator + from, to) ?? '';
        expect(result.startsWith(operator)).toBe(true);
        expect(contains(parseSpecifierSet(result), to)).toBe(true);
      }),
    );
  });
});
