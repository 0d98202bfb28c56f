/**
 * Jinja in recipes: statements and expressions are exchanged for plain YAML before a recipe is read, and put back when it has been
 * edited. Variables with a plain value are known by it.
 */

/** A recipe that is YAML. */
export interface MaskedRecipe {
  readonly text: string;
  /** what was taken out, by its position */
  readonly taken: readonly string[];
}

const STATEMENT = /\{%-?[\s\S]*?-?%\}/g;
const EXPRESSION = /\$?\{\{[\s\S]*?\}\}/g;
const TOKEN = /JINJA_(\d+)_/g;
const ASSIGNMENT = /^\{%-?\s*set\s+(\w+)\s*=\s*(["'])(.*?)\2\s*-?%\}$/;

export function maskTemplates(recipe: string): MaskedRecipe {
  const taken: string[] = [];
  const token = (template: string) => `JINJA_${taken.push(template) - 1}_`;
  const text = recipe.replace(STATEMENT, (statement) => `# ${token(statement)}`).replace(EXPRESSION, token);
  return { text, taken };
}

export function unmaskTemplates({ text, taken }: MaskedRecipe): string {
  return text.replace(new RegExp(`# ${TOKEN.source}|${TOKEN.source}`, 'g'), (whole, statement, expression) => {
    return taken[Number(statement ?? expression)] ?? whole;
  });
}

export function hasTemplate(masked: string): boolean {
  return masked.match(TOKEN) !== null;
}

/** The name of the variable that a masked text consists of; `undefined` for anything else. */
export function variableOf(masked: string, { taken }: MaskedRecipe): string | undefined {
  const index = /^JINJA_(\d+)_$/.exec(masked)?.[1];
  return /^\$?\{\{\s*(\w+)\s*\}\}$/.exec(taken[Number(index)] ?? '')?.[1];
}

/** Values of `{% set name = "value" %}`. */
export function assignments({ taken }: MaskedRecipe): ReadonlyMap<string, string> {
  const found = taken.map((template) => ASSIGNMENT.exec(template)).filter((match) => match !== null);
  return new Map(found.map(([, name = '', , value = '']) => [name, value]));
}

/** The same recipe with another value in `{% set name = "..." %}`. */
export function withAssignment({ text, taken }: MaskedRecipe, name: string, value: string): MaskedRecipe {
  const changed = taken.map((template) => {
    const match = ASSIGNMENT.exec(template);
    return match?.[1] === name
      ? template.replace(match[2] + match[3]! + match[2], match[2] + value + match[2])
      : template;
  });
  return { text, taken: changed };
}

/** Fills in the variables that have a plain value; what has none stays masked. */
export function filledIn(masked: string, recipe: MaskedRecipe, variables: ReadonlyMap<string, string>): string {
  return masked.replace(TOKEN, (token) => variables.get(variableOf(token, recipe) ?? '') ?? token);
}
