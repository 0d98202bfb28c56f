/** Puts new pins where the old ones stand. What people have written beside them, bounds and comments, stays. */
import {
  appendToTomlArray,
  InvalidRequirement,
  parseRequirement,
  type Requirement,
  readToml,
  removeFromTomlArray,
  replaceInTomlArray,
  tomlAt,
} from '@nx-wheelhouse/python-packaging';
import { UV_CONSTRAINTS } from '../../build/build-constraints.js';

/** Whether it names one version, as the generator writes it. All else is a bound that somebody means. */
export function isPin({ source }: Requirement): boolean {
  if (source.kind !== 'index') return false;
  const [clause, ...others] = source.specifiers.clauses;
  return others.length === 0 && clause?.operator === '==' && !clause.version.endsWith('.*');
}

/**
 * @param text of a constraints file; empty where there is none
 * @param header for a new one
 * @param pins one a line
 */
export function restateInFile(text: string, header: string, pins: readonly string[]): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^\s*--hash\b/.test(line));
  const kept = lines.filter(
    (line) => readPin(line.replace(/(^|\s)#.*$/, '').replace(/\s+--hash.*|\s*\\\s*$/g, '')) === undefined,
  );
  return [...(kept.length > 0 ? kept : [header]), ...pins, ''].join('\n');
}

/** @param text of pyproject.toml, which has uv's list */
export function restateInUvList(text: string, pins: readonly string[]): string {
  const list = tomlAt(readToml(text), UV_CONSTRAINTS);
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const left = [...pins];
  const edits = items.map((item) => {
    const old = typeof item === 'string' ? readPin(item) : undefined;
    if (old === undefined) return undefined;
    const index = left.findIndex((pin) => parseRequirement(pin).name === old.name);
    return { pin: index < 0 ? undefined : left.splice(index, 1)[0], item };
  });
  // From the end, so that the places of those before stay what they are.
  for (const [index, edit] of [...edits.entries()].reverse()) {
    if (edit === undefined || edit.pin === edit.item) continue;
    text =
      edit.pin === undefined
        ? removeFromTomlArray(text, UV_CONSTRAINTS, index)
        : replaceInTomlArray(text, UV_CONSTRAINTS, index, edit.pin);
  }
  return left.reduce((before, pin) => appendToTomlArray(before, UV_CONSTRAINTS, pin), text);
}

function readPin(text: string): Requirement | undefined {
  try {
    const requirement = parseRequirement(text.trim());
    return isPin(requirement) ? requirement : undefined;
  } catch (error) {
    if (error instanceof InvalidRequirement) return undefined; // a comment, or an option
    throw error;
  }
}
