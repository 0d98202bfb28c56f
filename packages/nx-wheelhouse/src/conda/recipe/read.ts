/** What a hand-written recipe decides about a package that is made from its wheel: the name, the build number, what it needs to run. */
import { isMatchSpec, nameOfMatchSpec } from '@nx-wheelhouse/python-packaging';
import { InvalidYaml, type YamlNode, type YamlPath, yamlAt, yamlTree } from '../../yaml/tree.js';
import { assignments, filledIn, hasTemplate, type MaskedRecipe, maskTemplates, variableOf } from './templates.js';

export interface RecipeDecisions {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly buildNumber: number | undefined;
  /** match specifications; a name alone leaves the version to the package */
  readonly run: readonly string[];
  /** what an own build of the recipe could do without, and this one cannot: it would make an empty package */
  readonly missing: readonly string[];
}

/** Something in a recipe that only a recipe's own build tool can make sense of. */
export class NeedsRecipeBuild extends Error {
  override readonly name = 'NeedsRecipeBuild';

  /** @param line counted from 1 */
  constructor(
    readonly reason: string,
    readonly line: number | undefined,
  ) {
    super(reason);
  }
}

/**
 * @param recipe the text of a recipe.yaml or meta.yaml
 * @throws {InvalidYaml} for a text that is no YAML even without its Jinja
 * @throws {NeedsRecipeBuild} for templates, selectors and conditions where a plain value is needed
 */
export function readRecipe(recipe: string): RecipeDecisions {
  return new RecipeReader(maskTemplates(recipe)).read();
}

/** The name alone, where it is a plain one: what others need to know of a recipe that may be more than its reader can take. */
export function recipeName(recipe: string): string | undefined {
  try {
    return new RecipeReader(maskTemplates(recipe)).name();
  } catch (error) {
    if (error instanceof NeedsRecipeBuild || error instanceof InvalidYaml) return undefined;
    throw error;
  }
}

class RecipeReader {
  readonly #root: YamlNode;
  readonly #variables: ReadonlyMap<string, string>;

  constructor(private readonly recipe: MaskedRecipe) {
    this.#root = yamlTree(recipe.text);
    this.#variables = new Map([...assignments(recipe), ...this.#context()]);
  }

  read(): RecipeDecisions {
    const essential: YamlPath[] = [['source'], ['build', 'script'], ['build', 'noarch']];
    const number = this.#scalar(['build', 'number']);
    if (number !== undefined && !/^\d+$/.test(number)) throw this.#tooMuch(['build', 'number'], number);
    return {
      name: this.name(),
      version: this.#scalar(['package', 'version']),
      buildNumber: number === undefined ? undefined : Number(number),
      run: this.#run(),
      missing: essential.filter((path) => this.#isEmpty(path)).map((path) => path.join('.')),
    };
  }

  name(): string | undefined {
    return this.#scalar(['package', 'name']);
  }

  #run(): string[] {
    const path = ['requirements', 'run'];
    const list = yamlAt(this.#root, path);
    if (list === undefined || list.kind === 'empty') return [];
    const items = list.kind === 'sequence' ? list.items : [list];
    return items.map((item) => {
      if (item.kind !== 'scalar' || this.#hasSelector(item)) throw this.#tooMuch(path, 'a condition', item);
      // `requests >= 2, <3` is `requests >=2,<3`.
      const spec = this.#filled(item.value)
        .trim()
        .replace(/\s*([<>=!~,|]+)\s*/g, '$1')
        .replace(/^([\w.-]+)(?=[<>=!~])/, '$1 ');
      if (!isMatchSpec(spec)) throw this.#tooMuch(path, item.value, item);
      return spec;
    });
  }

  #scalar(path: YamlPath): string | undefined {
    const node = yamlAt(this.#root, path);
    if (node === undefined || node.kind === 'empty') return undefined;
    if (node.kind !== 'scalar') throw this.#tooMuch(path, 'no plain value', node);
    const value = this.#filled(node.value);
    if (hasTemplate(value)) throw this.#tooMuch(path, node.value, node);
    return value;
  }

  #filled(text: string): string {
    return filledIn(text, this.recipe, this.#variables);
  }

  /** `context` of a recipe.yaml, as far as its values are plain. */
  #context(): [string, string][] {
    const context = yamlAt(this.#root, ['context']);
    if (context?.kind !== 'mapping') return [];
    return context.entries.flatMap(({ key, value }) =>
      value.kind === 'scalar' && !hasTemplate(value.value) ? [[key, value.value] as [string, string]] : [],
    );
  }

  #isEmpty(path: YamlPath): boolean {
    const node = yamlAt(this.#root, path);
    return node === undefined || node.kind === 'empty';
  }

  /** conda-build's conditions stand in comments: `- colorama  # [win]`. */
  #hasSelector(node: Extract<YamlNode, { kind: 'scalar' }>): boolean {
    return /^[ \t]*#[ \t]*\[.*\]/.test(this.recipe.text.slice(node.end));
  }

  #tooMuch(path: YamlPath, what: string, node = yamlAt(this.#root, path)): NeedsRecipeBuild {
    const start = node === undefined || node.kind === 'empty' ? undefined : node.start;
    const line = start === undefined ? undefined : this.recipe.text.slice(0, start).split('\n').length;
    const shown = variableOf(what, this.recipe) ?? what;
    return new NeedsRecipeBuild(`${path.join('.')}: ${shown} is more than a plain value`, line);
  }
}

/**
 * Requirements of the wheel with those of the recipe: the recipe's word counts, also for what only it asks for; a name alone leaves the
 * version to the wheel.
 */
export function mergeRun(ofWheel: readonly string[], ofRecipe: readonly string[]): readonly string[] {
  const decided = new Map(ofRecipe.map((spec) => [nameOfMatchSpec(spec), spec]));
  const kept = ofWheel.map((spec) => {
    const word = decided.get(nameOfMatchSpec(spec));
    return word === undefined || word === nameOfMatchSpec(spec) ? spec : word;
  });
  const known = new Set(ofWheel.map(nameOfMatchSpec));
  return [...kept, ...[...decided].filter(([name]) => !known.has(name)).map(([, spec]) => spec)];
}
