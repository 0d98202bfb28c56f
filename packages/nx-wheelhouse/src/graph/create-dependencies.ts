/** The edges of the workspace model as edges of the Nx project graph. */
import type { CreateDependenciesContext, DependencyType, RawProjectGraphDependency } from '@nx/devkit';
import type { Workspace } from '../workspace/workspace.js';

/** The value of Nx's enumeration, which comes with all of `@nx/devkit`: loading that takes longer than making the graph. */
const STATIC = 'static' as DependencyType.static;

/**
 * One static edge per pair of packages, whatever the kinds; `nx release` ignores implicit ones.
 * @param context for the names Nx has given the projects
 */
export function projectEdges(workspace: Workspace, context: CreateDependenciesContext): RawProjectGraphDependency[] {
  const nameOf = new Map(Object.entries(context.projects).map(([name, { root }]) => [root, name]));
  return [...workspace.packages.values()].flatMap((pkg) => {
    const source = nameOf.get(pkg.root);
    if (source === undefined) return [];
    const firstEdges = new Map(pkg.siblings.toReversed().map((edge) => [edge.to, edge]));
    if (firstEdges.size === 0) return [];
    const files = new Set(context.fileMap.projectFileMap[source]?.map((each) => each.file));
    return [...firstEdges.values()].toReversed().flatMap(({ to, file }) => {
      const target = nameOf.get(to);
      if (target === undefined) return [];
      // Nx takes only a file of the source project itself for the edge's origin.
      const sourceFile = files.has(file) ? file : pkg.manifestFiles[0];
      return sourceFile === undefined ? [] : [{ source, target, type: STATIC, sourceFile }];
    });
  });
}
