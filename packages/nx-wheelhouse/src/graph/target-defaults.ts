/** `targetDefaults` of nx.json that are meant for other languages and take the place of what Python's targets are hashed from and selected by. */
import type { CreateNodesResultArray, NxJsonConfiguration, TargetConfiguration } from '@nx/devkit';
import type { WorkspaceWarning } from '../workspace/workspace.js';

type Defaults = NxJsonConfiguration['targetDefaults'];

/** Nx merges options, and replaces these by the default's as a whole. */
const LISTS = ['inputs', 'outputs', 'dependsOn'] as const;
type List = (typeof LISTS)[number];

/** One warning for each target name; a default for the executor is meant for Python and none. */
export function warningsOfDefaults(nodes: CreateNodesResultArray, defaults: Defaults): readonly WorkspaceWarning[] {
  if (defaults === undefined) return [];
  const lost = new Map<string, { readonly executor: string; readonly lists: Set<List> }>();
  for (const [, { projects = {} }] of nodes) {
    for (const { targets = {} } of Object.values(projects)) {
      for (const [name, target] of Object.entries(targets)) {
        const { executor } = target;
        if (!executor?.startsWith('nx-wheelhouse:')) continue;
        const lists = replacedLists(name, executor, defaults).filter((list) => isStated(target, list));
        if (lists.length === 0) continue;
        const known = lost.get(name) ?? { executor, lists: new Set() };
        for (const list of lists) known.lists.add(list);
        lost.set(name, known);
      }
    }
  }
  return [...lost].map(([name, { executor, lists }]) => ({
    file: 'nx.json',
    line: undefined,
    message: `targetDefaults.${name} replaces ${[...lists].join(', ')} of Python targets, which then come from the cache, or are not selected, where they should be run: add "${executor}": {} to targetDefaults, and that counts for them in its place`,
  }));
}

/** @returns the lists of such a target that the default for its name replaces; none where the executor has a default of its own, which comes first */
export function replacedLists(name: string, executor: string, defaults: Defaults): readonly List[] {
  const found = defaults?.[executor] === undefined ? defaults?.[name] : undefined;
  if (found === undefined) return [];
  // Since Nx 23 a name may have several, for projects or plugins; one with a filter is meant for those that it takes.
  const forAll = [found].flat().filter((one) => !('filter' in one)) as readonly Partial<TargetConfiguration>[];
  return LISTS.filter((list) => forAll.some((one) => one[list] !== undefined && !one[list].includes('...')));
}

function isStated(target: TargetConfiguration, list: List): boolean {
  return (target[list]?.length ?? 0) > 0;
}
