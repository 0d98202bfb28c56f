/** A lock: what a resolver found for a set of projects, whichever tool wrote it down. */
import type { NormalizedName } from '../names/name.js';

/** One distribution of a lock. A name may stand there in several versions, for different environments. */
export interface LockedPackage {
  readonly name: NormalizedName;
  /** `undefined` for a project whose version is dynamic */
  readonly version: string | undefined;
  /** where it comes from, in one comparable spelling, such as `registry …` or `editable libs/a` */
  readonly source: string;
  /** a project of the workspace itself: its folder relative to the lock, `undefined` for everything else */
  readonly localFolder: string | undefined;
  /** the hashes of its files, sorted */
  readonly hashes: readonly string[];
  readonly dependencies: readonly LockedDependency[];
  readonly extras: ReadonlyMap<NormalizedName, readonly LockedDependency[]>;
  readonly groups: ReadonlyMap<NormalizedName, readonly LockedDependency[]>;
}

/** An edge of a lock. Markers are left out: a closure is the union over all environments. */
export interface LockedDependency {
  readonly name: NormalizedName;
  /** stated only where the name alone is ambiguous */
  readonly version: string | undefined;
  readonly source: string | undefined;
  readonly extras: readonly NormalizedName[];
}

export interface Lock {
  readonly packages: readonly LockedPackage[];
  /** groups of a root that is no package itself */
  readonly rootGroups: ReadonlyMap<NormalizedName, readonly LockedDependency[]>;
}

/** A lock that cannot be read: not its format, or of a later version of it. */
export class UnreadableLock extends Error {
  override readonly name = 'UnreadableLock';
}
