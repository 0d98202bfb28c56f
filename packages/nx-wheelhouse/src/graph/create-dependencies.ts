/** The edges of the workspace model as edges of the Nx project graph. */
import type { CreateDependenciesContext, DependencyType, RawProjectGraphDependency } from '@nx/devkit';
import type { Package, Workspace } from '../workspace/workspace.js';

/** The value of Nx's enumeration, which comes with all of `@nx/devkit`: loading that takes longer than making the graph. */
const STATIC = 'static' as DependencyType.static;

/** The packages that one package depends on. */
export interface PackageEdges {
  /** its folder */
  readonly root: string;
  readonly manifestFile: string | undefined;
  /** by their folders, each once, with the first file that states it */
  readonly siblings: readonly (readonly [to: string, file: string])[];
}

/** What of the workspace model Nx asks for after the projects. */
export function packageEdges({ packages }: Workspace): PackageEdges[] {
  return [...packages.values()].filter(({ siblings }) => siblings.length > 0).map(edgesOf);
}

function edgesOf({ root, manifestFiles, siblings }: Package): PackageEdges {
  const first = new Map<string, string>();
  for (const { to, file } of siblings) if (!first.has(to)) first.set(to, file);
  return { root, manifestFile: manifestFiles[0], siblings: [...first] };
}

/**
 * One static edge per pair of packages, whatever the kinds; `nx release` ignores implicit ones.
 * @param context for the names Nx has given the projects
 */
export function projectEdges(
  edges: readonly PackageEdges[],
  context: CreateDependenciesContext,
): RawProjectGraphDependency[] {
  const nameOf = new Map(Object.entries(context.projects).map(([name, { root }]) => [root, name]));
  return edges.flatMap(({ root, manifestFile, siblings }) => {
    const source = nameOf.get(root);
    if (source === undefined) return [];
    const isOwn = (file: string) => context.fileMap.projectFileMap[source]?.some((each) => each.file === file);
    return siblings.flatMap(([to, file]) => {
      const target = nameOf.get(to);
      if (target === undefined) return [];
      // Nx takes only a file of the source project itself for the edge's origin. Most edges come from the manifest anyway.
      const sourceFile = file !== manifestFile && isOwn(file) ? file : manifestFile;
      return sourceFile === undefined ? [] : [{ source, target, type: STATIC, sourceFile }];
    });
  });
}
