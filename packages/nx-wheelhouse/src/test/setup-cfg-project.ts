/** A folder that stands for a package whose only manifest is setup.cfg: installers take none without a pyproject.toml or a setup.py. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Package } from '../workspace/workspace.js';

/** Whether installers refuse the package's own folder. */
export function hasOnlySetupCfg({ manifestFiles }: Package): boolean {
  return !manifestFiles.some((file) => ['pyproject.toml', 'setup.py'].includes(basename(file)));
}

const PYPROJECT = `[build-system]
requires = ["setuptools>=64"]
build-backend = "backend"
backend-path = ["."]
`;

/** The hooks of setuptools, called in the package's own folder. */
const backend = (project: string) => `import os

os.chdir(${JSON.stringify(project)})

from setuptools.build_meta import __legacy__

get_requires_for_build_editable = __legacy__.get_requires_for_build_editable
prepare_metadata_for_build_editable = __legacy__.prepare_metadata_for_build_editable
build_editable = __legacy__.build_editable
get_requires_for_build_wheel = __legacy__.get_requires_for_build_wheel
prepare_metadata_for_build_wheel = __legacy__.prepare_metadata_for_build_wheel
build_wheel = __legacy__.build_wheel
`;

/**
 * @param project the package's folder, absolute
 * @param folder where the stand-in goes, absolute
 * @returns `folder`, which installs as the package does, editable
 */
export function writeStandIn(project: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pyproject.toml'), PYPROJECT);
  writeFileSync(join(folder, 'backend.py'), backend(project));
  return folder;
}
