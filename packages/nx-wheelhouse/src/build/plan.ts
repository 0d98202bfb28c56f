/** What will be built and how: a value, made from the workspace and the options, before anything runs. */
import { join } from 'node:path';
import { formatRequirement } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import type { InterpreterWishes } from '../toolchain/interpreter.js';
import { buildSiblings } from '../workspace/closures.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import { type Package, statedValue, type Workspace } from '../workspace/workspace.js';

export type DistFormat = 'sdist' | 'wheel' | 'both';

export interface BuildOptions {
  /** which dists to keep; default `both` */
  readonly format?: DistFormat;
  /** the interpreter, as `uv --python` takes it; default: the workspace's */
  readonly python?: string;
}

export interface BuildPlan {
  readonly pkg: Package;
  readonly format: DistFormat;
  readonly python: InterpreterWishes;
  readonly backend: string;
  readonly backendPath: readonly string[];
  /** `build-system.requires`, dependency specifiers */
  readonly requires: readonly string[];
  /** packages of the workspace among the build requirements: their wheels must exist */
  readonly siblings: readonly Package[];
  /** relative to the workspace root */
  readonly distFolder: string;
}

/**
 * @param project the name of a Nx project
 * @throws {UserError} when it is no package, or its build requirements are circular
 */
export function planBuild(workspace: Workspace, project: string, options: BuildOptions): BuildPlan {
  const pkg = packageOfProject(workspace, project);
  const { buildSystem } = pkg.manifest;
  const siblings = buildSiblings(pkg, workspace.packages).map((root) => workspace.packages.get(root) as Package);
  const circular = siblings.find((sibling) => buildSiblings(sibling, workspace.packages).includes(pkg.root));
  if (circular) {
    throw new UserError(
      `This package and ${circular.name} need each other to be built.`,
      { project, file: pkg.manifestFiles[0], line: buildSystem.requires[0]?.at.line },
      'take one of the two out of the other’s build-system.requires',
    );
  }
  return {
    pkg,
    format: options.format ?? 'both',
    python: {
      request: options.python,
      folder: join(workspace.root, pkg.root),
      requiresPython: statedValue(pkg.manifest.requiresPython),
    },
    backend: buildSystem.backend,
    backendPath: buildSystem.backendPath,
    requires: buildSystem.requires.map(({ requirement }) => formatRequirement(requirement)),
    siblings,
    distFolder: pkg.root === '.' ? 'dist' : `${pkg.root}/dist`,
  };
}
