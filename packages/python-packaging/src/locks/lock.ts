/** A lock: what a resolver found for a set of projects, whichever tool wrote it down. */
import type { NormalizedName } from '../names/name.js';
import type { Marker } from '../requirements/markers.js';
import type { SpecifierSet } from '../versions/specifiers.js';

/** One distribution of a lock. A name may stand there in several versions, for different environments. */
export interface LockedPackage {
  readonly name: NormalizedName;
  /** `undefined` for a project whose version is dynamic, and for direct references */
  readonly version: string | undefined;
  /** where it comes from, in one comparable spelling, such as `registry …` or `editable libs/a` */
  readonly source: string;
  /** the direct reference (PEP 508) that gives just this: an archive by its address, a commit of a repository; `undefined` where an index has it */
  readonly url: string | undefined;
  /** a project of the repository itself: its folder relative to the lock, `undefined` for everything else */
  readonly localFolder: string | undefined;
  /** the hashes of its files, sorted */
  readonly hashes: readonly string[];
  /** when it is installed at all, for locks that say so of packages rather than of edges */
  readonly marker: Marker | undefined;
  readonly dependencies: readonly LockedDependency[];
  readonly extras: ReadonlyMap<NormalizedName, readonly LockedDependency[]>;
  readonly groups: ReadonlyMap<NormalizedName, readonly LockedDependency[]>;
  /** what the project's manifest required when the lock was made, by name with the extras it asked for, where the lock tells */
  readonly declared: ReadonlyMap<NormalizedName, readonly NormalizedName[]> | undefined;
}

/** An edge of a lock. */
export interface LockedDependency {
  readonly name: NormalizedName;
  /** stated only where the name alone is ambiguous */
  readonly version: string | undefined;
  readonly source: string | undefined;
  /** which versions are meant where the lock holds several: those that satisfy one of the sets; none at all means any */
  readonly specifiers: readonly SpecifierSet[];
  readonly extras: readonly NormalizedName[];
  readonly marker: Marker | undefined;
}

export interface Lock {
  readonly packages: readonly LockedPackage[];
  /** groups of a root that is no package itself */
  readonly rootGroups: ReadonlyMap<NormalizedName, readonly LockedDependency[]>;
  /** `unknown`: the lock lists packages without saying which needs which */
  readonly edges: { readonly kind: 'known' } | UnknownEdges;
  /** names whose versions were set against what the projects require */
  readonly overridden: ReadonlySet<NormalizedName>;
  /** groups that are installed unless others are chosen (PEP 751) */
  readonly defaultGroups: readonly NormalizedName[];
  /** the extras and groups that it was made for, where that may be fewer than the manifest has */
  readonly lockedGroups: ReadonlySet<NormalizedName> | undefined;
  /** the interpreters that it was made for, where it says so */
  readonly requiresPython: SpecifierSet | undefined;
}

export interface UnknownEdges {
  readonly kind: 'unknown';
  readonly reason: string;
  /** the file that is to blame, relative to the lock's folder, and the line counted from 1, where one is */
  readonly at: { readonly file: string; readonly line: number } | undefined;
}

/** A lock that cannot be read: not its format, or of a later version of it. */
export class UnreadableLock extends Error {
  override readonly name = 'UnreadableLock';

  /** @param line counted from 1, where one is to blame */
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
  }
}
