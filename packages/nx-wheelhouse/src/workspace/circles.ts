/** Circles where an order is needed: of what packages need at run time, for publishing, and of what they need to be built. */
import { buildSiblings, runtimeSiblings } from './closures.js';
import type { Package, SiblingEdge } from './workspace.js';

type Packages = ReadonlyMap<string, Package>;

/**
 * The shortest way from a package back to itself by what is needed at run time: inside such a circle no order of publishing is right.
 * @returns the edges of the circle in their order, `undefined` where there is none
 */
export function runtimeCircle(folder: string, packages: Packages): readonly SiblingEdge[] | undefined {
  return shortestCircle(folder, packages, ['runtime'], ['runtime']);
}

/**
 * The same by what must have been built before: the build requirements of a package, what those need at run time, and what is needed to
 * build all these.
 */
export function buildCircle(folder: string, packages: Packages): readonly SiblingEdge[] | undefined {
  return shortestCircle(folder, packages, ['build'], ['build', 'runtime']);
}

/** The siblings that are built before a package, without those that need it for that themselves: of these none can be first. */
export function builtFirst(pkg: Package, packages: Packages): readonly string[] {
  return buildSiblings(pkg, packages).filter((sibling) => !neededFor(sibling, packages).has(pkg.root));
}

/** Everything that must have been built before a package has been built and can be installed. */
function neededFor(folder: string, packages: Packages): ReadonlySet<string> {
  const needed = new Set<string>([folder]);
  // The set grows while it is gone through.
  for (const root of needed) {
    const pkg = packages.get(root);
    if (pkg === undefined) continue;
    for (const each of [...buildSiblings(pkg, packages), ...runtimeSiblings(pkg, packages)]) needed.add(each);
  }
  return needed;
}

/** @param first the kinds of edges that count at the package itself, besides those that count on the way (`then`) */
function shortestCircle(
  folder: string,
  packages: Packages,
  first: readonly string[],
  then: readonly string[],
): readonly SiblingEdge[] | undefined {
  const edgesFrom = (root: string, kinds: readonly string[]) =>
    packages.get(root)?.siblings.filter(({ kind }) => kinds.includes(kind)) ?? [];
  const ways: SiblingEdge[][] = edgesFrom(folder, first).map((edge) => [edge]);
  const walked = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) as SiblingEdge;
    if (last.to === folder) return way;
    const step = [last.to, ...last.extras].join('\0');
    if (walked.has(step)) continue;
    walked.add(step);
    const kinds = [...then, ...last.extras.map((extra) => `extra:${extra}`)];
    for (const next of edgesFrom(last.to, kinds)) ways.push([...way, next]);
  }
  return undefined;
}

/** A circle for people: its packages in one line, and each of its edges with its place. */
export function describeCircle(
  project: string,
  circle: readonly SiblingEdge[],
  packages: Packages,
): { readonly way: string; readonly lines: string } {
  const names = [project, ...circle.map(({ to }) => packages.get(to)?.project ?? to)];
  const lines = circle.map(
    ({ file, line }, index) => `  ${file}:${line ?? '?'}: ${names[index]} needs ${names[index + 1]}`,
  );
  return { way: names.join(' -> '), lines: lines.join('\n') };
}
