/** The pyproject.toml that a new package is entered into: the one of the uv workspace around it, or of one to be made at the root. */
import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import {
  InvalidToml,
  isTomlTable,
  readToml,
  type TomlTable,
  tomlAt,
  type UvWorkspace,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import { folderLister } from '../../workspace/uv-workspaces.js';
import { pathIn } from '../../workspace/workspace.js';
import type { NewPackage } from './options.js';

export interface UvRoot {
  readonly kind: 'uv';
  /** relative to the workspace root, `.` for that root itself */
  readonly folder: string;
  readonly file: string;
  /** empty where the file is yet to be made */
  readonly text: string;
  readonly table: TomlTable;
  readonly workspace: UvWorkspace;
}

/** A root that stays as it is, and why. */
export interface ForeignRoot {
  readonly kind: 'foreign';
  readonly reason: string;
}

/** What poetry-core and pdm-backend are told about building says nothing of who manages the workspace. */
const BUILD_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  poetry: ['packages', 'include', 'exclude', 'build'],
  pdm: ['build', 'version'],
};

/**
 * Finds the root for a new package. uv workspaces do not nest, so the nearest one outside the package is its own.
 * @throws {UserError} when the file that would be edited cannot be read
 */
export function findUvRoot(tree: Tree, pkg: NewPackage): UvRoot | ForeignRoot {
  const roots = foldersAbove(pkg.root).map((folder) => readRoot(tree, folder));
  const nearest = roots.find(({ table }) => tomlAt(table, ['tool', 'uv', 'workspace']) !== undefined);
  if (nearest === undefined) {
    const outermost = roots.at(-1) ?? readRoot(tree, '.');
    const manager = otherManager(tree, outermost.table);
    return manager === undefined ? outermost : foreign(`${manager} manages ${outermost.file}`);
  }
  const isExcluded = !folderLister({ members: ['**'], exclude: nearest.workspace.exclude })(
    seenFrom(nearest, pkg.root),
  );
  return isExcluded && pkg.manifest === 'pyproject' ? foreign(`${nearest.file} excludes ${pkg.root}`) : nearest;
}

/** A folder as the manifest at the root names it, empty for the root itself. */
export function seenFrom(root: UvRoot, folder: string): string {
  return posix.relative(root.folder, folder);
}

function foreign(reason: string): ForeignRoot {
  return { kind: 'foreign', reason };
}

function foldersAbove(folder: string): string[] {
  const outer = posix.dirname(folder);
  return outer === folder ? [] : [outer, ...foldersAbove(outer)];
}

function readRoot(tree: Tree, folder: string): UvRoot {
  const file = pathIn(folder, 'pyproject.toml');
  const text = readText(tree, file);
  const table = readTable(text, file);
  const strings = (key: string) => stringsAt(table, ['tool', 'uv', 'workspace', key], file);
  return {
    kind: 'uv',
    folder,
    file,
    text,
    table,
    workspace: { members: strings('members'), exclude: strings('exclude') },
  };
}

function readText(tree: Tree, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(tree.read(file) ?? new Uint8Array());
  } catch {
    throw new UserError(
      'This file is not UTF-8. Nothing has been changed.',
      { file },
      'save it as UTF-8, as TOML has to be',
    );
  }
}

function readTable(text: string, file: string): TomlTable {
  try {
    return readToml(text);
  } catch (error) {
    if (!(error instanceof InvalidToml)) throw error;
    throw new UserError(
      `This file is not TOML: ${error.reason}. Nothing has been changed.`,
      { file, line: error.line },
      'correct it: the new package has to be entered there',
    );
  }
}

function stringsAt(table: TomlTable, path: readonly string[], file: string): readonly string[] {
  const value = tomlAt(table, path) ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new UserError(`${path.join('.')} is not a list of strings. Nothing has been changed.`, { file }, 'make it one');
}

function otherManager(tree: Tree, table: TomlTable): string | undefined {
  if (tomlAt(table, ['tool', 'uv', 'managed']) === false) return 'something else than uv (`tool.uv.managed = false`)';
  return Object.keys(BUILD_SETTINGS).find((tool) => {
    const settings = tomlAt(table, ['tool', tool]);
    const isConfigured =
      isTomlTable(settings) && Object.keys(settings).some((key) => !BUILD_SETTINGS[tool]?.includes(key));
    return isConfigured || tree.exists(`${tool}.lock`);
  });
}
