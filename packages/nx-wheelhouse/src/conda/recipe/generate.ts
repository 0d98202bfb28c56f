/** Recipes of a package, new or brought up to date: texts, before anything is written. */
import {
  condaVersionSpec,
  formatRequirement,
  parseSpecifierSet,
  readWholeWheel,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import { type Package, pathIn, type Workspace } from '../../workspace/workspace.js';
import { InvalidYaml } from '../../yaml/tree.js';
import { type CondaRules, condaRules, dependsOf, leadingTarget } from '../package-of-wheel.js';
import type { RecipeForm } from '../recipe-files.js';
import { recordedWheel } from '../recorded-wheel.js';
import { type RecipeFacts, recipeFacts } from './facts.js';
import { newRecipe, type UpdatedRecipe, updateRecipe } from './update.js';

export interface RecipeOptions {
  /** what the recipe builds from: the built wheel, or the package's folder through its backend */
  readonly source: 'wheel' | 'tree';
}

/**
 * @param existing the recipe that is there, `undefined` for none
 * @throws {UserError} when the package has not been built, has no conda form, or its recipe is no YAML
 */
export async function generateRecipe(
  workspace: Workspace,
  pkg: Package,
  form: RecipeForm,
  existing: string | undefined,
  options: RecipeOptions,
): Promise<UpdatedRecipe> {
  const facts = await factsOf(workspace, pkg, options);
  if (existing === undefined) return { text: newRecipe(form, facts), notes: [] };
  try {
    return updateRecipe(existing, form, facts);
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    const place = { project: pkg.project, file: pathIn(pkg.root, form), line: error.line };
    throw new UserError(
      `The recipe cannot be changed: ${error.reason}`,
      place,
      'correct it, or delete it for a new one',
    );
  }
}

async function factsOf(workspace: Workspace, pkg: Package, { source }: RecipeOptions): Promise<RecipeFacts> {
  const rules = condaRules(workspace, pkg);
  const { path, filename, sha256 } = recordedWheel(workspace, pkg);
  const wheel = await readWholeWheel(path);
  const target = leadingTarget(filename, rules);
  const python = pythonSpec(wheel.metadata.requiresPython);
  const [, ...run] = dependsOf(wheel, target, rules);
  return recipeFacts(wheel, target, {
    name: rules.settings.name ?? pkg.name,
    buildNumber: rules.settings.buildNumber,
    source: source === 'wheel' ? { kind: 'wheel', path: `dist/${filename}`, sha256 } : { kind: 'tree' },
    host: [python, 'pip', ...(source === 'tree' ? buildRequirements(rules) : [])],
    // A recipe's own tool adds what a compiled package needs of its Python.
    run: [
      python,
      ...(target.kind === 'noarch'
        ? run
        : run.filter((spec) => !/^(python_abi|cpython|_python_abi3_support|__)/.test(spec))),
    ],
    maintainers: rules.settings.maintainers,
  });
}

function pythonSpec(requiresPython: string | undefined): string {
  return `python ${requiresPython === undefined ? '' : condaVersionSpec(parseSpecifierSet(requiresPython))}`.trim();
}

/** `build-system.requires`, as conda has it. */
function buildRequirements({ pkg, nameOf }: CondaRules): string[] {
  return pkg.manifest.buildSystem.requires.map(({ requirement }) => {
    const { name, source, marker } = requirement;
    if (source.kind === 'url' || marker !== undefined) {
      throw new UserError(
        `The build requirement "${formatRequirement(requirement)}" has no conda form.`,
        { project: pkg.project, file: pkg.manifestFiles[0] },
        'generate the recipe with --source=wheel, which needs no backend',
      );
    }
    return `${nameOf(name)} ${condaVersionSpec(source.specifiers)}`.trim();
  });
}
