/** The files of a folder where no git tells them: all that lie there, without what is never a source. */
import { type Dirent, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathIn } from './workspace.js';

/** Folders that are never sources; without git nothing else tells so. */
const NEVER_SOURCES = new Set([
  '.git',
  '.hg',
  '.svn',
  '.nx',
  '.wheelhouse',
  '.venv',
  'venv',
  '.tox',
  '.nox',
  '.eggs',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '__pycache__',
  'node_modules',
]);

/** Outputs of builds, unless they are importable: some packages have a module called `build`. */
const OUTPUTS = new Set(['build', 'dist']);

/** Files that hold secrets or are made by tools; without git nothing else tells so. */
const NEVER_SOURCE_FILE =
  /^(\.env(\..*)?|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519)|.*\.pyc|\.DS_Store|\.coverage(\..*)?)$/;

/**
 * @param root absolute
 * @returns paths relative to it, `/` separators, sorted
 */
export function listByWalk(root: string): {
  readonly paths: readonly string[];
  readonly symlinks: ReadonlyMap<string, string>;
} {
  const paths: string[] = [];
  const symlinks = new Map<string, string>();
  const visit = (folder: string) => {
    for (const entry of entriesOf(join(root, folder))) {
      const path = pathIn(folder, entry.name);
      if (entry.isDirectory()) {
        if (!isNeverSource(root, path, entry.name)) visit(path);
      } else if (isSourceFile(entry.name)) {
        // Pipes, sockets and devices are no files: git knows none of them either.
        if (entry.isSymbolicLink()) symlinks.set(path, linkText(join(root, path)));
        if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
      }
    }
  };
  visit('.');
  return { paths: paths.sort(), symlinks };
}

/** What is written in a link; nothing where it is none any more. */
export function linkText(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // a file in place of the link, as git makes it on Windows, or deleted since
  }
}

/** Whether a file of this name may be a source. */
export function isSourceFile(name: string): boolean {
  return !NEVER_SOURCE_FILE.test(name);
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // a folder that may not be read holds no sources for us
  }
}

function isNeverSource(root: string, path: string, name: string): boolean {
  if (OUTPUTS.has(name)) return !existsSync(join(root, path, '__init__.py'));
  return NEVER_SOURCES.has(name) || name.endsWith('.egg-info') || existsSync(join(root, path, 'pyvenv.cfg'));
}
