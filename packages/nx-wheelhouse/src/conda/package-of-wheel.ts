/** The conda packages that a wheel makes: values, before anything is written. */
import {
  type CondaPackage,
  type CondaTarget,
  condaDependencies,
  condaForgeName,
  condaPackage,
  condaTargets,
  type DependencyProblem,
  type NormalizedName,
  NotForConda,
  normalizeVersion,
  parseWheelFilename,
  UnsafeArchive,
  type WholeWheel,
} from '@nx-wheelhouse/python-packaging';
import { type ErrorPlace, UserError } from '../errors/user-error.js';
import type { Package, Workspace } from '../workspace/workspace.js';
import { type RecipeBeside, recipeBeside, recipeNameBeside } from './recipe/beside.js';
import { mergeRun } from './recipe/read.js';
import { type CondaSettings, condaSettings } from './settings.js';

/** How a package's names and requirements become conda's. */
export interface CondaRules {
  readonly pkg: Package;
  readonly settings: CondaSettings;
  /** conda's name of a distribution, of the workspace or not */
  readonly nameOf: (name: NormalizedName) => string;
}

/** What decides on the packages beside the wheel. */
export interface CondaPlan extends CondaRules {
  /** the conda package's name */
  readonly name: string;
  readonly buildNumber: number;
  /** what the recipe beside the manifest decides; `undefined` without one */
  readonly recipe: RecipeBeside | undefined;
  /** seconds since 1970; `undefined`: the newest time in the wheel */
  readonly modified: number | undefined;
}

/** @throws {UserError} for settings that are none */
export function condaRules(workspace: Workspace, pkg: Package): CondaRules {
  const settings = condaSettings(workspace.root, pkg);
  return { pkg, settings, nameOf: condaNames(workspace, settings) };
}

/**
 * @param buildNumber goes before those of the recipe and of the settings
 * @throws {UserError} for settings or a recipe that are none
 */
export function planConda(workspace: Workspace, pkg: Package, buildNumber: number | undefined): CondaPlan {
  const rules = condaRules(workspace, pkg);
  const recipe = recipeBeside(workspace.root, pkg);
  const epoch = Number(process.env.SOURCE_DATE_EPOCH || Number.NaN);
  return {
    ...rules,
    recipe,
    name: rules.settings.name ?? recipe?.decisions.name ?? pkg.name,
    buildNumber: buildNumber ?? recipe?.decisions.buildNumber ?? rules.settings.buildNumber,
    modified: Number.isSafeInteger(epoch) ? epoch : undefined,
  };
}

/** The package's own words first, then what siblings call themselves, then conda-forge's names. */
function condaNames(workspace: Workspace, { names }: CondaSettings): CondaPlan['nameOf'] {
  const siblings = new Map([...workspace.packages.values()].map((pkg) => [pkg.name, pkg]));
  return (name) => {
    const sibling = siblings.get(name);
    return names.get(name) ?? (sibling ? nameOfSibling(workspace, sibling) : condaForgeName(name));
  };
}

function nameOfSibling({ root }: Workspace, pkg: Package): string {
  return condaSettings(root, pkg).name ?? recipeNameBeside(root, pkg) ?? pkg.name;
}

/**
 * @throws {UserError} when something in the wheel or its requirements has no conda form, naming all of it
 */
export function condaPackagesOf(wheel: WholeWheel, filename: string, plan: CondaPlan): readonly CondaPackage[] {
  const { name, buildNumber, modified, recipe } = plan;
  refuseOtherVersion(plan, wheel.metadata.version);
  return explained(filename, plan, () =>
    targetsOf(filename, plan.settings).map((target) => {
      const depends = mergeRun(dependsOf(wheel, target, plan), recipe?.decisions.run ?? []);
      return condaPackage(wheel, target, { name, buildNumber, depends, modified });
    }),
  );
}

/** The first target of a wheel, for what describes it as a whole. @throws {UserError} as `condaPackagesOf` does */
export function leadingTarget(filename: string, rules: CondaRules): CondaTarget {
  return explained(filename, rules, () => condaTargets(parseWheelFilename(filename))[0] as CondaTarget);
}

/** @throws {UserError} when some requirements have no conda form, naming all of them */
export function dependsOf(
  wheel: WholeWheel,
  target: CondaTarget,
  { pkg, settings, nameOf }: CondaRules,
): readonly string[] {
  const rules = { nameOf, replacements: settings.dependencies };
  const { depends, problems } = condaDependencies(wheel.metadata, target, rules);
  if (problems.length > 0) throw dependencyError(problems, { project: pkg.project, file: pkg.manifestFiles[0] });
  return depends;
}

/** What is wrong with a wheel becomes what its maker can do about it. */
function explained<Result>(filename: string, { pkg }: CondaRules, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof NotForConda || error instanceof UnsafeArchive)) throw error;
    throw new UserError(
      `${filename} makes no conda package: ${error.message}.`,
      { project: pkg.project, file: pkg.manifestFiles[0] },
      'change what the wheel holds, or write a recipe and build with --from=recipe',
    );
  }
}

/** A recipe of another version is an old one, and so may be all that it says. */
function refuseOtherVersion({ pkg, recipe }: CondaPlan, version: string): void {
  const stated = recipe?.decisions.version;
  if (stated === undefined || normalizeVersion(stated) === normalizeVersion(version)) return;
  throw new UserError(
    `The recipe is for version ${stated}, the wheel is ${version}.`,
    { project: pkg.project, file: recipe?.file },
    `bring it up to date with \`nx g nx-wheelhouse:conda-recipe ${pkg.project}\``,
  );
}

function targetsOf(filename: string, { platformVariants }: CondaSettings): readonly CondaTarget[] {
  const targets = condaTargets(parseWheelFilename(filename));
  if (!platformVariants || targets[0]?.kind !== 'noarch') return targets;
  return [
    { kind: 'noarch', platforms: 'unix' },
    { kind: 'noarch', platforms: 'win' },
  ];
}

function dependencyError(problems: readonly DependencyProblem[], place: ErrorPlace): UserError {
  const lines = problems.map(({ requirement, kind }) => `  ${requirement}\n    ${REASONS[kind]}`);
  const [first] = problems;
  const key = /^[^\s<>=!~;@]+/.exec(first?.requirement ?? '')?.[0];
  const isForPlatforms = problems.every(({ kind }) => kind === 'marker');
  return new UserError(
    'These requirements have no conda form by themselves:',
    place,
    `say what to depend on instead, in [tool.nx-wheelhouse.conda.dependencies] of pyproject.toml: ` +
      `"${key}" = ["..."], or [] for nothing` +
      (isForPlatforms
        ? '; for markers of platforms, platform-variants = true makes one package for Unix and one for Windows'
        : ''),
    lines.join('\n'),
  );
}

const REASONS: Readonly<Record<DependencyProblem['kind'], string>> = {
  url: 'a URL: conda takes packages from channels only',
  extras: 'extras: conda has none, their requirements must be named',
  marker: 'a marker that holds in some of the environments in which this package can be installed, and not in others',
};
