/** `nx g python-package <directory>`: makes a package that builds, tests and publishes as it is, and lets it join the workspace. */
import { type GeneratorCallback, logger, type Tree } from '@nx/devkit';
import { normalizeName } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import { runUv } from '../../toolchain/uv.js';
import { pathIn } from '../../workspace/workspace.js';
import init from '../init/generator.js';
import { startRepository } from './git.js';
import { licenseText } from './license.js';
import { type NewPackage, newPackage, type PythonPackageSchema } from './options.js';
import { pyprojectToml } from './pyproject.js';
import { setupPy } from './setup-py.js';
import { type Files, sourceFiles } from './sources.js';
import { existingPackages, joinWorkspace, siblingSources, withSiblingVersions } from './workspace-membership.js';

export default async function pythonPackage(tree: Tree, schema: PythonPackageSchema): Promise<GeneratorCallback> {
  const siblings = existingPackages(tree);
  const pkg = withSiblingVersions(newPackage(schema), siblings);
  refuseWhatExists(tree, pkg, siblings);

  const sources = siblingSources(pkg, siblings, pkg.root);
  const manifest: Files =
    pkg.manifest === 'pyproject' ? { 'pyproject.toml': pyprojectToml(pkg, sources) } : { 'setup.py': setupPy(pkg) };
  const license = licenseText(pkg, new Date().getFullYear());
  const files: Files = { ...manifest, ...sourceFiles(pkg), ...(license === undefined ? {} : { LICENSE: license }) };

  init(tree);
  for (const [path, text] of Object.entries(files)) tree.write(pathIn(pkg.root, path), text);
  const notJoined = pkg.root === '.' ? undefined : joinWorkspace(tree, pkg, siblings);

  // Called when the files are written, and not at all in a dry run.
  return async () => {
    if (notJoined) logger.warn(`${pkg.name}: ${notJoined}.`);
    else if (!schema.skipLock) await updateLock(tree.root);
    if (schema.git) await startRepository(tree.root);
  };
}

function refuseWhatExists(tree: Tree, pkg: NewPackage, siblings: ReturnType<typeof existingPackages>): void {
  const occupied =
    pkg.root === '.'
      ? ['pyproject.toml', 'setup.py', 'setup.cfg'].find((file) => tree.exists(file))
      : tree.children(pkg.root)[0];
  if (occupied !== undefined) {
    throw new UserError(
      `The folder ${pkg.root} is not empty: there is ${occupied}. Nothing has been changed.`,
      { file: pkg.root },
      'name a folder that does not exist, or remove this one first',
    );
  }
  const twin = siblings.get(normalizeName(pkg.name));
  if (twin) {
    throw new UserError(
      `There is a package of the name ${pkg.name} already. Nothing has been changed.`,
      { project: twin.project, file: twin.manifestFiles[0] },
      'give another --name',
    );
  }
}

/** Without a network the files are still right: the lock can be made later. */
async function updateLock(root: string): Promise<void> {
  try {
    const { status, stderr } = await runUv(['lock', '--quiet'], { cwd: root });
    if (status === 0) return;
    logger.warn(
      `uv.lock could not be updated; run \`uv lock\` in ${root} when what it says is mended:\n${stderr.trim()}`,
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    logger.warn(`uv.lock could not be updated: ${error.message}`);
  }
}
