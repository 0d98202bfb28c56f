/** What a crate takes from outside its folder: crates that lie beside it, and the root of its Cargo workspace. */
import { InvalidToml, isTomlTable, readToml, type TomlTable, type TomlValue, tomlAt } from '../toml/read.js';
import type { PackageFolder } from './manifest.js';

const MANIFEST = 'Cargo.toml';
/** How far up the root of a Cargo workspace is looked for. */
const LEVELS = 6;
const DEPENDENCIES = ['dependencies', 'build-dependencies', 'dev-dependencies'];
const GLOB = /[*?[]/;

/**
 * @param file the crate's Cargo.toml, relative to the package's folder
 * @returns folders of other crates that it is made from, directly or through others; the manifest and the lock of the workspace's root,
 * and the members that this names one by one: Cargo wants them to be there. Relative to the package's folder
 * @see The Cargo Book, "Specifying Dependencies" and "Workspaces"
 */
export function cratesBeside(folder: PackageFolder, file: string): readonly string[] {
  const found = new Set<string>();
  const walked = new Set<string>();
  const queue = [folderOf(file)];
  // The queue grows while it is gone through.
  for (const crate of queue) {
    if (walked.has(crate)) continue;
    walked.add(crate);
    const manifest = tomlOf(folder, joined(crate, MANIFEST));
    const root = workspaceOf(folder, crate, manifest);
    const paths = dependenciesOf(manifest).flatMap(([name, dependency]) => {
      const isInherited = isTomlTable(dependency) && dependency.workspace === true;
      const [stated, at] = isInherited ? [root?.dependency(name), root?.folder ?? crate] : [dependency, crate];
      return isTomlTable(stated) && typeof stated.path === 'string' ? [joined(at, stated.path)] : [];
    });
    const members = root === undefined ? [] : root.members.filter((member) => !GLOB.test(member));
    if (root !== undefined) for (const each of [MANIFEST, 'Cargo.lock']) found.add(joined(root.folder, each));
    for (const other of [...paths, ...members.map((member) => joined(root?.folder ?? crate, member))]) {
      found.add(other);
      queue.push(other);
    }
  }
  return [...found].filter((path) => path.startsWith('..')).sort();
}

interface CargoWorkspace {
  readonly folder: string;
  readonly members: readonly string[];
  /** what `name = { workspace = true }` stands for */
  dependency(name: string): TomlValue | undefined;
}

/** `undefined` where the crate is its own workspace, or in none that can be seen. */
function workspaceOf(folder: PackageFolder, crate: string, manifest: TomlTable): CargoWorkspace | undefined {
  const stated = tomlAt(manifest, ['package', 'workspace']);
  const above = Array.from({ length: LEVELS }, (_, level) => joined(crate, '../'.repeat(level)));
  for (const candidate of typeof stated === 'string' ? [joined(crate, stated)] : above) {
    const root = tomlOf(folder, joined(candidate, MANIFEST));
    if (!isTomlTable(root.workspace)) continue;
    const { members } = root.workspace;
    return {
      folder: candidate,
      members: Array.isArray(members) ? members.filter((member) => typeof member === 'string') : [],
      dependency: (name) => tomlAt(root, ['workspace', 'dependencies', name]),
    };
  }
  return undefined;
}

/** Of all environments. */
function dependenciesOf(manifest: TomlTable): readonly (readonly [string, TomlValue])[] {
  const targets = isTomlTable(manifest.target) ? Object.values(manifest.target).filter(isTomlTable) : [];
  const tables = [manifest, ...targets].flatMap((table) => DEPENDENCIES.map((key) => table[key]));
  const patches = isTomlTable(manifest.patch) ? Object.values(manifest.patch) : [];
  return [...tables, ...patches].filter(isTomlTable).flatMap((table) => Object.entries(table));
}

function tomlOf(folder: PackageFolder, file: string): TomlTable {
  try {
    return readToml(folder.read(file) ?? '');
  } catch (error) {
    if (error instanceof InvalidToml) return {};
    throw error;
  }
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
}

/** Without `.` and `x/..`, so that each place has one spelling; `.` for the package's folder. */
function joined(from: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${from}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/') || '.';
}
