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
    // `packaging` takes `===` with nothing behind it, which no version can equal; here it is refused.
    const texts = fc.sample(requirement, 60_000).filter((text) => !/===\s*([,;)]|$)/.test(text));
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

  test('say where they are wrong and what was expected', () => {
    expect(() => parseRequirement('requests[socks')).toThrow('a comma or a closing bracket at column 15');
    expect(() => parseRequirement('requests >=2 ; python')).toThrow('a marker variable at column 16');
  });
});

describe('markers', () => {
  test('hold where `packaging` says they hold', () => {
    const environment = {
      python_version: '3.11',
      python_full_version: '3.11.7',
      os_name: 'posix',
      sys_platform: 'linux',
      platform_machine: 'x86_64',
      platform_python_implementation: 'CPython',
      implementation_version: '3.11.7',
      extra: 'dev-tools',
    };
    const source = `
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
environment = ${JSON.stringify(environment)}
def answer(text):
    try:
        return Marker(text).evaluate(environment)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return None`;
    const texts = fc.sample(marker, 40_000);
    const theirs = askPython<string, boolean | null>(source, texts);
    for (const [index, text] of texts.entries()) {
      // An order of texts that are no versions, or two literals, is an error there and false here: a graph must go on.
      if (theirs[index] === null) continue;
      expect([text, evaluateMarker(parseMarker(text), environment)]).toEqual([text, theirs[index]]);
    }
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
