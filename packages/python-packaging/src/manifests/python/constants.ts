/** Constants of a module, as backends read a version from it. */
import type { PackageFolder, Stated } from '../manifest.js';
import { ReadFiles } from './files.js';
import { Interpreter } from './interpreter.js';
import { isTooMuchWork } from './limits.js';
import { parsePython } from './parse.js';
import { InvalidPython } from './tokens.js';
import { isList, isUnknown, type PyValue, toText } from './values.js';

/**
 * A name of a module as text; a tuple such as `(1, 2)` as `1.2`, which is what setuptools makes of it.
 * @param file relative to the package's folder
 */
export function readPythonConstant(folder: PackageFolder, file: string, name: string): Stated<string> {
  const at = { file, line: lineOfName(folder.read(file) ?? '', name) };
  const value = nameOfModule(folder, file, name);
  const text =
    value === undefined
      ? undefined
      : isList(value)
        ? joined(value.items)
        : typeof value === 'string'
          ? value
          : undefined;
  if (text !== undefined) return { kind: 'static', value: text, at };
  const reason =
    value === undefined || !isUnknown(value)
      ? `${file} has no constant \`${name}\``
      : `\`${name}\` of ${file}: ${value.reason}`;
  return { kind: 'dynamic', reason, at };
}

/** @returns the string a module begins with */
export function readDocstring(text: string): string | undefined {
  try {
    const first = parsePython(text)[0];
    if (first?.kind !== 'expression' || first.value.kind !== 'constant') return undefined;
    return typeof first.value.value === 'string' ? first.value.value : undefined;
  } catch (error) {
    if (error instanceof InvalidPython) return undefined;
    throw error;
  }
}

function nameOfModule(folder: PackageFolder, file: string, name: string): PyValue | undefined {
  try {
    const module = file.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');
    return new Interpreter(new ReadFiles(folder), undefined).module(file, module)?.names.get(name);
  } catch (error) {
    if (isTooMuchWork(error)) return { kind: 'unknown', reason: 'the file is too long to follow' };
    throw error;
  }
}

function joined(items: readonly PyValue[]): string | undefined {
  const parts = items.map(toText);
  return parts.every((part) => part !== undefined) ? parts.join('.') : undefined;
}

function lineOfName(text: string, name: string): number | undefined {
  const index = text.split('\n').findIndex((line) => line.startsWith(name));
  return index < 0 ? undefined : index + 1;
}
