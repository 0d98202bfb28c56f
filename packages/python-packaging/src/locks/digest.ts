/** A digest of a closure: the same for the same content, however the lock is laid out. */
import { createHash } from 'node:crypto';
import { formatMarker, type Marker } from '../requirements/markers.js';
import type { Closure, ClosureEdge } from './closure.js';
import type { LockedPackage } from './lock.js';

/** Makes digests of closures of one lock; what it has once spelled out it keeps, since the closures of a workspace overlap. */
export class ClosureDigests {
  readonly #packages = new Map<LockedPackage, string>();
  readonly #edges = new WeakMap<ClosureEdge, string>();

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

  #edge(edge: ClosureEdge): string {
    const known = this.#edges.get(edge);
    if (known !== undefined) return known;
    const { from, extra, dependency, to } = edge;
    const digest = sha256(
      [
        from === undefined ? '' : this.#package(from),
        extra ?? '',
        dependency.name,
        [...dependency.extras].sort().join(','),
        canonicalMarker(dependency.marker),
        ...to.map((entry) => this.#package(entry)).sort(),
      ].join('\n'),
    );
    this.#edges.set(edge, digest);
    return digest;
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
