/** What will be built and how: a value, made from the workspace and the options, before anything runs. */
import { join } from 'node:path';
import { formatRequirement, type Requirement } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import type { InterpreterWishes } from '../toolchain/interpreter.js';
import { buildCircle, describeCircle } from '../workspace/circles.js';
import { buildSiblings } from '../workspace/closures.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import { checkSettings, mayBeCompiled } from '../workspace/package-settings.js';
import { type Package, pathIn, statedValue, type Workspace } from '../workspace/workspace.js';
import { type BuildConstraints, formatConstraints } from './build-constraints.js';
import type { Step, StepsRequest } from './build-host.js';
import { type Pins, planPins } from './sibling-pins.js';
import { buildSteps } from './steps.js';

export type DistFormat = 'sdist' | 'wheel' | 'both';

export interface BuildOptions {
  /** which dists to keep; default `both` */
  readonly format?: DistFormat;
  /** the interpreter, as `uv --python` takes it; default: the workspace's */
  readonly python?: string;
  /** how requirements on siblings are written into the dists, see SiblingPins; default `as-declared` */
  readonly siblingPins?: string;
  /** build the wheel from the sources instead of the unpacked sdist */
  readonly direct?: boolean;
  /** what the backend's hooks are called with (PEP 517, "Config settings") */
  readonly configSettings?: Readonly<Record<string, string | readonly string[]>>;
  /** make wheels for one Linux ones for many, with `auditwheel repair`; likewise on macOS and Windows */
  readonly repair?: boolean;
  /** seconds after which a step of the build is given up; default: never */
  readonly timeout?: number;
  /** megabytes that each process of the build may have for data; default: what there is */
  readonly memoryLimit?: number;
}

export interface BuildPlan {
  readonly pkg: Package;
  readonly format: DistFormat;
  readonly python: InterpreterWishes;
  /** the wheel is built from the sources, not from the sdist */
  readonly direct: boolean;
  readonly configSettings: StepsRequest['configSettings'];
  /** see BuildOptions */
  readonly repair: boolean;
  /** whether a wheel for one platform only is what the task's hash has been made for */
  readonly mayBeCompiled: boolean;
  readonly timeout: StepsRequest['timeout'];
  readonly memoryLimit: StepsRequest['memoryLimit'];
  readonly steps: readonly Step[];
  readonly backend: string;
  readonly backendPath: readonly string[];
  /** `build-system.requires`, parsed and as dependency specifiers */
  readonly buildRequirements: readonly Requirement[];
  readonly requires: readonly string[];
  /** pins of build requirements, lines of a constraints file; none for what is built in this workspace */
  readonly constraints: readonly string[];
  readonly pins: Pins;
  /** packages of the workspace among the build requirements: their wheels must exist */
  readonly siblings: readonly Package[];
  /** relative to the workspace root */
  readonly distFolder: string;
}

/**
 * @param project the name of a Nx project
 * @param constraints those of the workspace
 * @throws {UserError} when it is no package, or its build requirements are circular
 */
export function planBuild(
  workspace: Workspace,
  project: string,
  options: BuildOptions,
  constraints: BuildConstraints,
): BuildPlan {
  const pkg = packageOfProject(workspace, project);
  checkSettings(pkg);
  const { buildSystem } = pkg.manifest;
  const siblings = buildSiblings(pkg, workspace.packages).map((root) => workspace.packages.get(root) as Package);
  const circle = buildCircle(pkg.root, workspace.packages);
  if (circle) {
    const { way, lines } = describeCircle(project, circle, workspace.packages);
    throw new UserError(
      `These packages need one another to be built: ${way}. None of them can be first.`,
      { project, file: circle[0]?.file, line: circle[0]?.line },
      'take one of them out of another’s build-system.requires',
      lines,
    );
  }
  const format = options.format ?? 'both';
  const direct = options.direct ?? false;
  const requires = buildSystem.requires.map(({ requirement }) => requirement);
  return {
    pkg,
    format,
    direct,
    steps: buildSteps(format, direct),
    configSettings: options.configSettings ?? null,
    repair: options.repair ?? false,
    mayBeCompiled: mayBeCompiled(pkg),
    timeout: options.timeout === undefined ? null : options.timeout * 1000,
    memoryLimit: options.memoryLimit === undefined ? null : options.memoryLimit * 1_000_000,
    python: {
      request: options.python,
      folder: join(workspace.root, pkg.root),
      requiresPython: statedValue(pkg.manifest.requiresPython),
    },
    backend: buildSystem.backend,
    backendPath: buildSystem.backendPath,
    buildRequirements: requires,
    requires: requires.map(formatRequirement),
    constraints: formatConstraints(constraints, new Set(siblings.map(({ name }) => name))),
    pins: planPins(pkg, workspace, options.siblingPins),
    siblings,
    distFolder: pathIn(pkg.root, 'dist'),
  };
}
