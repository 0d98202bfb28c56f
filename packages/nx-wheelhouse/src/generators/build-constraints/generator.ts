/** `nx g nx-wheelhouse:build-constraints`: pins the build requirements of all packages, where the workspace keeps its pins. */
import { basename } from 'node:path';
import { logger, type Tree } from '@nx/devkit';
import { CONSTRAINTS_FILE, readBuildConstraints, withoutSiblings } from '../../build/build-constraints.js';
import { resolveBuildRequirements } from '../../build/resolve-build-requirements.js';
import { listFiles } from '../../workspace/files.js';
import { MANIFEST_FILES } from '../../workspace/manifest-files.js';
import { readWorkspace } from '../../workspace/read.js';
import { isPin, restateInFile, restateInUvList } from './restate-pins.js';

const HEADER =
  '# Versions of build requirements, for all packages. Update: nx g nx-wheelhouse:build-constraints --upgrade';

export default async function buildConstraints(tree: Tree, { upgrade = false }: { upgrade?: boolean }): Promise<void> {
  const manifests = listFiles(tree.root).paths.filter((path) =>
    (MANIFEST_FILES as readonly string[]).includes(basename(path)),
  );
  const workspace = readWorkspace(tree.root, manifests);
  const current = readBuildConstraints(tree.root);
  const { pins, undecided } = await resolveBuildRequirements(
    withoutSiblings(workspace),
    upgrade ? [] : current.requirements.filter(isPin),
    current.requirements.filter((requirement) => !isPin(requirement)),
    tree.root,
  );
  for (const { name, versions } of undecided) {
    logger.warn(`${name} is not pinned: packages need different versions of it (${versions.join(', ')}).`);
  }
  const file = current.file ?? CONSTRAINTS_FILE;
  const text = tree.read(file, 'utf8') ?? '';
  tree.write(file, file === CONSTRAINTS_FILE ? restateInFile(text, HEADER, pins) : restateInUvList(text, pins));
}
