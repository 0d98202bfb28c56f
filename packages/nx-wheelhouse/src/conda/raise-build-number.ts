/** The next build number for a package whose name the channel has with other bytes: made on request only, from the same wheel. */
import { packageOfProject } from '../workspace/package-of-project.js';
import type { Workspace } from '../workspace/workspace.js';
import { type ArchiveForm, buildConda } from './build.js';
import type { CondaChannel } from './channels/channel.js';
import { type BuiltCondaPackage, type CondaRecord, readVerifiedCondaPackages } from './conda-record.js';

/**
 * Builds again until the channel has nothing, or these very bytes, under the name.
 * @returns what was done, for a person; `undefined` when nothing had to be, or the number stands in a recipe
 * @throws {UserError} when the package is not there as it was built, or the channel cannot be read
 */
export async function raiseBuildNumber(
  workspace: Workspace,
  project: string,
  channel: CondaChannel,
): Promise<string | undefined> {
  const { root } = packageOfProject(workspace, project);
  const first = readVerifiedCondaPackages(workspace.root, project, root);
  if (!isRaisable(first.record)) return undefined;
  let { record, packages } = first;
  while (await isTaken(packages, channel)) {
    await buildConda(workspace, project, { archive: archiveOf(record), buildNumber: record.buildNumber + 1 });
    ({ record, packages } = readVerifiedCondaPackages(workspace.root, project, root));
  }
  if (record.buildNumber === first.record.buildNumber) return undefined;
  return `${record.name} ${record.version}: build number raised to ${record.buildNumber}, the channel has other bytes under ${first.record.buildNumber}`;
}

/** What its own recipe made has the number that stands there. */
export function isRaisable({ wheelSha256 }: CondaRecord): boolean {
  return wheelSha256 !== undefined;
}

async function isTaken(packages: readonly BuiltCondaPackage[], channel: CondaChannel): Promise<boolean> {
  const presences = await channel.look(packages);
  return packages.some((pkg) => (presences.get(pkg)?.sha256 ?? pkg.sha256) !== pkg.sha256);
}

function archiveOf({ files }: CondaRecord): ArchiveForm {
  const isConda = files.map(({ filename }) => filename.endsWith('.conda'));
  if (isConda.every(Boolean)) return 'conda';
  return isConda.some(Boolean) ? 'both' : 'tar.bz2';
}
