/** Specifiers that are to admit a new version, in the style they are written in: `~=1.2` for 1.3.1 is `~=1.3`. */
import { contains, type SpecifierClause, type SpecifierSet } from './specifiers.js';
import { formatVersion, parseVersion, type Version, type VersionNumber } from './version.js';

/**
 * Moves a specifier set to a version: lower bounds and equalities take it, with the operators and the precision they have. An upper
 * bound stays where it admits the version; where it excludes it and is the next step after the lower bound (`>=1.4,<2`), it moves along.
 * @returns `undefined` where the clauses allow no such set: `<2` alone, `!=` this very version
 */
export function moveSpecifiers({ clauses }: SpecifierSet, version: Version): SpecifierSet | undefined {
  const floor = clauses.find(({ operator }) => ['>=', '~=', '>'].includes(operator));
  const moved = clauses.map((clause) => ({ ...clause, version: movedVersion(clause, version, floor) }));
  return contains({ clauses: moved }, formatVersion(version)) ? { clauses: moved } : undefined;
}

function movedVersion(clause: SpecifierClause, version: Version, floor: SpecifierClause | undefined): string {
  const written = clause.version;
  switch (clause.operator) {
    case '===':
    case '>=':
      return formatVersion(version);
    case '==':
      return written.endsWith('.*') ? `${shortened(version, written.slice(0, -2))}.*` : formatVersion(version);
    case '~=':
      return versionLike(written, version);
    case '<':
      return contains({ clauses: [clause] }, formatVersion(version))
        ? written
        : (nextStep(written, floor?.version, version) ?? written);
    case '<=':
    case '>':
    case '!=':
      return written;
  }
}

/**
 * A version with as many numbers as another is written with. A pre-release is left whole: shortened it would be another one.
 * @param written `1.2`, say
 * @returns `1.3` for 1.3.1
 */
export function versionLike(written: string, version: Version): string {
  const isFinal = version.pre === undefined && version.dev === undefined && version.post === undefined;
  return isFinal ? shortened(version, written) : formatVersion(version);
}

function shortened({ epoch, release }: Version, written: string): string {
  const length = parseVersion(written)?.release.length ?? release.length;
  const numbers = Array.from({ length }, (_, index) => release[index] ?? 0);
  return formatVersion({ epoch, release: numbers, pre: undefined, post: undefined, dev: undefined, local: undefined });
}

/** The upper bound that is as far from the version as the written one is from the lower bound. */
function nextStep(ceiling: string, floor: string | undefined, version: Version): string | undefined {
  const top = parseVersion(ceiling);
  const bottom = floor === undefined ? undefined : parseVersion(floor);
  if (top === undefined || bottom === undefined) return undefined;
  const at = top.release.findIndex((number, index) => number !== (bottom.release[index] ?? 0));
  const isNext = at >= 0 && top.release[at] === next(bottom.release[at] ?? 0);
  if (!isNext || top.release.slice(at + 1).some(Boolean)) return undefined;
  const release = top.release.map((_, index) => {
    const number = version.release[index] ?? 0;
    return index < at ? number : index === at ? next(number) : 0;
  });
  return formatVersion({ ...top, epoch: version.epoch, release });
}

function next(number: VersionNumber): VersionNumber {
  return typeof number === 'bigint' ? number + 1n : number + 1;
}
