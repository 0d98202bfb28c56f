/** The recipe that lies beside a package's manifest. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors/user-error.js';
import { type Package, pathIn } from '../../workspace/workspace.js';
import { InvalidYaml } from '../../yaml/tree.js';
import { RECIPE_FILES } from '../recipe-files.js';
import { NeedsRecipeBuild, type RecipeDecisions, readRecipe, recipeName } from './read.js';

export interface RecipeBeside {
  /** relative to the workspace root */
  readonly file: string;
  readonly decisions: RecipeDecisions;
}

/** @throws {UserError} with the line, for a recipe that is no YAML or needs its own build tool */
export function recipeBeside(workspaceRoot: string, pkg: Package): RecipeBeside | undefined {
  const { project } = pkg;
  const file = recipeFile(workspaceRoot, pkg);
  if (file === undefined) return undefined;
  try {
    return { file, decisions: readRecipe(readFileSync(join(workspaceRoot, file), 'utf8')) };
  } catch (error) {
    if (!(error instanceof NeedsRecipeBuild || error instanceof InvalidYaml)) throw error;
    const fix = error instanceof InvalidYaml ? 'correct it' : 'write a plain value, or build with --from=recipe';
    throw new UserError(error.reason, { project, file, line: error.line }, fix);
  }
}

/** The name that the recipe beside a package gives it, where there is a recipe that says so plainly. */
export function recipeNameBeside(workspaceRoot: string, pkg: Package): string | undefined {
  const file = recipeFile(workspaceRoot, pkg);
  return file === undefined ? undefined : recipeName(readFileSync(join(workspaceRoot, file), 'utf8'));
}

/** @returns the leading recipe's path relative to the workspace root */
function recipeFile(workspaceRoot: string, { root }: Package): string | undefined {
  return RECIPE_FILES.map((name) => pathIn(root, name)).find((path) => existsSync(join(workspaceRoot, path)));
}

/** What a person should know of a recipe that only the wheel makes whole. */
export function recipeNotes({ file, decisions: { missing } }: RecipeBeside, project: string): readonly string[] {
  if (!missing.includes('source')) return [];
  return [
    `${file} has no ${missing.join(', no ')}: by itself it would build an empty package. The wheel makes up for it here; ` +
      `\`nx g nx-wheelhouse:conda-recipe ${project}\` writes it into the recipe`,
  ];
}
