/** `[dependency-groups]` with `include-group` resolved. */
import { isValidName, type NormalizedName, normalizeName } from '../names/name.js';
import { isTomlTable } from '../toml/read.js';
import type { DeclaredRequirement } from './manifest.js';
import { type PyprojectFile, parseRequirements } from './pyproject-file.js';

const TABLE = 'dependency-groups';

/**
 * Every group with the requirements of the groups it includes, in the order of the text.
 * A cycle, an unknown group and a wrong entry are noted as problems and left out.
 * @see PEP 735
 */
export function readDependencyGroups(
  pyproject: PyprojectFile,
): ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]> {
  const written = new Map<NormalizedName, string>();
  for (const key of pyproject.keys([TABLE])) {
    const name = normalizeName(key);
    if (!isValidName(key)) note(pyproject, key, undefined, `"${key}" is not a valid group name`);
    else if (written.has(name))
      note(pyproject, key, undefined, `the group "${key}" is there twice: "${written.get(name)}"`);
    else written.set(name, key);
  }
  const own = new Map([...written].map(([name, key]) => [name, readEntries(pyproject, key)]));
  const reported = new Set<Include | string>();
  const resolve = (
    name: NormalizedName,
    path: readonly NormalizedName[],
    visited: Set<NormalizedName>,
  ): readonly DeclaredRequirement[] => {
    visited.add(name);
    return (own.get(name) ?? []).flatMap((entry) => {
      if (entry.kind === 'requirement') return [entry.declared];
      const isCycle = path.includes(entry.group);
      if (!isCycle && own.has(entry.group)) {
        // What is included on several ways counts once.
        return visited.has(entry.group) ? [] : resolve(entry.group, [...path, entry.group], visited);
      }
      // The same circle is met from each of its groups.
      const mistake = isCycle ? path.slice(path.indexOf(entry.group)).toSorted().join(' ') : entry;
      if (!reported.has(mistake)) {
        const message = isCycle
          ? `the group "${entry.group}" includes itself: ${[...path, entry.group].join(' -> ')}`
          : `there is no group "${entry.group}" to include`;
        note(pyproject, entry.in, entry.index, message);
        reported.add(mistake);
      }
      return [];
    });
  };
  return new Map([...own.keys()].map((name) => [name, resolve(name, [name], new Set())]));
}

type Entry = { readonly kind: 'requirement'; readonly declared: DeclaredRequirement } | Include;

interface Include {
  readonly kind: 'include';
  readonly group: NormalizedName;
  readonly in: string;
  readonly index: number;
}

function readEntries(pyproject: PyprojectFile, key: string): readonly Entry[] {
  const entries = pyproject.value([TABLE, key]);
  if (!Array.isArray(entries)) {
    note(pyproject, key, undefined, `the group "${key}" must be an array`);
    return [];
  }
  return entries.flatMap((entry, index): Entry[] => {
    const at = pyproject.at([TABLE, key], index);
    if (typeof entry === 'string') {
      return parseRequirements([{ text: entry, at }], pyproject.problems).map((declared) => ({
        kind: 'requirement',
        declared,
      }));
    }
    const group = isTomlTable(entry) ? entry['include-group'] : undefined;
    if (typeof group === 'string') return [{ kind: 'include', group: normalizeName(group), in: key, index }];
    note(pyproject, key, index, 'an entry must be a requirement or { include-group = "…" }');
    return [];
  });
}

function note(pyproject: PyprojectFile, key: string, index: number | undefined, message: string): void {
  pyproject.problems.push({ message, at: pyproject.at([TABLE, key], index) });
}
