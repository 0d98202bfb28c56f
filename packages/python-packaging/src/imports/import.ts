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
 * The dotted name that an import asks for, a relative one with its dots: what it takes from a module may be a module itself, so that
 * name is part of it.
 */
export function writtenName({ level, module, name }: Import): string {
  return '.'.repeat(level) + [module, name === '*' ? '' : name].filter(Boolean).join('.');
}

/**
 * A dotted name without leading dots.
 * @param written as `writtenName` gives it
 * @param folder what the file's relative imports start from (its `__package__`), `''` for a file outside of any package
 * @returns `undefined` for a relative import that leads out of all packages
 * @see importlib.util.resolve_name; The Python language reference, "Package Relative Imports"
 */
export function absoluteName(written: string, folder: string): string | undefined {
  const name = written.replace(/^\.+/, '');
  const level = written.length - name.length;
  if (level === 0) return name;
  const parts = folder === '' ? [] : folder.split('.');
  if (level > parts.length) return undefined;
  return [...parts.slice(0, parts.length - level + 1), name].filter(Boolean).join('.');
}
