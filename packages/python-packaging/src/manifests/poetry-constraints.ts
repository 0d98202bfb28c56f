/** Poetry's version constraints (`^1.2`, `~1.2`, `1.*`, `>=1 <2`, `^1 || ^3`) as PEP 440 specifiers and as markers. */
import { versionLike } from '../versions/move-specifiers.js';
import { formatVersion, type Version } from '../versions/version.js';

/** Specifier clauses that all hold; of several such lists one holds. */
export type Alternatives = readonly (readonly Clause[])[];

interface Clause {
  readonly operator: string;
  readonly version: string;
}

const CLAUSE = /\s*(\^|~=|~|===|==|!=|>=|<=|>|<|=)?\s*v?(\*|\d[^\s,|]*)\s*,?/y;

/**
 * @param text one constraint as poetry writes it
 * @returns `undefined` for a text that is no constraint
 */
export function parsePoetryConstraint(text: string): Alternatives | undefined {
  const alternatives = text.split(/\s*\|\|?\s*/).map(parseClauses);
  return alternatives.every((clauses) => clauses !== undefined) ? alternatives : undefined;
}

/**
 * The constraint as a specifier set. Alternatives that touch (`^1 || ^2`) are one range; between those that do not, the minor versions
 * in the gap are excluded (`>=2.7,!=3.0.*,!=3.1.*`), which is how poetry writes them too.
 * @returns `undefined` for alternatives that no specifier set expresses
 */
export function toSpecifiers(alternatives: Alternatives): string | undefined {
  const [first, ...others] = alternatives;
  if (first === undefined || alternatives.some((clauses) => clauses.length === 0)) return '';
  if (others.length === 0) return first.map(({ operator, version }) => operator + version).join(',');
  return joinRanges(alternatives);
}

/**
 * The constraint with a new version behind each operator that is a lower bound or an equality: `^1.2` for 2.0.1 is `^2.0`.
 * Upper bounds and excluded versions stay; so may the result, then, not admit the version.
 */
export function movePoetryConstraint(text: string, version: Version): string {
  return text.replace(new RegExp(CLAUSE, 'g'), (clause: string, operator: string | undefined, written: string) => {
    if (written === '*' || ['<', '<=', '>', '!='].includes(operator ?? '')) return clause;
    const [, wildcard] = /^[\d.]*\d(\.[*xX])$/.exec(written) ?? [];
    const isPrecise = operator === '>=' || (wildcard === undefined && ['==', '===', '=', undefined].includes(operator));
    const base = wildcard === undefined ? written : written.slice(0, -2);
    const moved = isPrecise ? formatVersion(version) : versionLike(base, version) + (wildcard ?? '');
    return clause.replace(/v?[*\d][^\s,|]*/, moved);
  });
}

/** The constraint on the interpreter as a marker: `python_version >= "3.8" and python_version < "4.0"`. */
export function toPythonMarker(alternatives: Alternatives): string {
  if (alternatives.some((clauses) => clauses.length === 0)) return '';
  const parts = alternatives.map((clauses) => clauses.map(pythonClause).join(' and '));
  return parts.length === 1 ? (parts[0] as string) : parts.join(' or ');
}

function pythonClause({ operator, version }: Clause): string {
  const release = version.replace(/\.\*$/, '');
  const variable = release.split('.').length > 2 ? 'python_full_version' : 'python_version';
  const isWildcardOfMajor = version.endsWith('.*') && !release.includes('.');
  return `${variable} ${operator} "${isWildcardOfMajor ? version : release}"`;
}

function parseClauses(text: string): readonly Clause[] | undefined {
  const clauses: Clause[] = [];
  CLAUSE.lastIndex = 0;
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  while (CLAUSE.lastIndex < trimmed.length) {
    const found = CLAUSE.exec(trimmed);
    if (found === null) return undefined;
    clauses.push(...toClauses(found[1] ?? '', found[2] as string));
  }
  return clauses;
}

function toClauses(operator: string, written: string): readonly Clause[] {
  if (written === '*') return [];
  const version = written.replace(/\.[xX]$/, '.*');
  switch (operator) {
    case '^':
      return [
        { operator: '>=', version },
        { operator: '<', version: bump(version, caretPosition(releaseOf(version))) },
      ];
    case '~':
      return [
        { operator: '>=', version },
        { operator: '<', version: bump(version, Math.min(1, releaseOf(version).length - 1)) },
      ];
    case '':
    case '=':
      return [{ operator: '==', version }];
    default:
      return [{ operator, version }];
  }
}

/** Caret ranges may change everything right of the first number that is not zero. */
function caretPosition(release: readonly number[]): number {
  const position = release.slice(0, 3).findIndex((part) => part !== 0);
  return position < 0 ? Math.min(release.length, 3) - 1 : position;
}

function bump(version: string, position: number): string {
  return releaseOf(version)
    .map((part, index) => (index < position ? part : index === position ? part + 1 : 0))
    .join('.');
}

function releaseOf(version: string): readonly number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
}

interface Range {
  readonly from: string;
  /** whether it begins just behind `from` */
  readonly isBehind: boolean;
  /** excluded; `undefined`: no end */
  readonly to: string | undefined;
}

function joinRanges(alternatives: Alternatives): string | undefined {
  const ranges = alternatives.map(toRange);
  if (!ranges.every((range): range is Range => range !== undefined)) return undefined;
  ranges.sort((a, b) => compare(a.from, b.from) || Number(a.isBehind) - Number(b.isBehind));
  const clauses = [`${ranges[0]?.isBehind ? '>' : '>='}${ranges[0]?.from}`];
  let end = ranges[0]?.to;
  for (const range of ranges.slice(1)) {
    if (end === undefined) break;
    const gap = gapBetween(end, range);
    if (gap === undefined) return undefined;
    clauses.push(...gap);
    if (range.to === undefined || compare(end, range.to) < 0) end = range.to;
  }
  return [...clauses, ...(end === undefined ? [] : [`<${end}`])].join(',');
}

/** The clauses that exclude what lies between the end of one range and the next. */
function gapBetween(end: string, { from, isBehind }: Range): readonly string[] | undefined {
  const order = compare(end, from);
  // `<3.9.7 || >3.9.7` leaves out one version.
  if (order === 0) return isBehind ? [`!=${from}`] : [];
  if (order > 0) return [];
  return isBehind ? undefined : minorsBetween(end, from)?.map((minor) => `!=${minor}.*`);
}

function toRange(clauses: readonly Clause[]): Range | undefined {
  const [lower, upper, ...others] = clauses;
  if (lower === undefined || others.length > 0) return undefined;
  if (lower.operator === '==' && upper === undefined && lower.version.endsWith('.*')) {
    const from = lower.version.slice(0, -2);
    return { from, isBehind: false, to: bump(from, releaseOf(from).length - 1) };
  }
  if (lower.operator !== '>=' && lower.operator !== '>') return undefined;
  if (upper !== undefined && upper.operator !== '<') return undefined;
  return { from: lower.version, isBehind: lower.operator === '>', to: upper?.version };
}

/** The minor versions from one version up to another one of the same or the next major version. */
function minorsBetween(from: string, to: string): readonly string[] | undefined {
  const [fromMajor = 0, fromMinor = 0, ...fromRest] = releaseOf(from);
  const [toMajor = 0, toMinor = 0, ...toRest] = releaseOf(to);
  const isWhole = [...fromRest, ...toRest].every((part) => part === 0);
  const isNextMajor = fromMajor + 1 === toMajor && fromMinor > 0;
  if (!isWhole || !(fromMajor === toMajor || (isNextMajor && fromMajor === 2))) return undefined;
  // Python 2 ended with 2.7, so after it come the minor versions of 3.
  const start = isNextMajor ? 0 : fromMinor;
  return Array.from({ length: toMinor - start }, (_, index) => `${toMajor}.${start + index}`);
}

function compare(a: string, b: string): number {
  const [x, y] = [releaseOf(a), releaseOf(b)];
  for (let index = 0; index < Math.max(x.length, y.length); index += 1) {
    const difference = (x[index] ?? 0) - (y[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
