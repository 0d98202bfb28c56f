/** The two forms of recipes: which field of which form a fact goes into. */
import { nameOfMatchSpec } from '@nx-wheelhouse/python-packaging';
import type { YamlPath } from '../../yaml/tree.js';
import type { RecipeForm } from '../recipe-files.js';
import type { RecipeFacts } from './facts.js';

/** A field that the package decides. */
export type RecipeField =
  | { readonly kind: 'value'; readonly path: YamlPath; readonly value: string | number }
  /** values that go together, set where there are none or where they speak of a built wheel; what a person has put there stays */
  | { readonly kind: 'source'; readonly path: YamlPath; readonly values: Readonly<Record<string, string>> }
  /** items that must be in a list; others stay */
  | {
      readonly kind: 'items';
      readonly path: YamlPath;
      readonly items: readonly string[];
      /** what two items have in common that are about the same */
      readonly keyOf: (item: string) => string;
    };

/** Where each form keeps what; the order is that of a new recipe. */
export function recipeFields(form: RecipeForm, facts: RecipeFacts): readonly RecipeField[] {
  const fields = form === 'recipe.yaml' ? recipeYaml(facts) : metaYaml(facts);
  return fields.filter((field) => !isEmpty(field));
}

function isEmpty(field: RecipeField): boolean {
  switch (field.kind) {
    case 'value':
      return field.value === '';
    case 'source':
      return Object.values(field.values).includes('');
    case 'items':
      return field.items.length === 0;
  }
}

function recipeYaml(facts: RecipeFacts): RecipeField[] {
  const { source } = facts;
  return [
    ...identity(facts),
    sourceField(source.kind === 'wheel' ? { path: source.path, sha256: source.sha256 } : { path: '.' }),
    ...build(facts),
    items(['build', 'python', 'entry_points'], facts.entryPoints, commandName),
    ...requirements(facts),
    items(['tests', 0, 'python', 'imports'], facts.imports, (item) => item),
    ...about(facts, { homepage: 'homepage', documentation: 'documentation', repository: 'repository' }),
    maintainers(facts),
  ];
}

function metaYaml(facts: RecipeFacts): RecipeField[] {
  const { source } = facts;
  return [
    ...identity(facts),
    // conda-build checks hashes of what has a URL; one without a scheme is a path from the recipe on.
    sourceField(source.kind === 'wheel' ? { url: source.path, sha256: source.sha256 } : { path: '.' }),
    ...build(facts),
    items(['build', 'entry_points'], facts.entryPoints, commandName),
    ...requirements(facts),
    items(['test', 'imports'], facts.imports, (item) => item),
    items(['test', 'requires'], ['pip'], nameOfMatchSpec),
    items(['test', 'commands'], ['pip check'], (item) => item),
    ...about(facts, { homepage: 'home', documentation: 'doc_url', repository: 'dev_url' }),
    maintainers(facts),
  ];
}

function identity({ name, version }: RecipeFacts): RecipeField[] {
  return [value(['package', 'name'], name), value(['package', 'version'], version)];
}

function build({ buildNumber, noarch, source }: RecipeFacts): RecipeField[] {
  const what = source.kind === 'wheel' ? fileOf(source.path) : '.';
  return [
    value(['build', 'number'], buildNumber),
    { kind: 'source', path: ['build'], values: { noarch: noarch ? 'python' : '' } },
    {
      kind: 'source',
      path: ['build'],
      values: { script: `python -m pip install ${what} --no-deps --no-build-isolation -vv` },
    },
  ];
}

function requirements({ host, run }: RecipeFacts): RecipeField[] {
  return [items(['requirements', 'host'], host, nameOfMatchSpec), items(['requirements', 'run'], run, nameOfMatchSpec)];
}

function about(
  facts: RecipeFacts,
  keys: Readonly<Record<'homepage' | 'documentation' | 'repository', string>>,
): RecipeField[] {
  return [
    value(['about', 'summary'], facts.summary ?? ''),
    value(['about', 'description'], facts.description ?? ''),
    value(['about', keys.homepage], facts.homepage ?? ''),
    value(['about', keys.documentation], facts.documentation ?? ''),
    value(['about', keys.repository], facts.repository ?? ''),
    value(['about', 'license'], facts.license ?? ''),
    items(['about', 'license_file'], facts.licenseFiles, (item) => item),
  ];
}

function maintainers({ maintainers: names }: RecipeFacts): RecipeField {
  return items(['extra', 'recipe-maintainers'], names, (item) => item);
}

function value(path: YamlPath, text: string | number): RecipeField {
  return { kind: 'value', path, value: text };
}

function sourceField(values: Readonly<Record<string, string>>): RecipeField {
  return { kind: 'source', path: ['source'], values };
}

function items(path: YamlPath, list: readonly string[], keyOf: (item: string) => string): RecipeField {
  return { kind: 'items', path, items: list, keyOf };
}

function commandName(entryPoint: string): string {
  return (entryPoint.split('=')[0] ?? '').trim();
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
