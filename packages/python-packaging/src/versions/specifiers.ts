/** Version specifiers: clauses such as `>=1.2,<2` and whether a version satisfies them (PEP 440). */
import {
  comparePublicVersions,
  compareReleases,
  compareVersions,
  formatVersion,
  isPrerelease,
  parseVersion,
  type Version,
} from './version.js';
import { skipSpace, stripSpace } from './white-space.js';

export type ComparisonOperator = '===' | '~=' | '==' | '!=' | '<=' | '>=' | '<' | '>';

export interface SpecifierClause {
  readonly operator: ComparisonOperator;
  /** the version as written; ends in `.*` for a prefix match */
  readonly version: string;
}

/** All clauses must hold; none at all allows every version. */
export interface SpecifierSet {
  readonly clauses: readonly SpecifierClause[];
}

export class InvalidSpecifier extends Error {
  override readonly name = 'InvalidSpecifier';
}

const SUFFIXES =
  '(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?\\d*)?(?:-\\d+|[-_.]?(?:post|rev|r)[-_.]?\\d*)?(?:[-_.]?dev[-_.]?\\d*)?';
const ORDERED = new RegExp(`v?(?:\\d+!)?\\d+(?:\\.\\d+)*${SUFFIXES}`, 'iy');
const COMPATIBLE = new RegExp(`v?(?:\\d+!)?\\d+(?:\\.\\d+)+${SUFFIXES}`, 'iy');
const EXACT = new RegExp(
  `v?(?:\\d+!)?\\d+(?:\\.\\d+)*(?:\\.\\*|${SUFFIXES}(?:\\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?)`,
  'iy',
);
const ARBITRARY = /[^\s;)]*/y;

/** What may stand behind each operator: a prefix or a local label only where equality is asked, two numbers behind `~=`. */
const VERSION_BEHIND: Readonly<Record<ComparisonOperator, RegExp>> = {
  '===': ARBITRARY,
  '~=': COMPATIBLE,
  '==': EXACT,
  '!=': EXACT,
  '<=': ORDERED,
  '>=': ORDERED,
  '<': ORDERED,
  '>': ORDERED,
};

/**
 * @param text clauses separated by commas; empty ones are passed over
 * @throws {InvalidSpecifier} naming the clause that is none
 * @see PEP 440, "Version specifiers"
 */
export function parseSpecifierSet(text: string): SpecifierSet {
  const clauses = text
    .split(',')
    .filter((clause) => stripSpace(clause) !== '')
    .map(parseSpecifierClause);
  return { clauses };
}

/** @throws {InvalidSpecifier} */
export function parseSpecifierClause(text: string): SpecifierClause {
  const read = readClause(text, skipSpace(text, 0));
  if (read === undefined || skipSpace(text, read.end) < text.length)
    throw new InvalidSpecifier(`not a version specifier: "${text.trim()}"`);
  return read.clause;
}

/**
 * Reads the clause that stands at a position, as far as it goes.
 * @returns `undefined` where there is none
 */
export function readClause(text: string, position: number): { clause: SpecifierClause; end: number } | undefined {
  const operator = operatorAt(text, position);
  if (operator === undefined) return undefined;
  const start = skipSpace(text, position + operator.length);
  const pattern = VERSION_BEHIND[operator];
  pattern.lastIndex = start;
  if (!pattern.test(text)) return undefined;
  const end = pattern.lastIndex;
  return { clause: { operator, version: text.slice(start, end) }, end };
}

function operatorAt(text: string, position: number): ComparisonOperator | undefined {
  const isTwo = text[position + 1] === '=';
  switch (text[position]) {
    case '>':
      return isTwo ? '>=' : '>';
    case '<':
      return isTwo ? '<=' : '<';
    case '=':
      if (!isTwo) return undefined;
      return text[position + 2] === '=' ? '===' : '==';
    case '~':
      return isTwo ? '~=' : undefined;
    case '!':
      return isTwo ? '!=' : undefined;
    default:
      return undefined;
  }
}

/** The clauses without spaces, in their order. */
export function formatSpecifierSet({ clauses }: SpecifierSet): string {
  return clauses.map(({ operator, version }) => operator + version).join(',');
}

/**
 * Whether a version satisfies all clauses.
 * @param text of a version; one that is none satisfies `===` only
 * @param prereleases `false` leaves pre-releases out; by default they count like others
 */
export function contains({ clauses }: SpecifierSet, text: string, { prereleases = true } = {}): boolean {
  const version = parseVersion(text);
  if (version === undefined) return clauses.every((clause) => isArbitrarilyEqual(clause, text));
  if (!prereleases && isPrerelease(version)) return false;
  return clauses.every((clause) => satisfies(version, text, clause));
}

function isArbitrarilyEqual({ operator, version }: SpecifierClause, text: string): boolean {
  return operator === '===' && text.trim().toLowerCase() === version.toLowerCase();
}

function satisfies(version: Version, text: string, clause: SpecifierClause): boolean {
  if (clause.operator === '===') return isArbitrarilyEqual(clause, text);
  const isPrefix = clause.version.endsWith('.*');
  const wanted = parseVersion(isPrefix ? clause.version.slice(0, -2) : clause.version);
  if (wanted === undefined) return false;
  switch (clause.operator) {
    case '==':
      return isPrefix ? hasPrefix(version, wanted) : isEqual(version, wanted);
    case '!=':
      return !(isPrefix ? hasPrefix(version, wanted) : isEqual(version, wanted));
    case '<=':
      return comparePublicVersions(version, wanted) <= 0;
    case '>=':
      return comparePublicVersions(version, wanted) >= 0;
    case '<':
      return isBelow(version, wanted);
    case '>':
      return isAbove(version, wanted);
    case '~=':
      return (
        comparePublicVersions(version, wanted) >= 0 &&
        hasPrefix(version, { ...wanted, release: wanted.release.slice(0, -1) })
      );
  }
}

/** A local label counts only where the specifier has one. */
function isEqual(version: Version, wanted: Version): boolean {
  return wanted.local === undefined
    ? comparePublicVersions(version, wanted) === 0
    : compareVersions(version, wanted) === 0;
}

function hasPrefix(version: Version, prefix: Version): boolean {
  return (
    version.epoch === prefix.epoch && prefix.release.every((number, index) => (version.release[index] ?? 0) === number)
  );
}

/** Where no pre-release is wanted, those of the wanted version itself do not count as below it. */
function isBelow(version: Version, wanted: Version): boolean {
  return compareVersions(version, isPrerelease(wanted) ? wanted : { ...wanted, dev: 0 }) < 0;
}

/** Local versions of the wanted version do not count as above it, nor do its post-releases, unless a post-release is wanted. */
function isAbove(version: Version, wanted: Version): boolean {
  if (comparePublicVersions(version, wanted) <= 0) return false;
  return wanted.post !== undefined || wanted.dev !== undefined || !isPostOf(version, wanted);
}

function isPostOf(version: Version, { epoch, release, pre }: Version): boolean {
  return (
    version.epoch === epoch &&
    compareReleases(version.release, release) === 0 &&
    version.pre?.phase === pre?.phase &&
    version.pre?.number === pre?.number
  );
}

/** A version in its normalised spelling, for texts that people write into manifests; `undefined` for none. */
export function normalizeVersion(text: string): string | undefined {
  const version = parseVersion(text);
  return version && formatVersion(version);
}
