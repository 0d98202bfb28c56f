/** Circles of packages that need one another at run time: inside one, no order of publishing is right. */
import type { Package, SiblingEdge } from './workspace.js';

/**
 * The circles of a workspace (strongly connected components of more than one package, by run-time edges).
 * @returns for each package in a circle the folders of all packages in that circle; packages outside have no entry
 * @see R. Tarjan, "Depth-first search and linear graph algorithms"
 */
export function runtimeCycles(packages: ReadonlyMap<string, Package>): ReadonlyMap<string, ReadonlySet<string>> {
  const order = new Map<string, { index: number; low: number }>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles = new Map<string, ReadonlySet<string>>();

  const visit = (pkg: Package): { index: number; low: number } => {
    const mark = { index: order.size, low: order.size };
    order.set(pkg.root, mark);
    stack.push(pkg.root);
    onStack.add(pkg.root);
    for (const { to } of runtimeEdges(pkg)) {
      const next = packages.get(to);
      if (next === undefined) continue;
      const seen = order.get(to);
      if (seen === undefined) mark.low = Math.min(mark.low, visit(next).low);
      else if (onStack.has(to)) mark.low = Math.min(mark.low, seen.index);
    }
    if (mark.low === mark.index) {
      const circle = new Set(stack.splice(stack.indexOf(pkg.root)));
      for (const root of circle) {
        onStack.delete(root);
        if (circle.size > 1) circles.set(root, circle);
      }
    }
    return mark;
  };
  for (const pkg of packages.values()) if (!order.has(pkg.root)) visit(pkg);
  return circles;
}

function runtimeEdges(pkg: Package | undefined): SiblingEdge[] {
  return pkg?.siblings.filter(({ kind }) => kind === 'runtime') ?? [];
}
