/** `nx g python-package <directory>`: makes a package that builds, tests and publishes as it is, and lets it join the workspace. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type GeneratorCallback, logger, type Tree } from '@nx/devkit';
import { normalizeName } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import { runUv } from '../../toolchain/uv.js';
import { pathIn } from '../../workspace/workspace.js';
import init from '../init/generator.js';
import { asTyped, currentFolder, type PythonPackageSchema } from './command-line.js';
import { startRepository } from './git.js';
import { licenseText } from './license.js';
import { type NewPackage, newPackage } from './options.js';
import { pyprojectToml } from './pyproject.js';
import { setupPy } from './setup-py.js';
import { existingPackages, requiredSiblings, type Siblings, withSiblingVersions } from './siblings.js';
import { type Files, sourceFiles } from './sources.js';
import { findUvRoot } from './uv-root.js';
import { joinWorkspace, sourcesOf } from './workspace-membership.js';

export default async function pythonPackage(tree: Tree, schema: PythonPackageSchema): Promise<GeneratorCallback> {
  const place = { workspaceRoot: tree.root, currentFolder: currentFolder(tree.root) };
  const options = asTyped(schema, process.argv);
  const existing = existingPackages(tree);
  const pkg = withSiblingVersions(newPackage(options, place), existing);
  refuseWhatExists(tree, pkg, existing);

  const siblings = requiredSiblings(pkg, existing);
  const root = findUvRoot(tree, pkg);
  const license = licenseText(pkg, new Date().getFullYear());
  const files: Files = {
    ...(pkg.manifest === 'pyproject'
      ? { 'pyproject.toml': pyprojectToml(pkg, sourcesOf(siblings, root, pkg.root)) }
      : { 'setup.py': setupPy(pkg) }),
    ...sourceFiles(pkg),
    ...(license === undefined ? {} : { LICENSE: license }),
  };

  init(tree);
  for (const [path, text] of Object.entries(files)) tree.write(pathIn(pkg.root, path), text);
  if (root.kind === 'uv' && pkg.root !== '.') joinWorkspace(tree, pkg, siblings, root);

  // Called when the files are written, and not at all in a dry run.
  return async () => {
    if (root.kind === 'foreign') logger.warn(`${pkg.name} has not been entered into a uv workspace: ${root.reason}.`);
    else if (!options.skipLock && tree.exists(root.file)) {
      await updateLock(join(tree.root, root.folder));
      removeEggInfo(join(tree.root, pkg.root, pkg.layout === 'src' ? 'src' : ''));
    }
    if (options.git) await startRepository(tree.root);
  };
}

function refuseWhatExists(tree: Tree, pkg: NewPackage, existing: Siblings): void {
  const isRoot = pkg.root === '.';
  const occupied = isRoot
    ? ['pyproject.toml', 'setup.py', 'setup.cfg'].find((file) => tree.exists(file))
    : tree.children(pkg.root)[0];
  if (occupied !== undefined) {
    throw new UserError(
      `${isRoot ? 'The workspace root' : `The folder ${pkg.root}`} is taken: there is ${occupied}. Nothing has been changed.`,
      { file: pkg.root },
      isRoot ? 'name a folder below it' : 'name a folder that does not exist, or remove this one first',
    );
  }
  const twin = existing.get(normalizeName(pkg.name));
  if (twin) {
    throw new UserError(
      `There is a package of the name ${pkg.name} already. Nothing has been changed.`,
      { project: twin.project, file: twin.manifestFiles[0] },
      'give another --name',
    );
  }
}

/** Without a network the files are still right: the lock can be made later. */
async function updateLock(folder: string): Promise<void> {
  try {
    const { status, stderr } = await runUv(['lock', '--quiet'], { cwd: folder });
    if (status === 0) return;
    logger.warn(
      `uv.lock could not be updated; run \`uv lock\` in ${folder} when what it says is mended:\n${stderr.trim()}`,
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    logger.warn(`uv.lock could not be updated: ${error.message}`);
  }
}

/** For the metadata of a setup.py uv runs setuptools in the folder itself, which leaves its notes there. */
function removeEggInfo(folder: string): void {
  const notes = readdirSync(folder).filter((name) => name.endsWith('.egg-info'));
  for (const name of notes) rmSync(join(folder, name), { recursive: true });
}
