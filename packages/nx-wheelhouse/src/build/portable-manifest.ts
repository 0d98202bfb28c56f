/**
 * A staged manifest that means the same everywhere: poetry would write a dependency on the path of a sibling into the dist as a URL
 * of this machine; the sibling's name is what an index knows it by. The tree is not touched.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import {
  isTomlTable,
  readToml,
  removeTomlKey,
  setTomlValue,
  type TomlTable,
  tomlAt,
} from '@nx-wheelhouse/python-packaging';
import { type Package, pathIn, type Workspace } from '../workspace/workspace.js';

const DEPENDENCIES = ['tool', 'poetry', 'dependencies'];

type TomlInput = Parameters<typeof setTomlValue>[2];

/** @param staged the package's folder in the stage, absolute */
export function makeManifestPortable(staged: string, pkg: Package, { packages }: Workspace): void {
  const file = join(staged, 'pyproject.toml');
  if (!existsSync(file)) return;
  const isSibling = (path: string) => packages.has(posix.normalize(pathIn(pkg.root, path)).replace(/\/$/, ''));
  const before = readFileSync(file, 'utf8');
  const after = withoutSiblingPaths(before, isSibling);
  if (after !== before) writeFileSync(file, after);
}

/**
 * @param text a pyproject.toml
 * @param isSibling whether a path, relative to the manifest, is that of a package of the workspace
 * @see Poetry documentation, "Path dependencies"
 */
export function withoutSiblingPaths(text: string, isSibling: (path: string) => boolean): string {
  const dependencies = tomlAt(readToml(text), DEPENDENCIES);
  if (!isTomlTable(dependencies)) return text;
  return Object.entries(dependencies).reduce((rest, [name, value]) => {
    const path = [...DEPENDENCIES, name];
    if (isTomlTable(value)) return isSiblingPath(value, isSibling) ? nameInstead(rest, path, value) : rest;
    if (!Array.isArray(value) || !value.some((one) => isTomlTable(one) && isSiblingPath(one, isSibling))) return rest;
    // One statement per marker. A dependency holds no dates, which are all that a TOML value may be beside what can be written.
    const named = value.map((one) => (isTomlTable(one) && isSiblingPath(one, isSibling) ? byName(one) : one));
    return setTomlValue(rest, path, named as TomlInput);
  }, text);
}

function isSiblingPath({ path }: TomlTable, isSibling: (path: string) => boolean): boolean {
  return typeof path === 'string' && isSibling(path);
}

/** Key by key, for the dependency may be an inline table or have a header of its own. */
function nameInstead(text: string, path: readonly string[], table: TomlTable): string {
  const named = 'version' in table ? text : setTomlValue(text, [...path, 'version'], '*');
  const pathless = removeTomlKey(named, [...path, 'path']);
  return 'develop' in table ? removeTomlKey(pathless, [...path, 'develop']) : pathless;
}

function byName({ path: _path, develop: _develop, ...others }: TomlTable): TomlTable {
  return { version: '*', ...others };
}
