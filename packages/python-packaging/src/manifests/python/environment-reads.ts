/** Which environment variables a Python file looks up, by its tokens: also in classes and branches, which nobody follows. */
import { InvalidPython, type Token, tokenize } from './tokens.js';

/** What stands for the environment, or looks into it. */
const ENVIRONMENT = ['environ', 'environb', 'getenv', 'getenvb'];
const LINE_STARTS = new Set<Token['kind']>(['newline', 'indent', 'dedent']);
const LOOKUPS = new Set(['get', 'pop', 'setdefault', '__getitem__']);
/** How most variables are spelled; for texts that may be the name of one. */
const VARIABLE = /^[A-Z][A-Z0-9_]{2,}$/;

/**
 * The names that stand in lookups: `os.environ["X"]`, `environ.get("X")`, `os.getenv("X")`, `"X" in os.environ`, also under
 * another name for the environment. Where a name is computed (`os.environ[name]`), every text of the file that is spelled as a
 * variable may be meant, and counts.
 */
export function environmentReads(text: string): readonly string[] {
  try {
    return new Lookups(tokenize(text)).names();
  } catch (error) {
    if (error instanceof InvalidPython) return [];
    throw error;
  }
}

class Lookups {
  private readonly environment = new Set(ENVIRONMENT);
  private readonly found = new Set<string>();
  private isComputed = false;

  constructor(private readonly tokens: readonly Token[]) {}

  names(): readonly string[] {
    this.each((index) => this.noteAlias(index));
    this.each((index) => this.noteLookup(index));
    if (this.isComputed)
      for (const token of this.tokens) if (VARIABLE.test(plainText(token) ?? '')) this.found.add(token.text);
    return [...this.found].sort();
  }

  private each(visit: (index: number) => void): void {
    for (const [index, { kind, text }] of this.tokens.entries())
      if (kind === 'name' && this.environment.has(text)) visit(index);
  }

  /** `import environ as env`, `env = os.environ`, `env = dict(os.environ)`, `get = os.environ.get` */
  private noteAlias(index: number): void {
    if (this.is(index + 1, 'as')) this.environment.add(this.tokens[index + 2]?.text ?? '');
    if (this.openingOfLookup(index) !== undefined) return;
    const line = this.tokens.findLastIndex(({ kind }, at) => at < index && LINE_STARTS.has(kind)) + 1;
    if (this.tokens[line]?.kind === 'name' && this.is(line + 1, '=')) this.environment.add(this.tokens[line].text);
  }

  private noteLookup(index: number): void {
    const opening = this.openingOfLookup(index);
    if (opening === undefined) {
      // `"X" in os.environ`, `"X" not in os.environ`
      const from = this.is(index - 1, '.') ? index - 2 : index;
      const before = this.is(from - 1, 'in') ? from - (this.is(from - 2, 'not') ? 3 : 2) : undefined;
      if (before !== undefined) this.note(this.tokens[before]);
      return;
    }
    const isNamed = this.tokens[opening + 1]?.kind === 'name' && this.is(opening + 2, '=');
    const argument = opening + (isNamed ? 3 : 1);
    const isWhole = [']', ')', ','].some((end) => this.is(argument + 1, end));
    const isStored = this.is(opening, '[') && this.is(argument + 1, ']') && this.is(argument + 2, '=');
    if (!isStored) this.note(isWhole ? this.tokens[argument] : undefined);
  }

  /** Where the bracket of a lookup opens; `undefined` for the environment as a whole. */
  private openingOfLookup(index: number): number | undefined {
    const isMethod = this.is(index + 1, '.') && LOOKUPS.has(this.tokens[index + 2]?.text ?? '');
    const opening = isMethod ? index + 3 : index + 1;
    return this.is(opening, '(') || (!isMethod && this.is(opening, '[')) ? opening : undefined;
  }

  private note(token: Token | undefined): void {
    const name = token && plainText(token);
    if (name === undefined) this.isComputed = true;
    else this.found.add(name);
  }

  private is(index: number, text: string): boolean {
    const token = this.tokens[index];
    return token?.text === text && (token.kind === 'operator' || token.kind === 'name');
  }
}

/** The text of a string that is written out; `undefined` for any other token. */
function plainText({ kind, text, prefix = '' }: Token): string | undefined {
  return kind === 'string' && !/[ft]/.test(prefix) ? text : undefined;
}
