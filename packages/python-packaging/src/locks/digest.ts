/** A digest of a closure: the same for the same content, however the lock is laid out. */
import { createHash } from 'node:crypto';
import { formatMarker, type Marker } from '../requirements/markers.js';
import type { Closure, ClosureEdge } from './closure.js';
import type { LockedDependency, LockedPackage } from './lock.js';

/** Makes digests of closures of one lock; what it has once spelled out it keeps, since the closures of a workspace overlap. */
export class ClosureDigests {
  readonly #packages = new Map<LockedPackage, string>();
  readonly #dependencies = new Map<LockedDependency, string>();

  /**
   * A digest that tells two closures apart by name, version, source, hash, edge and marker, and survives a lock's being reformatted
   * or sorted anew. Projects of the repository count by name and edges only: their files are hashed as files.
   * @returns lower-case hexadecimal sha256
   */
  of(closures: Iterable<Closure>): string {
    const parts = new Set<string>();
    for (const { packages, edges } of closures) {
      for (const entry of packages) parts.add(this.#package(entry));
      for (const edge of edges) parts.add(this.#edge(edge));
    }
    return sha256([...parts].sort().join('\n'));
  }

  #package(entry: LockedPackage): string {
    const known = this.#packages.get(entry);
    if (known !== undefined) return known;
    const digest = sha256(
      entry.localFolder === undefined
        ? [identity(entry), canonicalMarker(entry.marker), ...entry.hashes].join('\n')
        : entry.name,
    );
    this.#packages.set(entry, digest);
    return digest;
  }

  #edge({ from, extra, dependency, to }: ClosureEdge): string {
    let target = this.#dependencies.get(dependency);
    if (target === undefined) {
      const extras = [...dependency.extras].sort().join(',');
      const packages = to.map((entry) => this.#package(entry)).sort();
      target = sha256([dependency.name, extras, canonicalMarker(dependency.marker), ...packages].join('\n'));
      this.#dependencies.set(dependency, target);
    }
    return `${from === undefined ? '' : this.#package(from)} ${extra ?? ''} ${target}`;
  }
}

function identity({ name, version, source }: LockedPackage): string {
  return `${name} ${version ?? ''} ${source}`;
}

/** A marker in one spelling: `and` and `or` mean the same in any order. */
function canonicalMarker(marker: Marker | undefined): string {
  return marker === undefined ? '' : formatMarker(sorted(marker));
}

function sorted(marker: Marker): Marker {
  if (marker.kind === 'comparison') return marker;
  const operands = marker.operands.map(sorted).map((operand) => [formatMarker(operand), operand] as const);
  return { kind: marker.kind, operands: operands.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, operand]) => operand) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
