/** The imports of the workspace's Python files; each content is read once, whatever the file is called, and what it had is kept on disk. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Import, scanImports, writtenName } from '@nx-wheelhouse/python-packaging';
import type { WorkspaceFiles } from './files.js';
import { readKeptImports, writeKeptImports } from './kept-imports.js';

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

/**
 * @param root of the workspace, absolute
 * @param paths Python files, relative to the root; one that cannot be read has no imports
 * @param cacheFolder where results are kept, absolute; `undefined` for nowhere
 */
export function readImports(
  root: string,
  paths: readonly string[],
  { blobs }: WorkspaceFiles,
  cacheFolder: string | undefined,
): ReadonlyMap<string, readonly FileImport[]> {
  const kept = cacheFolder === undefined ? new Map<string, readonly FileImport[]>() : readKeptImports(cacheFolder);
  const current = new Map<string, readonly FileImport[]>();
  let isChanged = false;
  const scan = (blob: string, content: Buffer | undefined) => {
    const known = current.get(blob) ?? kept.get(blob);
    const imports = known ?? (content === undefined ? [] : distinct(scanImports(content)));
    isChanged ||= known === undefined;
    current.set(blob, imports);
    return imports;
  };
  const found = new Map<string, readonly FileImport[]>();
  for (const path of paths) {
    const blob = blobs.get(path);
    if (blob !== undefined && (current.has(blob) || kept.has(blob))) {
      found.set(path, scan(blob, undefined));
      continue;
    }
    const content = contentOf(join(root, path));
    if (content !== undefined) found.set(path, scan(blob ?? blobOf(content), content));
  }
  if (isChanged && cacheFolder !== undefined) writeKeptImports(cacheFolder, current);
  return found;
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // deleted since it was listed, a folder of a submodule, not readable
  }
}

/** The name that git would give to a content, so that a file is known by it before and after its commit. */
function blobOf(content: Buffer): string {
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
