/** Verdicts over all environments, against `packaging` in each of many environments. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { parseSpecifierSet } from '../versions/specifiers.js';
import { judgeMarker, type MarkerScope, type MarkerVerdict } from './judge-marker.js';
import { parseMarker } from './markers.js';

const VERSIONS = ['3.8.0', '3.9.0', '3.9.5', '3.10.1', '3.11.0', '3.12.0'];

/** Every interpreter that the versions below can tell apart, on systems that the names below can tell apart. */
const ENVIRONMENTS = [
  '2.7.18',
  '3.7.9',
  ...VERSIONS,
  '3.8.1',
  '3.9.1',
  '3.9.6',
  '3.10.0',
  '3.10.2',
  '3.11.1',
  '3.12.1',
  '3.13.0',
  '4.0.0',
  '3.9.0a1',
  '3.12.0rc1',
  '3.11.0b1',
  '3.8.0a1',
  '3.10.0a1',
  '3.9.5a1',
  '3.10.1a1',
].flatMap((python_full_version) =>
  ['posix', 'nt', 'java'].flatMap((os_name) =>
    ['linux', 'win32', 'aix'].map((sys_platform) => ({
      python_full_version,
      python_version: python_full_version.split('.').slice(0, 2).join('.'),
      os_name,
      sys_platform,
      extra: '',
    })),
  ),
);

const comparison = fc
  .oneof(
    fc.tuple(
      fc.constant('python_full_version'),
      fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
      fc.constantFrom(...VERSIONS),
    ),
    fc.tuple(
      fc.constant('python_version'),
      fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
      fc.constantFrom('3.8', '3.9', '3.10', '3.12'),
    ),
    fc.tuple(fc.constant('os_name'), fc.constantFrom('==', '!='), fc.constantFrom('posix', 'nt')),
    fc.tuple(fc.constant('sys_platform'), fc.constantFrom('==', '!='), fc.constantFrom('linux', 'win32')),
  )
  .map(([variable, operator, literal]) => `${variable} ${operator} "${literal}"`);
const marker = fc.letrec<{ marker: string }>((tie) => ({
  marker: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc.tuple(tie('marker'), fc.constantFrom('and', 'or'), tie('marker')).map(([a, word, b]) => `(${a} ${word} ${b})`),
  ),
})).marker;
const requiresPython = fc.constantFrom('', '>=3.9', '>=3.9,<3.12', '!=3.10.*', '~=3.9', '<3');

const judged = (text: string, scope?: MarkerScope) => judgeMarker(parseMarker(text), scope);

describe('a marker', () => {
  test('is judged as trying every environment judges it', () => {
    const cases = fc.sample(fc.tuple(marker, requiresPython), 1_000);
    const source = `
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
environments = ${JSON.stringify(ENVIRONMENTS)}
def answer(case):
    marker, python = Marker(case[0]), SpecifierSet(case[1])
    verdicts = {marker.evaluate(each) for each in environments if python.contains(each["python_full_version"], prereleases=True)}
    return "depends" if len(verdicts) == 2 else "always" if True in verdicts else "never"`;
    const theirs = askPython<unknown, MarkerVerdict>(source, cases);
    expect(new Set(theirs).size).toBe(3);
    const different = cases.flatMap(([text, python], index) => {
      const mine = judged(text, { requiresPython: parseSpecifierSet(python) });
      return mine === theirs[index] ? [] : [{ text, python, mine, theirs: theirs[index] }];
    });
    expect(different).toEqual([]);
  });

  test.each<[string, MarkerScope, MarkerVerdict]>([
    ['python_version < "3.8"', { requiresPython: parseSpecifierSet('>=3.9') }, 'never'],
    ['python_version >= "3.10"', { requiresPython: parseSpecifierSet('>=3.9') }, 'depends'],
    ['python_full_version < "3.9" or python_full_version >= "3.9"', {}, 'depends'],
    ['python_full_version < "3.9.dev0" or python_full_version >= "3.9.dev0"', {}, 'always'],
    ['python_version < "3"', { requiresPython: parseSpecifierSet('>=4,<3') }, 'never'],
    ['sys_platform == "win32"', { environment: { sys_platform: 'linux' } }, 'never'],
    ['sys_platform == "win32" or os_name == "nt"', { environment: { sys_platform: 'linux' } }, 'depends'],
    ['extra == "a" and extra == "b"', {}, 'depends'],
    ['extra == "a" or extra != "A"', {}, 'always'],
    ['"linux" in sys_platform and "linux" not in sys_platform', {}, 'never'],
    ['"a" in extras or "a" not in extras', {}, 'always'],
    ['platform_release >= "5" or platform_release < "5"', {}, 'depends'],
    ['"a" == "b"', {}, 'never'],
  ])('%s within %j: %s', (text, scope, verdict) => {
    expect(judged(text, scope)).toBe(verdict);
  });
});
