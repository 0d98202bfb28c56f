/** The imports of the workspace's Python files; each content is read once, whatever the file is called, and what it had is kept on disk. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { absoluteName, type Import, scanImports, writtenName } from '@nx-wheelhouse/python-packaging';
import type { WorkspaceFiles } from './files.js';
import type { KeptImports } from './kept/kept-imports.js';
import type { WorkspaceWarning } from './workspace.js';

/** One import of a file; of several alike, the first. */
export interface FileImport {
  /** the dotted name asked for, with the leading dots of a relative import */
  readonly name: string;
  /** counted from 1 */
  readonly line: number;
  /** whether it only stands there for type checkers */
  readonly isTypeChecking: boolean;
  /** whether it is a call with a literal, no statement */
  readonly isCall: boolean;
}

/** The imports of files by path, and those files that are there and could not be read. */
export interface ImportsOfFiles {
  readonly imports: ReadonlyMap<string, readonly FileImport[]>;
  readonly warnings: readonly WorkspaceWarning[];
}

export function isSource(file: string): boolean {
  return file.endsWith('.py');
}

/**
 * @param root of the workspace, absolute
 * @param paths Python files, relative to the root; one that cannot be read has no imports
 * @param kept what earlier readings have left
 */
export function readImports(
  root: string,
  paths: readonly string[],
  { blobs }: WorkspaceFiles,
  kept: KeptImports,
): ImportsOfFiles {
  kept.begin();
  const found = new Map<string, readonly FileImport[]>();
  const warnings: WorkspaceWarning[] = [];
  for (const path of paths) {
    let bytes: Buffer | undefined;
    const read = () => {
      bytes ??= bytesOf(join(root, path), (code) =>
        warnings.push({
          file: path,
          line: undefined,
          message: `cannot be read (${code}): what it imports is not known`,
        }),
      );
      return bytes;
    };
    const content = blobs.get(path) ?? kept.contentOf(root, path, () => nameOf(read()));
    if (content === undefined) continue;
    let imports = kept.importsOf(content);
    if (imports === undefined) {
      const source = read();
      if (source === undefined) continue;
      imports = distinct(scanImports(source));
      kept.keep(content, imports);
    }
    found.set(path, imports);
  }
  return { imports: found, warnings };
}

/**
 * Relative imports by the names that they mean; those that lead out of the module are left out.
 * @param module the dotted name of the file, `undefined` where it is none
 */
export function absoluteImports(
  imports: readonly FileImport[],
  file: string,
  module: string | undefined,
): readonly FileImport[] {
  const from = module === undefined ? '' : folderOfModule(module, file);
  return imports.flatMap((each) => {
    if (!each.name.startsWith('.')) return each;
    const name = absoluteName(each.name, from);
    return name === undefined ? [] : { ...each, name };
  });
}

/** What the relative imports of a module start from: a package is its own. */
function folderOfModule(module: string, file: string): string {
  return posix.basename(file) === '__init__.py' ? module : module.slice(0, Math.max(0, module.lastIndexOf('.')));
}

/** What git lists and is no file: deleted since, a link to nowhere, a folder (of a submodule, or that a link leads to). */
const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

function bytesOf(path: string, complain: (code: string) => void): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (!NO_FILE.has(code)) complain(code);
    return undefined;
  }
}

/** The name that git would give to a content. */
function nameOf(content: Buffer | undefined): string | undefined {
  if (content === undefined) return undefined;
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

function distinct(imports: readonly Import[]): readonly FileImport[] {
  const found = new Map<string, FileImport>();
  for (const each of imports) {
    const name = writtenName(each);
    const isTypeChecking = each.time === 'type-checking';
    const isCall = each.form === 'call';
    const key = `${name} ${isTypeChecking} ${isCall}`;
    if (!found.has(key)) found.set(key, { name, line: each.line, isTypeChecking, isCall });
  }
  return [...found.values()];
}
