/** Version specifiers as conda writes them. */
import type { SpecifierClause, SpecifierSet } from '../versions/specifiers.js';
import { isPrerelease, parseVersion, type Version } from '../versions/version.js';

/**
 * The version part of a conda match specification, such as `>=2.8,<3a0`; an empty text for no clauses at all.
 *
 * It takes the versions that the clauses take, but for what conda orders differently: a post-release of `V` is above `V`, `1.0.dev1` is
 * above `1.0a1`, pre-releases of `1.0` and of `1` are not the same, and `===` compares as `==` does.
 * @see conda documentation, "Package match specifications"; PEP 440, "Version specifiers"
 */
export function condaVersionSpec({ clauses }: SpecifierSet): string {
  return [...new Set(clauses.flatMap(condaClauses))].join(',');
}

function condaClauses({ operator, version }: SpecifierClause): string[] {
  switch (operator) {
    case '===':
      return [`==${version}`];
    case '==':
      // With the operator, conda takes `1.*` for an exact version, which nothing matches.
      return [version.endsWith('.*') ? plain(version) : `==${plain(version)}`];
    case '~=':
      return [`>=${plain(version)}`, `${releaseOf(parsed(version), -1)}.*`];
    case '<':
      return [`<${upperBound(version)}`];
    default:
      return [operator + plain(version)];
  }
}

/**
 * PEP 440 keeps pre-releases of `V` out of `<V`, conda does not: `2a0` comes before all of them. Zeros at the end go, because conda
 * puts `2a1` before `2.0a0`.
 */
function upperBound(text: string): string {
  const version = parsed(text);
  if (isPrerelease(version) || version.post !== undefined) return plain(text);
  return `${releaseOf({ ...version, release: withoutZeros(version.release) })}a0`;
}

function withoutZeros(release: Version['release']): Version['release'] {
  const last = release.findLastIndex((number, index) => index === 0 || number !== 0);
  return release.slice(0, last + 1);
}

/** Epoch and release; `end` as of a slice. */
function releaseOf({ epoch, release }: Version, end?: number): string {
  return (epoch ? `${epoch}!` : '') + release.slice(0, end).join('.');
}

/** conda knows no `v` in front. */
function plain(version: string): string {
  return version.replace(/^v/i, '');
}

/** A clause of a specifier set has a version that has been parsed before. */
function parsed(version: string): Version {
  return parseVersion(version) as Version;
}
