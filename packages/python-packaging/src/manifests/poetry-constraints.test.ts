import { expect, test } from 'vitest';
import { parsePoetryConstraint, toPythonMarker, toSpecifiers } from './poetry-constraints.js';

test.each([
  ['^1.2.3', '>=1.2.3,<2.0.0'],
  ['^1.2', '>=1.2,<2.0'],
  ['^1', '>=1,<2'],
  ['^0.3', '>=0.3,<0.4'],
  ['^0.3.1', '>=0.3.1,<0.4.0'],
  ['^0.0.3', '>=0.0.3,<0.0.4'],
  ['^0.0', '>=0.0,<0.1'],
  ['^0', '>=0,<1'],
  ['^1.0b1', '>=1.0b1,<2.0'],
  ['~1.2.3', '>=1.2.3,<1.3.0'],
  ['~1.2', '>=1.2,<1.3'],
  ['~1', '>=1,<2'],
  ['~=1.4', '~=1.4'],
  ['1.2.3', '==1.2.3'],
  ['=1.2', '==1.2'],
  ['1.*', '==1.*'],
  ['*', ''],
  ['>=1 <2', '>=1,<2'],
  ['>= 1, != 1.5', '>=1,!=1.5'],
  ['^1 || ^2', '>=1,<3'],
  ['^3.7 || ^3.9', '>=3.7,<4.0'],
  ['~2.7 || ^3.3', '>=2.7,!=3.0.*,!=3.1.*,!=3.2.*,<4.0'],
  ['>=1.0,<1.3 || >=1.5', '>=1.0,!=1.3.*,!=1.4.*'],
  ['>=3.9,<3.9.7 || >3.9.7,<3.14', '>=3.9,!=3.9.7,<3.14'],
  ['>1,<2 || >=1,<3', '>=1,<3'],
  ['>1 || >3', '>1'],
  ['<3.9.7 || >3.9.9', undefined],
  ['^1 || ^3', undefined],
])('%s is %s', (constraint, specifiers) => {
  const alternatives = parsePoetryConstraint(constraint);
  expect(alternatives && toSpecifiers(alternatives)).toBe(specifiers);
});

test.each(['', '^', 'latest', '>=1 and <2', '1 - 2'])('"%s" is no constraint', (text) => {
  expect(parsePoetryConstraint(text)).toBeUndefined();
});

test.each([
  ['^3.8', 'python_version >= "3.8" and python_version < "4.0"'],
  ['>=3.7.1,<4.0', 'python_full_version >= "3.7.1" and python_version < "4.0"'],
  ['3.9.*', 'python_version == "3.9"'],
  ['~2.7 || >=3.6', 'python_version >= "2.7" and python_version < "2.8" or python_version >= "3.6"'],
  ['*', ''],
])('python = "%s" is the marker %s', (constraint, marker) => {
  expect(toPythonMarker(parsePoetryConstraint(constraint) ?? [])).toBe(marker);
});
