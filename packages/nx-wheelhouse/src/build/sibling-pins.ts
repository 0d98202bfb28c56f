/** How the requirements on packages of the workspace are written into dists: as declared, or narrowed to the sibling's version. */
import {
  compareReleases,
  contains,
  type DeclaredRequirement,
  formatRequirement,
  type NormalizedName,
  parseSpecifierSet,
  parseVersion,
  type Requirement,
  type SpecifierClause,
} from '@nx-wheelhouse/python-packaging';
import { type ErrorPlace, UserError } from '../errors/user-error.js';
import { type Package, pathIn, statedValue, type Workspace } from '../workspace/workspace.js';
import { recordedVersion } from './dist-record.js';

export const SIBLING_PINS = ['as-declared', 'compatible', 'exact', 'minimum'] as const;
/** `compatible`: `~=1.2.3`; `exact`: `==1.2.3`; `minimum`: `>=1.2.3` */
export type SiblingPins = (typeof SIBLING_PINS)[number];

export interface Pins {
  readonly mode: SiblingPins;
  /** of the siblings that the package requires at run time, for itself or an extra */
  readonly versions: ReadonlyMap<NormalizedName, string>;
}

/** The siblings whose versions are written into a package's metadata. */
export function pinnedSiblings(pkg: Package, { packages }: Workspace): readonly Package[] {
  const edges = pkg.siblings.filter(({ kind }) => kind === 'runtime' || kind.startsWith('extra:'));
  return [...new Set(edges.map(({ to }) => to))].map((root) => packages.get(root)).filter((one) => one !== undefined);
}

/** @throws {UserError} for a mode that is none, or a sibling whose version nobody knows yet */
export function planPins(pkg: Package, workspace: Workspace, wanted: string | undefined): Pins {
  const mode = SIBLING_PINS.find((known) => known === (wanted ?? 'as-declared'));
  if (mode === undefined) {
    throw new UserError(
      `"${wanted}" is no way to pin siblings.`,
      { project: pkg.project, file: pkg.manifestFiles[0] },
      `write one of ${SIBLING_PINS.join(', ')} for sibling-pins`,
    );
  }
  if (mode === 'as-declared') return { mode, versions: new Map() };
  const versions = pinnedSiblings(pkg, workspace).map((sibling): [NormalizedName, string] => [
    sibling.name,
    statedValue(sibling.manifest.version) ?? recordedVersion(workspace.root, sibling.root) ?? unknown(pkg, sibling),
  ]);
  const pins = { mode, versions: new Map(versions) };
  for (const { requirement, at } of publishedRequirements(pkg.manifest)) {
    explained(pkg, () => pinned(requirement, pins), { file: pathIn(pkg.root, at.file), line: at.line });
  }
  return pins;
}

/** Those that get into the metadata, as far as the manifest states them. */
export function publishedRequirements({ dependencies, extras }: Package['manifest']): readonly DeclaredRequirement[] {
  return [...(statedValue(dependencies) ?? []), ...[...(statedValue(extras)?.values() ?? [])].flat()];
}

/**
 * @param place where the requirement is declared
 * @throws {UserError} for a pin that cannot be
 */
export function explained<T>(pkg: Package, pin: () => T, place: ErrorPlace = { file: pkg.manifestFiles[0] }): T {
  try {
    return pin();
  } catch (error) {
    if (!(error instanceof ContradictoryPin)) throw error;
    throw new UserError(
      `A requirement on a package of the workspace cannot be pinned: ${error.message}.`,
      { project: pkg.project, ...place },
      'widen the requirement, or give the sibling a version that it allows',
    );
  }
}

function unknown(pkg: Package, sibling: Package): never {
  throw new UserError(
    `The version of ${sibling.name}, which is to be pinned, is not known: only its build tells it.`,
    { project: pkg.project, file: sibling.manifestFiles[0] },
    `run \`nx run ${sibling.project}:build\` first, or state the version in its manifest`,
  );
}

/**
 * @returns the requirement itself where it is none on a sibling, or nothing is pinned
 * @throws {ContradictoryPin} when what is declared excludes the sibling's version
 */
export function pinned(requirement: Requirement, { mode, versions }: Pins): Requirement {
  const version = versions.get(requirement.name);
  if (mode === 'as-declared' || version === undefined) return requirement;
  const declared = requirement.source.kind === 'index' ? requirement.source.specifiers : { clauses: [] };
  if (!contains(declared, version)) throw new ContradictoryPin(formatRequirement(requirement), version);
  // What was declared against too new or broken versions still holds; the lower bound is the pin's.
  const { clauses } = parseSpecifierSet(pin(mode, version));
  const kept = mode === 'exact' ? [] : declared.clauses.filter((clause) => isNews(clause, clauses[0]));
  return {
    ...requirement,
    source: { kind: 'index', specifiers: { clauses: [...clauses, ...kept] as SpecifierClause[] } },
  };
}

/** Whether a declared clause excludes something that the pin admits. `~=1.2.3` ends before 1.3: what ends later says nothing new. */
function isNews({ operator, version }: SpecifierClause, pin: SpecifierClause | undefined): boolean {
  if (!['<', '<=', '!='].includes(operator)) return false;
  if (pin?.operator !== '~=' || operator === '!=') return true;
  const [end, base] = [parseVersion(version), parseVersion(pin.version)];
  if (end === undefined || base === undefined || end.epoch !== base.epoch) return true;
  const series = base.release.slice(0, -1);
  return compareReleases(end.release.slice(0, series.length), series) <= 0;
}

class ContradictoryPin extends Error {
  override readonly name = 'ContradictoryPin';

  constructor(declared: string, version: string) {
    super(`"${declared}" excludes the sibling's own version ${version}`);
  }
}

/** @see PEP 440, "Compatible release": it needs two numbers at least, and knows no local labels */
function pin(mode: Exclude<SiblingPins, 'as-declared'>, version: string): string {
  const shared = version.replace(/\+.*$/, '');
  switch (mode) {
    case 'exact':
      return `==${version}`;
    case 'minimum':
      return `>=${shared}`;
    case 'compatible':
      return (parseVersion(shared)?.release.length ?? 0) > 1
        ? `~=${shared}`
        : `~=${shared.replace(/^(v?(?:\d+!)?\d+)/i, '$1.0')}`;
  }
}
