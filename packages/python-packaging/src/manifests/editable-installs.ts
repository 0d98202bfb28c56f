/** `-e ../alpha`: a sibling installed from its folder, by its path alone; its name is in its own manifest. */
import { InvalidToml, readToml, tomlAt } from '../toml/read.js';
import type { PackageFolder } from './manifest.js';

/** How far up to look for the folder that a path is relative to: pip takes the one it is started in, mostly the repository's root. */
const LEVELS = 6;

export interface EditableInstall {
  readonly name: string;
  /** relative to the package's folder */
  readonly path: string;
}

/**
 * Finds the package that an editable path means.
 * @param path as written
 * @returns `undefined` where no folder up to the root has a package with a stated name there
 */
export function findEditable(folder: PackageFolder, path: string): EditableInstall | undefined {
  const bare = path.trim().replace(/\/+$/, '');
  if (bare === '' || bare.startsWith('/') || /^[\w+]+:/.test(bare)) return undefined;
  for (let level = 0; level < LEVELS; level += 1) {
    const candidate = '../'.repeat(level) + bare.replace(/^(?:\.\/)+/, '');
    const name = nameOf(folder, candidate);
    if (name !== undefined) return { name, path: candidate };
  }
  return undefined;
}

function nameOf(folder: PackageFolder, path: string): string | undefined {
  const pyproject = folder.read(`${path}/pyproject.toml`);
  if (pyproject !== undefined) {
    const name = nameInPyproject(pyproject);
    if (name !== undefined) return name;
  }
  const cfg = folder.read(`${path}/setup.cfg`) ?? '';
  const script = folder.read(`${path}/setup.py`) ?? '';
  return (
    /^\[metadata\][^[]*?^name\s*[=:]\s*([\w.-]+)\s*$/m.exec(cfg)?.[1] ??
    /\bname\s*=\s*(["'])([\w.-]+)\1/.exec(script)?.[2]
  );
}

function nameInPyproject(text: string): string | undefined {
  try {
    const table = readToml(text);
    const names = [
      ['project', 'name'],
      ['tool', 'poetry', 'name'],
    ].map((path) => tomlAt(table, path));
    return names.find((name) => typeof name === 'string');
  } catch (error) {
    if (error instanceof InvalidToml) return undefined;
    throw error;
  }
}
