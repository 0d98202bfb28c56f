/** An import of a Python file: what it names, where it stands, and when it is carried out. */

/**
 * When an import is carried out.
 * `type-checking`: never at run time, it stands below `if TYPE_CHECKING`. `optional`: its failure is caught, or it is what is done
 * then. `function`: when the function is called. `module`: when the module is loaded. The first that applies.
 */
export type ImportTime = 'module' | 'function' | 'optional' | 'type-checking';

/** How it is written. `lazy`: a statement of PEP 810. `call`: `importlib.import_module`, `__import__` or pytest's `importorskip` of a literal. */
export type ImportForm = 'statement' | 'lazy' | 'call';

export interface Import {
  /** the number of leading dots of a relative import, 0 for an absolute one */
  readonly level: number;
  /** the dotted name as Python compares it (NFKC), `''` in `from . import x` */
  readonly module: string;
  /** what is taken from the module, `*` for everything; `undefined` for the module itself */
  readonly name: string | undefined;
  /** the statement's first line, counted from 1 */
  readonly line: number;
  readonly time: ImportTime;
  readonly form: ImportForm;
}

/**
 * The dotted name that an import asks for; what it takes from a module may be a module itself, so that name is part of it.
 * @param found as the file has it
 * @param folder the dotted name of the package that the file's relative imports start from (its `__package__`), `''` for a file outside of any
 * @returns `undefined` for a relative import that leads out of all packages
 * @see The Python language reference, "Package Relative Imports"
 */
export function importedName({ level, module, name }: Import, folder: string): string | undefined {
  const start = level === 0 ? [] : ancestor(folder, level - 1);
  if (start === undefined) return undefined;
  return [...start, module, name === '*' ? '' : name].filter(Boolean).join('.');
}

function ancestor(folder: string, steps: number): string[] | undefined {
  const parts = folder === '' ? [] : folder.split('.');
  return steps >= parts.length ? undefined : parts.slice(0, parts.length - steps);
}
