/** Gathers what a run publishes: the recorded dists of each package, never built again, never found by looking what lies in a folder. */
import { readVerifiedDists } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import { publishOrder } from '../workspace/publish-order.js';
import { pathIn, type Workspace } from '../workspace/workspace.js';
import type { PlannedPackage } from './plan.js';

export interface Collection {
  readonly packages: readonly PlannedPackage[];
  /** why a project cannot be published, by project */
  readonly problems: ReadonlyMap<string, string>;
}

/** @param distFolders where a project's dists are, relative to the workspace root, if not in its own `dist` */
export function collectPackages(
  workspace: Workspace,
  projects: readonly string[],
  distFolders: ReadonlyMap<string, string>,
): Collection {
  const packages: PlannedPackage[] = [];
  const problems = new Map<string, string>();
  const before = publishOrder(workspace.packages);
  for (const project of projects) {
    try {
      packages.push(collect(workspace, project, distFolders.get(project), before));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.set(project, error.message);
    }
  }
  return { packages, problems };
}

function collect(
  workspace: Workspace,
  project: string,
  distFolder: string | undefined,
  before: ReturnType<typeof publishOrder>,
): PlannedPackage {
  const pkg = packageOfProject(workspace, project);
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
