/** Gathers what a run publishes: the recorded dists of each package, never built again, never found by looking what lies in a folder. */
import { readVerifiedDists } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';
import { describeCircle, runtimeCircle } from '../workspace/circles.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import { publishOrder } from '../workspace/publish-order.js';
import { type Package, pathIn, type Workspace } from '../workspace/workspace.js';
import type { PlannedPackage } from './plan.js';

export interface Collection {
  readonly packages: readonly PlannedPackage[];
  /** why a project cannot be published, by project: nothing of the run is sent then */
  readonly problems: ReadonlyMap<string, string>;
  /** the circle that a project is in, by project: it has no order, and nor has what needs it; the others have */
  readonly circles: ReadonlyMap<string, string>;
  /** the project of every package of the workspace, by its normalised name */
  readonly siblings: ReadonlyMap<string, string>;
}

/**
 * @param distFolders where a project's dists are, relative to the workspace root, if not in its own `dist`
 * @param unbuilt projects whose build has just failed: what an earlier one left behind is not what they are now
 */
export function collectPackages(
  workspace: Workspace,
  projects: readonly string[],
  distFolders: ReadonlyMap<string, string>,
  unbuilt: ReadonlySet<string> = new Set(),
): Collection {
  const packages: PlannedPackage[] = [];
  const problems = new Map<string, string>();
  const circles = new Map<string, string>();
  const before = publishOrder(workspace.packages);
  for (const project of projects) {
    if (unbuilt.has(project)) {
      problems.set(project, 'its build has failed');
      continue;
    }
    try {
      const pkg = packageOfProject(workspace, project);
      const circle = circleError(workspace, pkg);
      if (circle === undefined) packages.push(collect(workspace, pkg, distFolders.get(project), before));
      else circles.set(project, circle.message);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.set(project, error.message);
    }
  }
  const siblings = new Map<string, string>();
  for (const { name, project } of workspace.packages.values()) siblings.set(name, project);
  return { packages, problems, circles, siblings };
}

function collect(
  workspace: Workspace,
  pkg: Package,
  distFolder: string | undefined,
  before: ReturnType<typeof publishOrder>,
): PlannedPackage {
  const { project } = pkg;
  const folder = distFolder ?? pathIn(pkg.root, 'dist');
  const { record, dists } = readVerifiedDists(workspace.root, project, pkg.root, folder);
  const needed = before.get(pkg.root) ?? [];
  return {
    project,
    name: record.name,
    version: record.version,
    dists,
    after: needed.map((root) => workspace.packages.get(root)?.project).filter((name) => name !== undefined),
  };
}

function circleError({ packages }: Workspace, { root, project }: Package): UserError | undefined {
  const circle = runtimeCircle(root, packages);
  const first = circle?.[0];
  if (circle === undefined || first === undefined) return undefined;
  const { way, lines } = describeCircle(project, circle, packages);
  return new UserError(
    `These packages need one another at run time: ${way}. No order of publishing is right for them.`,
    { project, file: first.file, line: first.line },
    'break the circle: move what both need into a third package, or make one of the requirements an extra',
    lines,
  );
}
