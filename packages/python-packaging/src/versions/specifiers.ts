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

const CLAUSE = /^\s*(===|~=|==|!=|<=|>=|<|>)\s*(\S+)\s*$/;

/**
 * @param text clauses separated by commas; empty ones are passed over
 * @throws {InvalidSpecifier} naming the clause that is none
 * @see PEP 440, "Version specifiers"
 */
export function parseSpecifierSet(text: string): SpecifierSet {
  const clauses = text
    .split(',')
    .filter((clause) => clause.trim() !== '')
    .map(parseClause);
  return { clauses };
}

function parseClause(text: string): SpecifierClause {
  const match = CLAUSE.exec(text);
  const clause = match && { operator: match[1] as ComparisonOperator, version: match[2] as string };
  if (clause === null || !isValidClause(clause))
    throw new InvalidSpecifier(`not a version specifier: "${text.trim()}"`);
  return clause;
}

function isValidClause({ operator, version }: SpecifierClause): boolean {
  if (operator === '===') return true;
  const isPrefix = version.endsWith('.*');
  if (isPrefix && operator !== '==' && operator !== '!=') return false;
  const parsed = parseVersion(isPrefix ? version.slice(0, -2) : version);
  if (parsed === undefined) return false;
  if (isPrefix && (parsed.local !== undefined || isPrerelease(parsed) || parsed.post !== undefined)) return false;
  if (parsed.local !== undefined && operator !== '==' && operator !== '!=') return false;
  return operator !== '~=' || parsed.release.length >= 2;
}

/** The clauses without spaces, in their order. */
export function formatSpecifierSet({ clauses }: SpecifierSet): string {
  return clauses.map(({ operator, version }) => operator + version).join(',');
}

/**
 * Whether a version satisfies all clauses.
 * @param prereleases `false` leaves pre-releases out; by default they count like others
 * @returns `false` for a text that is no version
 */
export function contains({ clauses }: SpecifierSet, text: string, { prereleases = true } = {}): boolean {
  const version = parseVersion(text);
  if (version === undefined) return clauses.length > 0 && clauses.every((clause) => isArbitrarilyEqual(clause, text));
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

/** A pre-release of the wanted version itself does not count as below it, unless a pre-release is wanted. */
function isBelow(version: Version, wanted: Version): boolean {
  if (compareVersions(version, wanted) >= 0) return false;
  return isPrerelease(wanted) || !isPrerelease(version) || !hasSameBase(version, wanted);
}

/** A post-release or a local version of the wanted version itself does not count as above it, unless a post-release is wanted. */
function isAbove(version: Version, wanted: Version): boolean {
  if (compareVersions(version, wanted) <= 0) return false;
  if (wanted.post === undefined && version.post !== undefined && hasSameBase(version, wanted)) return false;
  return version.local === undefined || comparePublicVersions(version, wanted) !== 0;
}

function hasSameBase(a: Version, b: Version): boolean {
  return a.epoch === b.epoch && compareReleases(a.release, b.release) === 0;
}

/** A version in its normalised spelling, for texts that people write into manifests; `undefined` for none. */
export function normalizeVersion(text: string): string | undefined {
  const version = parseVersion(text);
  return version && formatVersion(version);
}
