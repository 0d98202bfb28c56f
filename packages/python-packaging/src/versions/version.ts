/** Versions of distributions: parsing, the normalised spelling, and their order (PEP 440). */

import { stripSpace } from './white-space.js';

/** A number of a version. Those beyond 2^53 are kept exact. */
export type VersionNumber = number | bigint;

export interface Version {
  readonly epoch: VersionNumber;
  /** at least one number */
  readonly release: readonly VersionNumber[];
  readonly pre: { readonly phase: 'a' | 'b' | 'rc'; readonly number: VersionNumber } | undefined;
  readonly post: VersionNumber | undefined;
  readonly dev: VersionNumber | undefined;
  /** the parts of a local version label; numbers compare as numbers, above all words */
  readonly local: readonly (VersionNumber | string)[] | undefined;
}

/** The pattern of PEP 440, Appendix B, with all spellings that are to be normalised. */
const VERSION =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d+)?)?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d+)?)?([-_.]?dev[-_.]?(\d+)?)?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i;

const PHASES: Readonly<Record<string, 'a' | 'b' | 'rc'>> = {
  a: 'a',
  alpha: 'a',
  b: 'b',
  beta: 'b',
  c: 'rc',
  rc: 'rc',
  pre: 'rc',
  preview: 'rc',
};

/**
 * @returns the version, or `undefined` for a text that is none
 * @see PEP 440, "Appendix B: Parsing version strings with regular expressions"
 */
export function parseVersion(text: string): Version | undefined {
  const onlyRelease = readRelease(text);
  if (onlyRelease !== undefined)
    return { epoch: 0, release: onlyRelease, pre: undefined, post: undefined, dev: undefined, local: undefined };
  const match = VERSION.exec(stripSpace(text));
  if (match === null) return undefined;
  const [, epoch, release, phase, pre, implicitPost, post, postNumber, dev, devNumber, local] = match;
  return {
    epoch: numberOf(epoch),
    release: (release as string).split('.').map(numberOf),
    pre: phase === undefined ? undefined : { phase: PHASES[phase.toLowerCase()] ?? 'rc', number: numberOf(pre) },
    post: implicitPost !== undefined ? numberOf(implicitPost) : post !== undefined ? numberOf(postNumber) : undefined,
    dev: dev === undefined ? undefined : numberOf(devNumber),
    local: local
      ?.toLowerCase()
      .split(/[-_.]/)
      .map((part) => (/^\d+$/.test(part) ? numberOf(part) : part)),
  };
}

/**
 * Most versions are numbers and dots only; read by hand they cost a third of what the pattern costs.
 * @returns `undefined` for any other text
 */
function readRelease(text: string): VersionNumber[] | undefined {
  const release: VersionNumber[] = [];
  let number = 0;
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57 && digits < 15) {
      number = number * 10 + code - 48;
      digits += 1;
    } else if (code === 46 && digits > 0) {
      release.push(number);
      number = 0;
      digits = 0;
    } else {
      return undefined;
    }
  }
  if (digits === 0) return undefined;
  release.push(number);
  return release;
}

function numberOf(digits: string | undefined): VersionNumber {
  if (digits === undefined) return 0;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** @returns whether a text is a version, in any spelling */
export function isValidVersion(text: string): boolean {
  return VERSION.test(stripSpace(text));
}

/** The version without its local label, in the normalised spelling. */
export function formatPublicVersion(version: Version): string {
  const epoch = version.epoch ? `${version.epoch}!` : '';
  const pre = version.pre ? `${version.pre.phase}${version.pre.number}` : '';
  const post = version.post === undefined ? '' : `.post${version.post}`;
  const dev = version.dev === undefined ? '' : `.dev${version.dev}`;
  return `${epoch}${version.release.join('.')}${pre}${post}${dev}`;
}

/**
 * The normalised spelling.
 * @see PEP 440, "Normalization"
 */
export function formatVersion(version: Version): string {
  return formatPublicVersion(version) + (version.local ? `+${version.local.join('.')}` : '');
}

/** A pre-release or a development release: taken only when asked for. */
export function isPrerelease(version: Version): boolean {
  return version.pre !== undefined || version.dev !== undefined;
}

/**
 * The order of versions.
 * @returns below, at or above 0
 * @see PEP 440, "Summary of permitted suffixes and relative ordering"
 */
export function compareVersions(a: Version, b: Version): number {
  return comparePublicVersions(a, b) || compareLocal(a.local, b.local);
}

/** The order without regard to local labels. */
export function comparePublicVersions(a: Version, b: Version): number {
  return (
    compare(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    compare(phaseRank(a), phaseRank(b)) ||
    compare(a.pre?.number ?? 0, b.pre?.number ?? 0) ||
    compare(a.post ?? -1, b.post ?? -1) ||
    compare(a.dev ?? Number.POSITIVE_INFINITY, b.dev ?? Number.POSITIVE_INFINITY)
  );
}

/** Releases compare number by number, the shorter one filled up with zeros. */
export function compareReleases(a: readonly VersionNumber[], b: readonly VersionNumber[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = compare(a[index] ?? 0, b[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** A development release of a release comes before its pre-releases, those before the release. */
function phaseRank({ pre, post, dev }: Version): number {
  if (pre) return { a: 1, b: 2, rc: 3 }[pre.phase];
  return post === undefined && dev !== undefined ? 0 : 4;
}

function compareLocal(a: Version['local'], b: Version['local']): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    const order =
      typeof left === 'string' || typeof right === 'string'
        ? Number(typeof left !== 'string') - Number(typeof right !== 'string') || compare(left, right)
        : compare(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

function compare<T extends VersionNumber | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
