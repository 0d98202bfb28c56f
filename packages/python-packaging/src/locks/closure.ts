/** The part of a lock that one purpose of one project uses, and its digest. */
import { createHash } from 'node:crypto';
import type { NormalizedName } from '../names/name.js';
import type { Lock, LockedDependency, LockedPackage } from './lock.js';

/** Third-party distributions, in no order that means anything. */
export type Closure = ReadonlySet<LockedPackage>;

/** A lock with its names indexed, for many closures of one lock. */
export class LockIndex {
  readonly #byName = new Map<NormalizedName, LockedPackage[]>();
  readonly #byFolder = new Map<string, LockedPackage>();

  constructor(readonly lock: Lock) {
    for (const entry of lock.packages) {
      const others = this.#byName.get(entry.name);
      if (others) others.push(entry);
      else this.#byName.set(entry.name, [entry]);
      if (entry.localFolder !== undefined) this.#byFolder.set(entry.localFolder, entry);
    }
  }

  /** The project of a folder, given relative to the lock (`.` for its own). */
  projectIn(folder: string): LockedPackage | undefined {
    return this.#byFolder.get(folder);
  }

  /**
   * Everything that dependencies reach, over all environments; an extra that is asked for later is walked then.
   * @returns `undefined` when one of them is not in the lock: the lock is older than what asks
   */
  reach(start: readonly LockedDependency[]): Closure | undefined {
    const reached = new Set<LockedPackage>();
    const walked = new Set<string>();
    const queue = [...start];
    for (let wanted = queue.pop(); wanted !== undefined; wanted = queue.pop()) {
      const entries = this.#meant(wanted);
      if (entries.length === 0) return undefined;
      for (const entry of entries) {
        if (!reached.has(entry)) {
          reached.add(entry);
          queue.push(...entry.dependencies);
        }
        for (const extra of wanted.extras) {
          const step = `${entry.name} ${entry.version} ${entry.source} ${extra}`;
          if (walked.has(step)) continue;
          walked.add(step);
          queue.push(...(entry.extras.get(extra) ?? []));
        }
      }
    }
    return reached;
  }

  /** A dependency states version and source only where its name is ambiguous. */
  #meant({ name, version, source }: LockedDependency): readonly LockedPackage[] {
    const entries = this.#byName.get(name) ?? [];
    return entries.filter(
      (entry) =>
        (version === undefined || entry.version === version) && (source === undefined || entry.source === source),
    );
  }
}

/** All that a project's own work needs: its dependencies, every extra and every group. */
export function allDependencies(project: LockedPackage): readonly LockedDependency[] {
  return [...project.dependencies, ...[...project.extras.values()].flat(), ...[...project.groups.values()].flat()];
}

/**
 * A digest that tells two closures apart and survives a lock's being reformatted or sorted anew. Projects of the workspace count
 * by name only: their files are hashed as files.
 * @returns lower-case hexadecimal sha256
 */
export function digestOfClosure(closure: Closure): string {
  const lines = [...closure].map(({ name, version, source, localFolder, hashes }) =>
    localFolder === undefined ? [name, version ?? '', source, ...hashes].join(' ') : name,
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}
