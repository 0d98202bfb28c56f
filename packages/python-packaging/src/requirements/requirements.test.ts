/** Dependency specifiers and markers agree with PyPA `packaging`, on generated texts. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { evaluateMarker, parseMarker } from './markers.js';
import { formatRequirement, InvalidRequirement, parseRequirement } from './requirement.js';

const space = fc.constantFrom('', '', ' ', '  ', '\t');
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const maybe = (part: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), part);

const name = fc.constantFrom(
  'a',
  'A.B-c_d',
  'zope.interface',
  'x2',
  'requests',
  'foo--bar',
  '-bad',
  'bad-',
  'nämé',
  '',
);
const extras = fc
  .array(fc.constantFrom('dev', 'Test.All', 'a_b', '-x'), { maxLength: 3 })
  .map((names) => `[${names.join(' , ')}]`);
const clause = joined(
  fc.constantFrom('==', '>=', '<', '~=', '!=', '===', '=', '=>'),
  space,
  fc.constantFrom('1.0', '2', '1.*', '1.0.post1', '1!2.0+local', 'x', ''),
);
const clauses = fc.array(clause, { minLength: 1, maxLength: 3 }).map((list) => list.join(' ,'));
const specifiers = fc.oneof(
  clauses,
  clauses.map((text) => `(${text})`),
  clauses.map((text) => `${text},`),
);
const url = joined(
  fc.constant('@'),
  space,
  fc.constantFrom('https://index.example/a.whl', 'file:../a', 'git+https://index.example/a.git@main#egg=a', ''),
  fc.constantFrom('', ' '),
);

const variable = fc.constantFrom(
  'python_version',
  'python_full_version',
  'os_name',
  'sys_platform',
  'platform_machine',
  'extra',
  'os.name',
  'python_implementation',
  'implementation_version',
  'nonsense',
);
const literal = fc.constantFrom(
  '"3.9"',
  "'3.10'",
  '"linux"',
  '"cp"',
  "'Dev_Tools'",
  '"3.11.7"',
  '"3.*"',
  '""',
  '"posix"',
);
const operator = fc.constantFrom(' == ', '!=', '>=', ' < ', '~=', '===', ' in ', ' not in ', ' not  in ', '=>', ' is ');
const comparison = fc.oneof(
  joined(variable, operator, literal),
  joined(literal, operator, variable),
  joined(literal, operator, literal),
);
const marker: fc.Arbitrary<string> = fc.letrec<{ marker: string }>((tie) => ({
  marker: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc.tuple(tie('marker'), fc.constantFrom(' and ', ' or '), tie('marker')).map((parts) => parts.join('')),
    tie('marker').map((inner) => `(${inner})`),
  ),
})).marker;

const requirement = joined(
  space,
  name,
  space,
  maybe(extras),
  space,
  maybe(fc.oneof(specifiers, url)),
  space,
  maybe(marker.map((text) => `;${text}`)),
  space,
);

describe('requirements', () => {
  test('are accepted and taken apart as `packaging` does it', () => {
    const texts = fc.sample(requirement, 60_000);
    const source = `
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
def answer(text):
    try:
        r = Requirement(text)
    except InvalidRequirement:
        return None
    specifiers = None if r.url else sorted({(s.operator, s.version) for s in r.specifier})
    # Parentheses that change nothing are kept there and not here; what they mean is compared by evaluation below.
    marker = str(r.marker).replace('(', '').replace(')', '') if r.marker else None
    return [r.name, sorted({canonicalize_name(e) for e in r.extras}), r.url, specifiers, marker]`;
    const theirs = askPython<string, unknown>(source, texts);
    expect(theirs.filter((answer) => answer !== null).length).toBeGreaterThan(5_000);
    for (const [index, text] of texts.entries()) expect([text, takenApart(text)]).toEqual([text, theirs[index]]);
  });

  test('keep their meaning when they are written out and read again', () => {
    for (const text of fc.sample(requirement, 20_000)) {
      const parts = takenApart(text);
      if (parts !== null) expect(takenApart(formatRequirement(parseRequirement(text)))).toEqual(parts);
    }
  });

  test('are read by `packaging` as equal to the original when they are written out', () => {
    const pairs = fc.sample(requirement, 30_000).flatMap((text) => {
      const parts = takenApart(text);
      return parts === null ? [] : [[text, formatRequirement(parseRequirement(text))] as const];
    });
    expect(pairs.length).toBeGreaterThan(3_000);
    const source = `
from packaging.requirements import Requirement
def answer(pair):
    original, written = map(Requirement, pair)
    # Parentheses that change nothing are kept there and not here.
    markers = [str(each.marker).replace('(', '').replace(')', '') for each in (original, written)]
    original.marker = written.marker = None
    return original == written and markers[0] == markers[1]`;
    const verdicts = askPython<readonly [string, string], boolean>(source, pairs);
    expect(pairs.filter((_, index) => !verdicts[index])).toEqual([]);
  });

  test('say where they are wrong and what was expected', () => {
    expect(() => parseRequirement('requests[socks')).toThrow('a comma or a closing bracket at column 15');
    expect(() => parseRequirement('requests >=2 ; python')).toThrow('a marker variable at column 16');
  });
});

describe('markers', () => {
  test('hold where `packaging` says they hold, in each of several environments', () => {
    const linux = {
      python_version: '3.11',
      python_full_version: '3.11.7',
      os_name: 'posix',
      sys_platform: 'linux',
      platform_machine: 'x86_64',
      platform_python_implementation: 'CPython',
      implementation_version: '3.11.7',
      extra: 'dev-tools',
    };
    const windows = { ...linux, os_name: 'nt', sys_platform: 'win32', platform_machine: '', extra: '' };
    const development = { ...linux, python_version: '3.9', python_full_version: '3.9.0b2+', extra: 'Dev.Tools' };
    const environments = [linux, windows, development];
    const source = `
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
environments = ${JSON.stringify(environments)}
def verdict(marker, environment):
    try:
        return marker.evaluate(environment)
    except (UndefinedComparison, UndefinedEnvironmentName):
        return None
def answer(text):
    try:
        marker = Marker(text)
    except InvalidMarker:
        return [None] * len(environments)
    return [verdict(marker, each) for each in environments]`;
    const texts = fc.sample(marker, 40_000);
    const theirs = askPython<string, (boolean | null)[]>(source, texts);
    const different = texts.flatMap((text, index) =>
      environments.flatMap((environment, which) => {
        const answer = theirs[index]?.[which];
        // An order of texts that are no versions, or two literals, is an error there and false here: a graph must go on.
        if (answer === null) return [];
        const mine = evaluateMarker(parseMarker(text), environment);
        return mine === answer ? [] : [{ text, environment, mine, answer }];
      }),
    );
    expect(different).toEqual([]);
  });

  test('know sets of extras and dependency groups', () => {
    const cases = fc.sample(
      fc.tuple(
        fc.constantFrom('"Dev_Tools" in extras', '"x" not in extras', '"a" in dependency_groups or "b" in extras'),
        fc.array(fc.constantFrom('dev-tools', 'Dev.Tools', 'x', 'b')),
        fc.array(fc.constantFrom('a', 'b')),
      ),
      2_000,
    );
    const source = `
from packaging.markers import Marker
def answer(case):
    return Marker(case[0]).evaluate({"extras": set(case[1]), "dependency_groups": set(case[2])}, "lock_file")`;
    const mine = cases.map(([text, extras, groups]) =>
      evaluateMarker(parseMarker(text), { extras: new Set(extras), dependency_groups: new Set(groups) }),
    );
    expect(mine).toEqual(askPython(source, cases));
  });
});

function takenApart(text: string): unknown {
  try {
    const { writtenName, extras: names, source, marker: condition } = parseRequirement(text);
    const isIndex = source.kind === 'index';
    const list = isIndex
      ? source.specifiers.clauses.map(({ operator: comparison, version }) => [comparison, version])
      : null;
    const unique =
      list && [...new Set(list.map((entry) => JSON.stringify(entry)))].sort().map((entry) => JSON.parse(entry));
    return [
      writtenName,
      [...new Set(names)].sort(),
      isIndex ? null : source.url,
      unique,
      condition ? markerText(text) : null,
    ];
  } catch (error) {
    if (error instanceof InvalidRequirement) return null;
    throw error;
  }
}

function markerText(text: string): string {
  const formatted = formatRequirement(parseRequirement(text));
  return formatted.slice(formatted.indexOf('; ') + 2).replace(/[()]/g, '');
}
