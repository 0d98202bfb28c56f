/** `nx g nx-wheelhouse:build-constraints`: pins the build requirements of all packages, where the workspace keeps its pins. */
import { basename } from 'node:path';
import { logger, type Tree } from '@nx/devkit';
import { setTomlValue } from '@nx-wheelhouse/python-packaging';
import {
  CONSTRAINTS_FILE,
  readBuildConstraints,
  UV_CONSTRAINTS,
  withoutSiblings,
} from '../../build/build-constraints.js';
import { resolveBuildRequirements } from '../../build/resolve-build-requirements.js';
import { listFiles } from '../../workspace/files.js';
import { MANIFEST_FILES } from '../../workspace/manifest-files.js';
import { readWorkspace } from '../../workspace/read.js';

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
    upgrade ? [] : current.requirements,
    tree.root,
  );
  for (const { name, versions } of undecided) {
    logger.warn(`${name} is not pinned: packages need different versions of it (${versions.join(', ')}).`);
  }
  if (current.file === 'pyproject.toml') {
    const text = tree.read(current.file, 'utf8') ?? '';
    tree.write(current.file, setTomlValue(text, [...UV_CONSTRAINTS], [...pins]));
  } else {
    tree.write(CONSTRAINTS_FILE, [HEADER, ...pins, ''].join('\n'));
  }
}
