/** Which siblings can change the result of one purpose of one package. */
import type { EdgeKind, Package, SiblingEdge } from './workspace.js';

/**
 * The siblings whose sources a package's tests run with: all it declares for itself or imports, whatever the kind but `build` and the
 * imports of its documentation, and from there what those need at run time, whether they declare it or only import it, or may require it.
 * Who imports a sibling undeclared asks for no extra of it, and runs its modules all the same: there what those import counts, too.
 * @returns folders, sorted, without the package's own
 */
export function testSiblings(pkg: Package, packages: ReadonlyMap<string, Package>): readonly string[] {
  return reach(
    pkg,
    pkg.siblings.filter(({ kind }) => kind !== 'build' && kind !== 'import:documents'),
    packages,
    ['runtime', 'import:runtime', 'possible'],
  );
}

/** The siblings that are installed with a package: its run-time requirements and theirs, with the extras they ask for. */
export function runtimeSiblings(pkg: Package, packages: ReadonlyMap<string, Package>): readonly string[] {
  return reach(
    pkg,
    pkg.siblings.filter(({ kind }) => kind === 'runtime'),
    packages,
  );
}

/** The siblings that must have been built before a package can be: its build requirements, and what those need at run time. */
export function buildSiblings(pkg: Package, packages: ReadonlyMap<string, Package>): readonly string[] {
  return reach(
    pkg,
    pkg.siblings.filter(({ kind }) => kind === 'build'),
    packages,
  );
}

/**
 * Breadth first over (package, extra); an extra that is asked for later is walked then.
 * @param kinds of the edges that are followed from each sibling, besides those of the extras that are asked for
 */
function reach(
  from: Package,
  first: readonly SiblingEdge[],
  packages: ReadonlyMap<string, Package>,
  kinds: readonly EdgeKind[] = ['runtime'],
): string[] {
  const reached = new Set<string>();
  const walked = new Set<string>();
  const queue = [...first];
  // The queue grows while it is gone through.
  for (const edge of queue) {
    const { to } = edge;
    const isReached = reached.has(to);
    if (isReached && !asks(edge)) continue;
    const siblings = packages.get(to)?.siblings;
    if (siblings === undefined) continue;
    reached.add(to);
    const asked = askedBy(edge).filter((kind) => !walked.has(`${to} ${kind}`));
    for (const kind of asked) walked.add(`${to} ${kind}`);
    // Most ask for no extra: they share one list.
    const wanted = isReached ? asked : asked.length > 0 ? [...kinds, ...asked] : kinds;
    for (const next of siblings) {
      const isNew = asks(next) || !reached.has(next.to);
      if (isNew && wanted.includes(next.kind)) queue.push(next);
    }
  }
  reached.delete(from.root);
  return [...reached].sort();
}

/** The kinds of a sibling's edges that count because of the edge that leads there. */
function askedBy(edge: SiblingEdge): readonly EdgeKind[] {
  const ofExtras = edge.extras.map((extra): EdgeKind => `extra:${extra}`);
  return isUndeclared(edge) ? [...ofExtras, 'import:extra'] : ofExtras;
}

function asks(edge: SiblingEdge): boolean {
  return edge.extras.length > 0 || isUndeclared(edge);
}

function isUndeclared({ kind }: SiblingEdge): boolean {
  return kind.startsWith('import:');
}
