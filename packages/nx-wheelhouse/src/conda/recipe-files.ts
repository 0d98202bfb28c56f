/** Which packages have a recipe beside their manifest. */
import { folderOf, pathIn, type Workspace } from '../workspace/workspace.js';

/** rattler-build's form goes before conda-build's. */
export const RECIPE_FILES = ['recipe.yaml', 'meta.yaml'] as const;

/** `recipe.yaml` is what rattler-build reads, `meta.yaml` what conda-build reads. */
export type RecipeForm = (typeof RECIPE_FILES)[number];

/**
 * The recipes of each package that has some, relative to the workspace root.
 * @param paths the files of the workspace
 */
export function recipesByPackage(
  { packages }: Workspace,
  paths: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const recipes = new Set(
    paths.filter((path) => RECIPE_FILES.some((file) => path === file || path.endsWith(`/${file}`))),
  );
  const folders = [...new Set([...recipes].map(folderOf))].filter((folder) => packages.has(folder));
  return new Map(
    folders.map((root) => [root, RECIPE_FILES.map((file) => pathIn(root, file)).filter((path) => recipes.has(path))]),
  );
}
