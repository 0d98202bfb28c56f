/** `nx g conda-recipe <project>`: writes a package's conda recipe, or brings the one that is there up to date. */
import { type GeneratorCallback, logger, type Tree } from '@nx/devkit';
import { generateRecipe } from '../../conda/recipe/generate.js';
import { RECIPE_FILES, type RecipeForm } from '../../conda/recipe-files.js';
import { packageOfProject } from '../../workspace/package-of-project.js';
import { readWorkspaceBelow } from '../../workspace/read.js';
import { pathIn } from '../../workspace/workspace.js';

export interface CondaRecipeSchema {
  readonly project: string;
  /** default: the forms that are there, else recipe.yaml */
  readonly form?: RecipeForm | 'both';
  readonly source?: 'wheel' | 'tree';
}

export default async function condaRecipe(tree: Tree, schema: CondaRecipeSchema): Promise<GeneratorCallback> {
  const workspace = readWorkspaceBelow(tree.root);
  const pkg = packageOfProject(workspace, schema.project);
  const notes: string[] = [];
  for (const form of wantedForms(tree, pkg.root, schema.form)) {
    const file = pathIn(pkg.root, form);
    const existing = tree.read(file, 'utf8') ?? undefined;
    const recipe = await generateRecipe(workspace, pkg, form, existing, { source: schema.source ?? 'wheel' });
    tree.write(file, recipe.text);
    notes.push(...recipe.notes.map((note) => `${file}: ${note}`));
  }
  return () => {
    for (const note of notes) logger.warn(note);
  };
}

function wantedForms(tree: Tree, root: string, form: CondaRecipeSchema['form']): readonly RecipeForm[] {
  if (form === 'both') return RECIPE_FILES;
  if (form !== undefined) return [form];
  const present = RECIPE_FILES.filter((one) => tree.exists(pathIn(root, one)));
  return present.length > 0 ? present : ['recipe.yaml'];
}
