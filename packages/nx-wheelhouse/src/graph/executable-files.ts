/** Which files of a package are executable: that stands in its dists, and Nx hashes contents only. */
import { createHash } from 'node:crypto';
import type { WorkspaceFiles } from '../workspace/files.js';
import type { Links } from '../workspace/links.js';
import { foreignFiles } from '../workspace/ownership.js';
import { type Package, pathIn } from '../workspace/workspace.js';

/**
 * @param links follows those of the workspace
 * @param packageFolders the folders of all packages
 * @param owned the package's own files, relative to its folder
 * @returns hexadecimal, of their paths; `undefined` where there are none
 */
export function executablesDigest(
  pkg: Package,
  files: WorkspaceFiles,
  links: Links,
  packageFolders: readonly string[],
  owned: readonly string[],
): string | undefined {
  const { executables } = files;
  if (executables.size === 0) return undefined;
  const foreign = foreignFiles(pkg, files, packageFolders);
  const places = [...foreign.named, ...foreign.folders, ...links.targetsOf(foreign.links).inside];
  const isForeign = (path: string) => places.some((place) => path === place || path.startsWith(`${place}/`));
  const own = owned.map((path) => pathIn(pkg.root, path)).filter((path) => executables.has(path));
  const all = [...own, ...(places.length === 0 ? [] : [...executables].filter(isForeign).sort())];
  if (all.length === 0) return undefined;
  return createHash('sha256').update(all.join('\0')).digest('hex');
}
