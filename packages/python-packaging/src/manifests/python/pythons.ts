/** `sys.version_info` and its like: a value for each Python that a package may be built with. Where they all decide alike it is known. */
import { contains, InvalidSpecifier, parseSpecifierSet } from '../../versions/specifiers.js';
import { list, type PyValue } from './values.js';

export type Python = readonly [major: number, minor: number, micro: number];

/** 3.8, the first that builds run on, to one that is not there yet; of each minor version the first release and one after all others. */
export const ALL_PYTHONS: readonly Python[] = Array.from({ length: 43 }, (_, index) => index + 8).flatMap(
  (minor): Python[] => [
    [3, minor, 0],
    [3, minor, 99],
  ],
);

/** @returns those that a package admits; all where it admits none, which nothing can be built with, or does not say so */
export function admittedPythons(requiresPython: PyValue): readonly Python[] {
  if (typeof requiresPython !== 'string') return ALL_PYTHONS;
  try {
    const specifiers = parseSpecifierSet(requiresPython);
    const admitted = ALL_PYTHONS.filter((python) => contains(specifiers, python.join('.')));
    return admitted.length > 0 ? admitted : ALL_PYTHONS;
  } catch (error) {
    if (error instanceof InvalidSpecifier) return ALL_PYTHONS;
    throw error;
  }
}

/** What a text says in which these values are asked for. */
export const ASKS_FOR_PYTHON = /\bversion_info\b|\bsys\.version\b/;

/** @returns the value of a symbol that each Python has another for; `undefined` for any other symbol */
export function symbolByPython(name: string, pythons: readonly Python[]): PyValue | undefined {
  if (name === 'sys.version_info') return byPython(pythons.map((python) => list([...python, 'final', 0], 'tuple')));
  return name === 'sys.version' ? byPython(pythons.map((python) => `${python.join('.')} (main)`)) : undefined;
}

/** The names of the parts of `sys.version_info`, in their order. */
export const VERSION_PARTS: readonly string[] = ['major', 'minor', 'micro', 'releaselevel', 'serial'];

type ByPython = Extract<PyValue, { readonly kind: 'by-python' }>;

function byPython(values: readonly PyValue[]): ByPython {
  return { kind: 'by-python', values };
}

export function isByPython(value: PyValue): value is ByPython {
  return typeof value === 'object' && value?.kind === 'by-python';
}

/** What is made of a value, for each Python. */
export function forEachPython(value: ByPython, make: (each: PyValue) => PyValue): PyValue {
  return byPython(value.values.map(make));
}

/** @returns what all of them decide, `undefined` where they do not decide alike */
export function decidedByAll(
  left: PyValue,
  right: PyValue,
  decide: (left: PyValue, right: PyValue) => boolean | undefined,
): boolean | undefined {
  const lefts = isByPython(left) ? left.values : undefined;
  const rights = isByPython(right) ? right.values : undefined;
  const verdicts = new Set(
    (lefts ?? rights ?? []).map((_, index) => decide(lefts?.[index] ?? left, rights?.[index] ?? right)),
  );
  return verdicts.size === 1 ? [...verdicts][0] : undefined;
}
