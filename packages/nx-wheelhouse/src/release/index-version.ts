/** The newest version that an index has of a package: where `currentVersionResolver: "registry"` looks. */
import {
  compareVersions,
  formatVersion,
  InvalidDistFilename,
  isPrerelease,
  type ListedFile,
  parseSdistFilename,
  parseVersion,
  parseWheelFilename,
  type Version,
} from '@nx-wheelhouse/python-packaging';
import { listProject } from '../publish/listing.js';
import { openIndex } from '../publish/open-index.js';
import { LOCAL } from '../publish/repositories.js';
import { pythonWithTools } from '../toolchain/python-with-tools.js';

/** `release.version.currentVersionResolverMetadata` */
export interface IndexOptions {
  /** as for `publish`: local (the default), testpypi, pypi, a section of .pypirc, a URL to upload to */
  readonly repository?: string;
  /** Nx's word for the repository */
  readonly registry?: string;
  readonly listingUrl?: string;
}

/**
 * @param name of the distribution
 * @returns the version in its normalised spelling, `undefined` where the index has none
 * @throws {UserError} for an index that cannot be asked
 */
export async function newestOnIndex(
  workspaceRoot: string,
  name: string,
  options: IndexOptions,
): Promise<{ readonly version: string | undefined; readonly repository: string }> {
  const repository = options.repository ?? options.registry ?? LOCAL;
  const choice = { repository, listingUrl: options.listingUrl, dryRun: true };
  const index = await openIndex(workspaceRoot, choice, () => pythonWithTools(workspaceRoot));
  try {
    return { version: newestOf(await listProject(index.access, name)), repository };
  } finally {
    await index.close();
  }
}

/** Yanked files do not count; pre-releases only where there is nothing else, as for installers. */
export function newestOf(files: readonly ListedFile[]): string | undefined {
  const versions = files
    .filter(({ isYanked }) => !isYanked)
    .map(({ filename }) => versionOf(filename))
    .filter((version) => version !== undefined)
    .sort(compareVersions);
  const newest = versions.findLast((version) => !isPrerelease(version)) ?? versions.at(-1);
  return newest && formatVersion(newest);
}

function versionOf(filename: string): Version | undefined {
  try {
    const { version } = filename.endsWith('.whl') ? parseWheelFilename(filename) : parseSdistFilename(filename);
    return parseVersion(version);
  } catch (error) {
    if (error instanceof InvalidDistFilename) return undefined; // signatures, and files of other times
    throw error;
  }
}
