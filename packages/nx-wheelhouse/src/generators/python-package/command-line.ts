/** What the command line of Nx leaves to find out: in which folder it was typed, and how a value was spelled. */
import { isAbsolute, relative, sep } from 'node:path';
import { type PythonPackageOptions, TEXT_OPTIONS } from './options.js';

/** As schema.json has them. */
export type PythonPackageSchema = Omit<PythonPackageOptions, (typeof TEXT_OPTIONS)[number]> & {
  readonly [option in (typeof TEXT_OPTIONS)[number]]?: string | number | boolean;
};

/**
 * The folder that the command was typed in. npm changes to the folder of package.json before it runs a script, and says where it came from.
 * @param root of the workspace, absolute
 * @returns relative to the root, `/` separators, empty for the root itself
 * @see npm documentation, "npm run-script", INIT_CWD
 */
export function currentFolder(root: string): string {
  const inside = [process.env.INIT_CWD, process.cwd()]
    .map((folder) => (folder === undefined ? '..' : relative(root, folder)))
    .find((folder) => folder.split(sep)[0] !== '..' && !isAbsolute(folder));
  return (inside ?? '').split(sep).join('/');
}

/**
 * Gives every text back as it was typed: Nx makes the number 1.1 of `--packageVersion=1.10`, and a boolean of `--version=1.10`.
 * @param typed the arguments of the command line; a value that is not among them was given by a program and stands for itself
 */
export function asTyped(schema: PythonPackageSchema, typed: readonly string[]): PythonPackageOptions {
  const texts = TEXT_OPTIONS.map((option) => [option, textOf(option, schema[option], typed)]);
  return { ...schema, ...Object.fromEntries(texts) } as PythonPackageOptions;
}

function textOf(
  option: string,
  value: string | number | boolean | undefined,
  typed: readonly string[],
): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return typedValue(option, typed) ?? (typeof value === 'number' ? String(value) : undefined);
}

function typedValue(option: string, typed: readonly string[]): string | undefined {
  const names = [`--${option}`, `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`];
  const at = typed.findIndex((argument) => names.includes(argument.split('=', 1)[0] as string));
  const argument = typed[at];
  if (argument === undefined) return undefined;
  return argument.includes('=') ? argument.slice(argument.indexOf('=') + 1) : typed[at + 1];
}
