/** The fields that every manifest format states, each in its own words; what one format says completes or replaces another's. */
import type { NormalizedName } from '../names/name.js';
import type { DeclaredRequirement, DependencySource, Place, PresumedRequirements, Stated } from './manifest.js';
import type { SetuptoolsPackages } from './modules/setuptools.js';

export type Extras = ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
export type Sources = ReadonlyMap<NormalizedName, readonly DependencySource[]>;

/** What is said of a distribution, as far as the workspace needs it. */
export interface CoreMetadata {
  readonly name: Stated<string>;
  readonly version: Stated<string>;
  readonly description: Stated<string>;
  readonly requiresPython: Stated<string>;
  readonly dependencies: Stated<readonly DeclaredRequirement[]>;
  readonly extras: Stated<Extras>;
  readonly presumed: PresumedRequirements;
  readonly classifiers: Stated<readonly string[]>;
  /** readme, licence files, version file, … that end up in the dist or are needed to build it */
  readonly namedFiles: readonly string[];
  /** `license-files` as written (PEP 639): globs of files that every dist has to carry */
  readonly licenseFiles?: readonly string[];
  /** what the build needs beyond `build-system.requires` (`setup_requires`, requirements of build hooks) */
  readonly buildRequires: readonly DeclaredRequirement[];
  readonly sources: Sources;
  /** environment variables that setup.py, and what it executes, look up */
  readonly environment?: readonly string[];
  /** what setup.py or setup.cfg say of packages and modules */
  readonly packages?: SetuptoolsPackages | undefined;
}

export const NOTHING_PRESUMED: PresumedRequirements = { dependencies: [], extras: new Map() };

export const ABSENT = { kind: 'absent' } as const;

export function stated<T>(value: T | undefined, at: Place): Stated<T> {
  return value === undefined ? ABSENT : { kind: 'static', value, at };
}

export function dynamic(reason: string, at: Place): { kind: 'dynamic'; reason: string; at: Place } {
  return { kind: 'dynamic', reason, at };
}

/** @returns several maps as one; what several have under one key follows each other */
export function mergeLists<K, V>(...maps: readonly ReadonlyMap<K, readonly V[]>[]): ReadonlyMap<K, readonly V[]> {
  const merged = new Map<K, readonly V[]>();
  for (const map of maps) for (const [key, values] of map) merged.set(key, [...(merged.get(key) ?? []), ...values]);
  return merged;
}

/** @returns the entries as a map; later values of a key follow the earlier ones */
export function groupLists<K, V>(entries: Iterable<readonly [K, V]>): ReadonlyMap<K, readonly V[]> {
  return mergeLists(...[...entries].map(([key, value]) => new Map([[key, [value]]])));
}
