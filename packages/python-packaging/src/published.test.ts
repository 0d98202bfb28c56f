/** Every question that the tests of PyPA `packaging` ask it, asked here: the answers are the same, but for those listed with their reason. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Question, questionsOfPackaging } from '../testing/published.js';
import { InvalidDistFilename, parseSdistFilename, parseWheelFilename } from './dists/filenames.js';
import { normalizeName } from './names/name.js';
import { evaluateMarker, formatMarker, type MarkerEnvironment, parseMarker } from './requirements/markers.js';
import { InvalidRequirement, parseRequirement } from './requirements/requirement.js';
import { contains, InvalidSpecifier, parseSpecifierSet, type SpecifierSet } from './versions/specifiers.js';
import { compareVersions, formatPublicVersion, formatVersion, isPrerelease, parseVersion } from './versions/version.js';

/** How each kind of question is answered here, in the form in which record_questions.py writes answers down. */
const ANSWERS: Readonly<Record<string, (question: never) => unknown>> = {
  version: (text: string) => {
    const version = parseVersion(text);
    return version === undefined ? null : [formatVersion(version), formatPublicVersion(version), isPrerelease(version)];
  },
  order: ([a, b]: [string, string]) => Math.sign(compareVersions(parseVersion(a)!, parseVersion(b)!)),
  specifiers: (text: string) => clausesOf(parseSpecifierSet(text)),
  contains: ([specifiers, version, prereleases]: [string, string, boolean]) =>
    contains(parseSpecifierSet(specifiers), version, { prereleases }),
  requirement: (text: string) => {
    const { writtenName, extras, source, marker } = parseRequirement(text);
    const clauses = source.kind === 'index' ? clausesOf(source.specifiers) : null;
    const url = source.kind === 'url' ? source.url : null;
    return [writtenName, [...new Set(extras)].sort(), url, clauses, marker ? formatMarker(marker) : null];
  },
  marker: (text: string) => formatMarker(parseMarker(text)),
  evaluate: ([text, environment]: [string, Record<string, string | string[]>]) =>
    evaluateMarker(parseMarker(text), environmentOf(environment)),
  name: (text: string) => normalizeName(text),
  wheel: (text: string) => {
    const { name, version, build, pythonTags, abiTags, platformTags } = parseWheelFilename(text);
    const tags = pythonTags.flatMap((python) =>
      abiTags.flatMap((abi) => platformTags.map((platform) => `${python}-${abi}-${platform}`.toLowerCase())),
    );
    return [name, version, build ?? '', [...new Set(tags)].sort()];
  },
  sdist: (text: string) => {
    const { name, version } = parseSdistFilename(text);
    return [name, version];
  },
};

/** Where the answer here is another one on purpose. */
const DIFFERENCES: Readonly<
  Record<string, { reason: string; isMeant: (question: never, mine: unknown, theirs: unknown) => boolean }>
> = {
  version: {
    reason: 'CPython refuses to read integers of more than 4,300 digits; here they are numbers like others',
    isMeant: (text: string, _, theirs) => theirs === null && /\d{4301}/.test(text),
  },
  contains: {
    reason: 'the same',
    isMeant: (question: readonly string[]) => question.some((text) => /\d{4301}/.test(text)),
  },
  marker: {
    reason: 'parentheses that change nothing are not written out again',
    isMeant: (_, mine, theirs) => withoutParentheses(mine) === withoutParentheses(theirs),
  },
  requirement: {
    reason: 'the same',
    isMeant: (_, mine, theirs) => withoutParentheses(mine) === withoutParentheses(theirs),
  },
  evaluate: {
    reason:
      'a comparison that means nothing is an error there and false here (`===` compares texts): a graph must go on',
    isMeant: (_, __, theirs) => theirs === null,
  },
};

describe('what the tests of `packaging` ask', () => {
  let questions: readonly Question[];
  beforeAll(() => {
    questions = questionsOfPackaging();
  });

  test.each([
    ['version', 1_000],
    ['order', 10_000],
    ['specifiers', 200],
    ['contains', 10_000],
    ['requirement', 4_000],
    ['marker', 2_000],
    ['evaluate', 50],
    ['name', 30],
    ['wheel', 20],
    ['sdist', 5],
  ])('%s: at least %i questions, answered as there', (kind, least) => {
    const asked = questions.filter((each) => each.kind === kind);
    expect(asked.length).toBeGreaterThan(least);
    const different = asked.flatMap(({ question, answer }) => {
      const mine = answerTo(kind, question);
      if (JSON.stringify(mine) === JSON.stringify(answer)) return [];
      return DIFFERENCES[kind]?.isMeant(question as never, mine, answer) ? [] : [{ question, mine, theirs: answer }];
    });
    expect(different).toEqual([]);
  });
});

function answerTo(kind: string, question: unknown): unknown {
  try {
    return ANSWERS[kind]?.(question as never);
  } catch (error) {
    const isRefusal = [InvalidSpecifier, InvalidRequirement, InvalidDistFilename].some((each) => error instanceof each);
    if (isRefusal) return null;
    throw error;
  }
}

function withoutParentheses(answer: unknown): string {
  return JSON.stringify(answer).replace(/[()]/g, '');
}

function clausesOf({ clauses }: SpecifierSet): string[][] {
  const unique = new Map(clauses.map(({ operator, version }) => [`${operator} ${version}`, [operator, version]]));
  return [...unique.values()].sort(([a = '', b = ''], [c = '', d = '']) => (a < c || (a === c && b < d) ? -1 : 1));
}

function environmentOf(values: Readonly<Record<string, string | string[]>>): MarkerEnvironment {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : new Set(value)]),
  );
}
