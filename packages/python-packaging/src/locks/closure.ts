/** The part of a lock that one purpose of one project uses. */
import type { NormalizedName } from '../names/name.js';
import { contains } from '../versions/specifiers.js';
import type { Lock, LockedDependency, LockedPackage } from './lock.js';
import { canHold, extraInConflict, type Selection } from './selection.js';

/** Packages and the edges between them, in no order that means anything. */
export interface Closure {
  readonly packages: ReadonlySet<LockedPackage>;
  readonly edges: readonly ClosureEdge[];
}

/** An edge that was followed, and from where: `undefined` stands for the project that asks. */
export interface ClosureEdge {
  readonly from: LockedPackage | undefined;
  /** the extra of `from` that states it */
  readonly extra: NormalizedName | undefined;
  readonly dependency: LockedDependency;
  /** what it means: several versions where that depends on the environment */
  readonly to: readonly LockedPackage[];
}

/** `missing`: something that is needed is not in the lock. */
export type Reach =
  | { readonly kind: 'known'; readonly closure: Closure }
  | { readonly kind: 'missing'; readonly dependency: LockedDependency; readonly from: LockedPackage | undefined };

/** A lock with its names indexed, for many closures of one lock. */
export class LockIndex {
  readonly #byName = new Map<NormalizedName, LockedPackage[]>();
  readonly #byFolder = new Map<string, LockedPackage>();
  readonly #edges = new Map<LockedPackage, Map<NormalizedName | undefined, readonly ClosureEdge[]>>();

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

  /** The versions of a name. */
  named(name: NormalizedName): readonly LockedPackage[] {
    return this.#byName.get(name) ?? [];
  }

  /**
   * What a dependency means. It states version and source only where its name is ambiguous; specifiers choose among several
   * versions, and mean all of them where they suit none: an override stands above them.
   */
  meantBy(dependency: LockedDependency): readonly LockedPackage[] {
    const { name, version, source, specifiers } = dependency;
    const entries = this.named(name).filter(
      (entry) =>
        (version === undefined || entry.version === version) && (source === undefined || entry.source === source),
    );
    const suiting = entries.filter((entry) => suits(entry, specifiers));
    return suiting.length > 0 ? suiting : entries;
  }

  /**
   * Everything that dependencies reach, over all environments; an extra that is asked for later is walked then.
   * Extras that are asked for on the way count as selected too: where extras exclude one another, edges depend on that.
   */
  reach(start: readonly LockedDependency[], selection: Selection): Reach {
    const walk = this.#walk(start, selection);
    if (walk.reach.kind === 'missing' || selection.kind === 'everything') return walk.reach;
    const more = [...walk.asked].filter((extra) => !selection.extras.has(extra));
    if (more.length === 0) return walk.reach;
    return this.reach(start, { ...selection, extras: new Set([...selection.extras, ...more]) });
  }

  #walk(
    start: readonly LockedDependency[],
    selection: Selection,
  ): { readonly reach: Reach; readonly asked: ReadonlySet<string> } {
    const packages = new Set<LockedPackage>();
    const edges: ClosureEdge[] = [];
    const asked = new Set<string>();
    const walked = new Map<LockedPackage, Set<NormalizedName>>();
    const queue = start.map((dependency) => this.#edge(undefined, undefined, dependency));
    for (let edge = queue.pop(); edge !== undefined; edge = queue.pop()) {
      const { dependency, from, to } = edge;
      if (!canHold(dependency.marker, withAsked(selection, dependency))) continue;
      if (to.length === 0) {
        // Locks keep edges for environments that they do not cover, such as an old Python.
        if (dependency.marker !== undefined) continue;
        return { reach: { kind: 'missing', dependency, from }, asked };
      }
      edges.push(edge);
      for (const entry of to) {
        const extras = walked.get(entry) ?? new Set();
        if (!packages.has(entry)) {
          packages.add(entry);
          walked.set(entry, extras);
          queue.push(...this.#edgesFrom(entry, undefined));
        }
        for (const extra of dependency.extras) {
          if (extras.has(extra)) continue;
          extras.add(extra);
          asked.add(extraInConflict(entry.name, extra));
          queue.push(...this.#edgesFrom(entry, extra));
        }
      }
    }
    return { reach: { kind: 'known', closure: { packages, edges } }, asked };
  }

  /** The same objects each time: the closures of a workspace overlap, and what is known of an edge can be kept by it. */
  #edgesFrom(from: LockedPackage, extra: NormalizedName | undefined): readonly ClosureEdge[] {
    const byExtra = this.#edges.get(from) ?? new Map<NormalizedName | undefined, readonly ClosureEdge[]>();
    this.#edges.set(from, byExtra);
    const known = byExtra.get(extra);
    if (known !== undefined) return known;
    const dependencies = extra === undefined ? from.dependencies : (from.extras.get(extra) ?? []);
    const edges = dependencies.map((dependency) => this.#edge(from, extra, dependency));
    byExtra.set(extra, edges);
    return edges;
  }

  #edge(from: LockedPackage | undefined, extra: NormalizedName | undefined, dependency: LockedDependency): ClosureEdge {
    return { from, extra, dependency, to: this.meantBy(dependency) };
  }

  /** What a lock without edges installs for a selection: each package whose own marker can hold. */
  installed(selection: Selection): Closure {
    return { packages: new Set(this.lock.packages.filter(({ marker }) => canHold(marker, selection))), edges: [] };
  }
}

function suits({ version }: LockedPackage, specifiers: LockedDependency['specifiers']): boolean {
  return version === undefined || specifiers.length === 0 || specifiers.some((set) => contains(set, version));
}

/** An edge that asks for an extra may be marked as being for that extra only. */
function withAsked(selection: Selection, { name, extras }: LockedDependency): Selection {
  if (selection.kind === 'everything' || extras.length === 0) return selection;
  return {
    ...selection,
    extras: new Set([...selection.extras, ...extras.map((extra) => extraInConflict(name, extra))]),
  };
}

/** All that a project's own work needs: its dependencies, every extra and every group. */
export function allDependencies(project: LockedPackage): readonly LockedDependency[] {
  return [...project.dependencies, ...[...project.extras.values()].flat(), ...[...project.groups.values()].flat()];
}
