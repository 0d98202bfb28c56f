/** What a marker says over all environments: that it holds in every one, in none, or that it depends. */
import { contains, parseSpecifierSet, type SpecifierSet } from '../versions/specifiers.js';
import { parseVersion } from '../versions/version.js';
import {
  evaluateMarker,
  formatMarker,
  holds,
  type Marker,
  type MarkerComparison,
  type MarkerEnvironment,
} from './markers.js';

export type MarkerVerdict = 'always' | 'never' | 'depends';

/** The environments that are looked at: all of them, unless something is said. */
export interface MarkerScope {
  /** only interpreters of these versions */
  readonly requiresPython?: SpecifierSet;
  /** only environments in which these variables have these values */
  readonly environment?: MarkerEnvironment;
}

/** One way in which the comparisons about one thing can turn out together, by their text. */
type Outcome = ReadonlyMap<string, boolean>;

/** More combinations than this are not tried: no marker that people write has as many. */
const MOST_COMBINATIONS = 100_000;

/**
 * Tells whether a marker can hold and whether it can fail. `always` and `never` are certain. `depends` may be said where a closer look
 * would find more: a text that contains another, the order of kernel releases, and two extras at once (which a lock file allows) are
 * taken as free to turn out either way.
 */
export function judgeMarker(marker: Marker, scope: MarkerScope = {}): MarkerVerdict {
  const questions = groupBySubject(comparisonsOf(marker), scope);
  const outcomes = [...questions].map(([subject, comparisons]) => outcomesOf(subject, comparisons, scope));
  const combinations = outcomes.reduce((product, each) => product * each.length, 1);
  if (combinations > MOST_COMBINATIONS) return 'depends';
  const seen = new Set<boolean>();
  for (const combination of product(outcomes)) {
    seen.add(holds(marker, (comparison) => combination.get(formatMarker(comparison)) === true));
    if (seen.size === 2) return 'depends';
  }
  // Where no interpreter is left at all, nothing can hold.
  return seen.has(true) ? 'always' : 'never';
}

function comparisonsOf(marker: Marker): readonly MarkerComparison[] {
  return marker.kind === 'comparison' ? [marker] : marker.operands.flatMap(comparisonsOf);
}

/** What comparisons are about: those about one subject cannot turn out independently, those about several can. */
type Subject =
  | { readonly kind: 'known' }
  | { readonly kind: 'python' }
  | { readonly kind: 'text'; readonly variable: string }
  | { readonly kind: 'free' };

function groupBySubject(
  comparisons: readonly MarkerComparison[],
  { requiresPython, environment = {} }: MarkerScope,
): ReadonlyMap<Subject, readonly MarkerComparison[]> {
  const groups = new Map<string, { subject: Subject; comparisons: MarkerComparison[] }>();
  const add = (key: string, subject: Subject, ...members: MarkerComparison[]) => {
    const group = groups.get(key) ?? { subject, comparisons: [] };
    group.comparisons.push(...members);
    groups.set(key, group);
  };
  if (requiresPython !== undefined) add('python', { kind: 'python' });
  for (const comparison of comparisons) {
    const subject = subjectOf(comparison, environment);
    const key = subject.kind === 'text' ? `text ${subject.variable}` : subject.kind;
    add(subject.kind === 'free' ? `free ${positiveText(comparison)}` : key, subject, comparison);
  }
  return new Map([...groups.values()].map((group) => [group.subject, group.comparisons]));
}

function subjectOf({ left, operator, right }: MarkerComparison, environment: MarkerEnvironment): Subject {
  const variables = [left, right].flatMap((operand) => ('variable' in operand ? [operand.variable] : []));
  if (variables.every((variable) => Object.hasOwn(environment, variable))) return { kind: 'known' };
  const [variable = '', ...others] = variables;
  if (others.length > 0 || operator === 'in' || operator === 'not in') return { kind: 'free' };
  switch (variable) {
    case 'python_version':
    case 'python_full_version':
      return { kind: 'python' };
    case 'extra':
    case 'extras':
    case 'dependency_groups':
    case 'implementation_version':
    case 'platform_release':
      return { kind: 'free' };
    default:
      return { kind: 'text', variable };
  }
}

/** The text of what a comparison says or denies: `not in` denies `in`. An extra is there or not, so `!=` denies `==`. */
function positiveText(comparison: MarkerComparison): string {
  return formatMarker({ ...comparison, operator: deniedBy(comparison) ?? comparison.operator });
}

function deniedBy({ left, operator, right }: MarkerComparison): 'in' | '==' | undefined {
  if (operator === 'not in') return 'in';
  const isExtra = [left, right].some((operand) => 'variable' in operand && operand.variable === 'extra');
  return operator === '!=' && isExtra ? '==' : undefined;
}

function outcomesOf(
  subject: Subject,
  comparisons: readonly MarkerComparison[],
  { requiresPython, environment = {} }: MarkerScope,
): readonly Outcome[] {
  switch (subject.kind) {
    case 'known':
      return [outcomeIn(environment, comparisons)];
    case 'python':
      return distinct(
        interpreters(comparisons, requiresPython).map((version) => outcomeIn(interpreter(version), comparisons)),
      );
    case 'text': {
      const values = [...comparisons.flatMap(literalsOf), 'any other value'];
      return distinct(values.map((value) => outcomeIn({ [subject.variable]: value }, comparisons)));
    }
    case 'free':
      return [true, false].map((verdict) => outcome(comparisons, (each) => verdict !== (deniedBy(each) !== undefined)));
  }
}

function outcomeIn(environment: MarkerEnvironment, comparisons: readonly MarkerComparison[]): Outcome {
  return outcome(comparisons, (comparison) => evaluateMarker(comparison, environment));
}

function outcome(
  comparisons: readonly MarkerComparison[],
  verdictOf: (comparison: MarkerComparison) => boolean,
): Outcome {
  return new Map(comparisons.map((comparison) => [formatMarker(comparison), verdictOf(comparison)]));
}

function distinct(outcomes: readonly Outcome[]): readonly Outcome[] {
  return [...new Map(outcomes.map((each) => [JSON.stringify([...each]), each])).values()];
}

function literalsOf({ left, right }: MarkerComparison): string[] {
  return [left, right].flatMap((operand) => ('literal' in operand ? [operand.literal] : []));
}

function interpreter(version: string): MarkerEnvironment {
  return {
    python_full_version: version,
    python_version: version
      .split(/[^\d.]/)[0]!
      .split('.')
      .slice(0, 2)
      .join('.'),
  };
}

/**
 * Versions of interpreters, so many that every way in which comparisons with some versions can turn out is among them: the versions
 * named, one below and one above in each place, beyond the largest named, and the first and last pre-releases of each.
 */
function interpreters(comparisons: readonly MarkerComparison[], requiresPython: SpecifierSet | undefined): string[] {
  const named = [...comparisons.flatMap(literalsOf), ...(requiresPython?.clauses.map(({ version }) => version) ?? [])];
  const releases = named.flatMap((text) => {
    const version = parseVersion(text.replace(/\.\*$/, ''));
    return version === undefined ? [] : [version];
  });
  const places = [0, 1, 2].map((place) => {
    const numbers = releases.map(({ release }) => Number(release[place] ?? 0));
    const beyond = Math.max(0, ...numbers) + 2;
    const around = numbers.flatMap((number) => [number - 1, number, number + 1]);
    return [...new Set([0, beyond, ...around])].filter((number) => number >= 0);
  });
  const preReleases = releases.flatMap(({ pre }) =>
    pre === undefined ? [] : [-1, 0, 1].map((step) => `${pre.phase}${Math.max(0, Number(pre.number) + step)}`),
  );
  const suffixes = [...new Set(['', 'a0', `rc9`, ...preReleases])];
  const [majors = [], minors = [], micros = []] = places;
  return majors
    .flatMap((major) => minors.flatMap((minor) => micros.map((micro) => `${major}.${minor}.${micro}`)))
    .flatMap((release) => suffixes.map((suffix) => release + suffix))
    .filter((version) => contains(requiresPython ?? parseSpecifierSet(''), version));
}

/** Every choice of one outcome of each list. */
function* product(lists: readonly (readonly Outcome[])[]): Generator<Outcome> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield new Map();
    return;
  }
  for (const others of product(rest)) for (const each of first) yield new Map([...each, ...others]);
}
