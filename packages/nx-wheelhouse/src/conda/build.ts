/** Builds the conda packages of a package: from its wheel, which takes milliseconds, or by its own recipe. */
import { UserError } from '../errors/user-error.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import type { Workspace } from '../workspace/workspace.js';
import { buildFromRecipe } from './build-from-recipe.js';
import { buildFromWheel } from './build-from-wheel.js';
import { bzip2In } from './bzip2.js';
import type { CondaBuild } from './write-packages.js';

/** `.tar.bz2` is what clients from before 2019 read. */
export type ArchiveForm = 'conda' | 'tar.bz2' | 'both';

export interface CondaBuildOptions {
  /** default `wheel` */
  readonly from?: 'wheel' | 'recipe';
  /** default `conda` */
  readonly archive?: ArchiveForm;
  /** in place of that of the recipe or the settings; a recipe's own build takes none */
  readonly buildNumber?: number | undefined;
  /** where a recipe's own build takes packages from; default: the workspace's channel, conda-forge */
  readonly channels?: readonly string[];
  /** whether a recipe's own build runs the recipe's tests; default true */
  readonly test?: boolean;
}

/** @throws {UserError} when the wheel is not there as it was built, something has no conda form, or the recipe fails */
export async function buildConda(
  workspace: Workspace,
  project: string,
  { from = 'wheel', archive = 'conda', buildNumber, channels, test = true }: CondaBuildOptions,
): Promise<CondaBuild> {
  const pkg = packageOfProject(workspace, project);
  if (from === 'wheel') return buildFromWheel(workspace, pkg, archive, buildNumber, bzip2In(workspace.root));
  if (buildNumber === undefined) return buildFromRecipe(workspace, pkg, archive, { channels, test });
  throw new UserError(
    'The build number of a recipe stands in the recipe.',
    { project },
    'leave --buildNumber out, and set build.number there',
  );
}
