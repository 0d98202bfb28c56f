/** Writes recipes, and brings existing ones up to date: what the package decides is set, what a person has added stays. */
import { setYaml, setYamlItem, type YamlValue } from '../../yaml/edit.js';
import { endOf, type YamlNode, type YamlPath, yamlAt, yamlTree } from '../../yaml/tree.js';
import type { RecipeForm } from '../recipe-files.js';
import type { RecipeFacts } from './facts.js';
import { type RecipeField, recipeFields } from './forms.js';
import {
  assignments,
  hasTemplate,
  type MaskedRecipe,
  maskTemplates,
  unmaskTemplates,
  variableOf,
  withAssignment,
} from './templates.js';

export interface UpdatedRecipe {
  readonly text: string;
  /** what a person should look at, a line each */
  readonly notes: readonly string[];
}

/** A recipe from nothing. */
export function newRecipe(form: RecipeForm, facts: RecipeFacts): string {
  const { text } = updateRecipe('', form, facts);
  // A line between the sections.
  return text.replace(/\n(?=\S)/g, '\n\n').trimStart();
}

/**
 * @param recipe the text of a recipe of the form, with or without Jinja
 * @throws {InvalidYaml} for a text that is no YAML even without its Jinja
 */
export function updateRecipe(recipe: string, form: RecipeForm, facts: RecipeFacts): UpdatedRecipe {
  const update = new RecipeUpdate(maskTemplates(recipe));
  for (const field of recipeFields(form, facts)) update.set(field);
  return { text: unmaskTemplates(update.recipe), notes: update.notes };
}

class RecipeUpdate {
  readonly notes: string[] = [];

  constructor(public recipe: MaskedRecipe) {}

  set(field: RecipeField): void {
    if (field.kind === 'value') this.#setValue(field.path, field.value);
    else if (field.kind === 'source') this.#setSource(field.path, field.values);
    else this.#setItems(field);
  }

  #setValue(path: YamlPath, value: string | number): void {
    const old = this.#at(path);
    const template = old?.kind === 'scalar' && hasTemplate(old.value) ? old.value : undefined;
    if (template !== undefined) this.#setVariable(path, template, value);
    else if (old?.kind !== 'scalar' || old.value.trim() !== String(value)) this.#write(path, value);
  }

  /** A value that is a variable is set where the variable is. */
  #setVariable(path: YamlPath, template: string, value: string | number): void {
    const variable = variableOf(template, this.recipe);
    if (variable !== undefined && assignments(this.recipe).has(variable)) {
      this.recipe = withAssignment(this.recipe, variable, String(value));
    } else if (variable !== undefined && this.#at(['context', variable])?.kind === 'scalar') {
      this.#setValue(['context', variable], value);
    } else this.notes.push(`${path.join('.')} is made by a template and stays as it is`);
  }

  #setSource(path: YamlPath, values: Readonly<Record<string, string>>): void {
    const [first = ''] = Object.keys(values);
    const old = this.#at(path[0] === 'source' ? path : [...path, first]);
    const isFree = old === undefined || old.kind === 'empty' || this.#textOf(old).includes('.whl');
    if (isFree) for (const [key, value] of Object.entries(values)) this.#setValue([...path, key], value);
  }

  #setItems({ path: general, items, keyOf }: Extract<RecipeField, { kind: 'items' }>): void {
    const path = this.#inTests(general);
    const old = path && this.#listAt(path);
    if (path === undefined) this.#appendTest(items);
    else if (old === undefined) this.#write(path, items);
    else this.#mergeItems(path, old, new Map(items.map((item) => [keyOf(item), item])), keyOf);
  }

  /** Templates stay: whoever wrote one knows better. */
  #mergeItems(
    path: YamlPath,
    old: readonly YamlNode[],
    wanted: Map<string, string>,
    keyOf: (item: string) => string,
  ): void {
    for (const [index, item] of old.entries()) {
      if (item.kind !== 'scalar') continue;
      const replacement = wanted.get(keyOf(item.value));
      wanted.delete(keyOf(item.value));
      if (replacement === undefined) this.#noteExtra(path, item.value);
      else if (item.value !== replacement && !hasTemplate(item.value)) this.#writeItem(path, index, replacement);
    }
    for (const item of wanted.values()) this.#writeItem(path, this.#listAt(path)?.length ?? 0, item);
  }

  #noteExtra(path: YamlPath, item: string): void {
    if (path[0] === 'requirements')
      this.notes.push(`${path.join('.')}: "${item}" stays, though the package does not require it`);
  }

  /** The items of a list; one that is written as a single value is made a list first. */
  #listAt(path: YamlPath): readonly YamlNode[] | undefined {
    const node = this.#at(path);
    if (node?.kind === 'sequence') return node.items;
    if (node?.kind !== 'scalar') return undefined;
    this.#write(path, [node.value]);
    return this.#listAt(path);
  }

  #at(path: YamlPath): YamlNode | undefined {
    return yamlAt(yamlTree(this.recipe.text), path);
  }

  #textOf(node: YamlNode): string {
    return node.kind === 'empty' ? '' : this.recipe.text.slice(node.start, endOf(node, node.start));
  }

  /** The first test of modules has its place among other tests; `undefined` where there is none yet. */
  #inTests(path: YamlPath): YamlPath | undefined {
    const [top, first, kind = '', ...rest] = path;
    if (top !== 'tests' || first === undefined) return path;
    const tests = this.#at(['tests']);
    const index = tests?.kind === 'sequence' ? tests.items.findIndex((test) => yamlAt(test, [kind]) !== undefined) : -1;
    return index < 0 ? undefined : [top, index, kind, ...rest];
  }

  #appendTest(imports: readonly string[]): void {
    const test = { python: { imports, pip_check: true } };
    const tests = this.#at(['tests']);
    if (tests?.kind === 'sequence') this.#writeItem(['tests'], tests.items.length, test);
    else this.#write(['tests'], [test]);
  }

  #writeItem(path: YamlPath, index: number, value: YamlValue): void {
    this.recipe = { ...this.recipe, text: setYamlItem(this.recipe.text, path, index, value) };
  }

  #write(path: YamlPath, value: YamlValue): void {
    this.recipe = { ...this.recipe, text: setYaml(this.recipe.text, path, value) };
  }
}
