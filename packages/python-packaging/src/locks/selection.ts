/** What of a lock one purpose selects: the extras and groups that are on, and which markers they rule out. */
import type { NormalizedName } from '../names/name.js';
import type { Marker } from '../requirements/markers.js';

/** `everything`: extras and groups may each be on or off, so that no marker over them rules anything out. */
export type Selection =
  | { readonly kind: 'everything' }
  | { readonly kind: 'only'; readonly extras: ReadonlySet<string>; readonly groups: ReadonlySet<string> };

/**
 * Whether a marker can hold in some environment, given the extras and groups that are on. Everything but these counts as possible:
 * a closure is the union over all environments. Markers have no negation, so that takes nothing away that belongs in.
 */
export function canHold(marker: Marker | undefined, selection: Selection): boolean {
  if (marker === undefined || selection.kind === 'everything') return true;
  switch (marker.kind) {
    case 'comparison':
      return comparisonCanHold(marker, selection);
    default:
      return marker.kind === 'or'
        ? marker.operands.some((operand) => canHold(operand, selection))
        : marker.operands.every((operand) => canHold(operand, selection));
  }
}

function comparisonCanHold(
  { left, operator, right }: Marker & { kind: 'comparison' },
  selection: Selection & { kind: 'only' },
): boolean {
  const variable = 'variable' in left ? left.variable : 'variable' in right ? right.variable : undefined;
  const literal = 'literal' in left ? left.literal : 'literal' in right ? right.literal : undefined;
  if (literal === undefined) return true;
  const isNegative = operator === '!=' || operator === 'not in';
  switch (variable) {
    case 'extra':
    case 'extras':
      return selection.extras.has(literal) !== isNegative;
    case 'dependency_groups':
      return selection.groups.has(literal) !== isNegative;
    default:
      return true;
  }
}

/**
 * A project's own extras and groups, spelled as uv spells them in the markers of locks with conflicts too: there an edge may be for
 * one of several extras, groups or projects that exclude one another.
 */
export function select(
  project: NormalizedName,
  extras: Iterable<NormalizedName> = [],
  groups: Iterable<NormalizedName> = [],
): Selection & { kind: 'only' } {
  const on = [...extras];
  const onGroups = [...groups];
  return {
    kind: 'only',
    extras: new Set([
      ...on,
      `project-${project.length}-${project}`,
      ...on.map((extra) => extraInConflict(project, extra)),
      ...onGroups.map((group) => `group-${project.length}-${project}-${group}`),
    ]),
    groups: new Set(onGroups),
  };
}

/** How uv spells "the extra of that package is on". */
export function extraInConflict(project: NormalizedName, extra: NormalizedName): string {
  return `extra-${project.length}-${project}-${extra}`;
}
