/** The imports of Python files as CPython's own parser finds them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askPython } from '../../../testing/reference.js';
import type { Import } from '../import.js';

const SOURCE = readFileSync(join(__dirname, 'reference.py'), 'utf8');

/** @returns by file what the interpreter finds, `undefined` for a file that it cannot parse */
export function importsByPython(files: readonly string[], interpreter?: string): (Import[] | undefined)[] {
  return askPython<string, unknown[][] | null>(SOURCE, files, interpreter).map((imports) =>
    imports?.map(
      ([level, module, name, line, time, form]) =>
        ({ level, module, name: name ?? undefined, line, time, form }) as Import,
    ),
  );
}

/** The folders of modules that an interpreter has: its standard library and what is installed. */
export function moduleFolders(interpreter: string): string[] {
  const source = 'import sysconfig\ndef answer(name): return sysconfig.get_path(name)';
  return askPython<string, string>(source, ['stdlib', 'purelib'], interpreter);
}

/** All Python files below a folder. */
export function pythonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pythonFiles(path);
    return entry.isFile() && entry.name.endsWith('.py') ? [path] : [];
  });
}
