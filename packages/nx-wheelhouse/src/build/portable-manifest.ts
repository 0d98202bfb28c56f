/**
 * A staged manifest that means the same everywhere: poetry would write a dependency on the path of a sibling into the dist as a URL
 * of this machine; the sibling's name is what an index knows it by. The tree is not touched.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import {
  type FileEdit,
  formatRequirement,
  isTomlTable,
  type PackageFolder,
  parseRequirement,
  type Requirement,
  readManifest,
  readToml,
  removeTomlKey,
  replaceInTomlArray,
  setSpecifiers,
  setTomlValue,
  type TomlTable,
  type TomlValue,
  tomlAt,
} from '@nx-wheelhouse/python-packaging';
import { type Package, pathIn, type Workspace } from '../workspace/workspace.js';
import { type Pins, pinned, publishedRequirements } from './sibling-pins.js';

const POETRY = ['poetry', 'dependencies'];
const DEPENDENCIES = ['tool', ...POETRY];

/** What is said of a path, and of nothing that has a name. */
const LOCAL_KEYS = ['path', 'develop'];

/** What a dependency may be; it holds no dates, which no value to be written may be. */
type TomlInput = Parameters<typeof setTomlValue>[2];

/** @returns the staged texts of manifests that are not those of the tree, by path in the package's folder */
export function portableManifests(
  pkg: Package,
  { root, packages }: Workspace,
  pins: Pins,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  if (pins.versions.size === 0 && tomlAt(pkg.manifest.tool, POETRY) === undefined) return texts; // most have neither
  const read = (path: string) => texts.get(path) ?? readText(join(root, pkg.root, path));
  const write = ({ file, text }: FileEdit) => void (text !== read(file) && texts.set(file, text));
  const isSibling = (path: string) => packages.has(posix.normalize(pathIn(pkg.root, path)).replace(/\/$/, ''));
  const pyproject = read('pyproject.toml');
  if (pyproject !== undefined)
    write({ file: 'pyproject.toml', text: withPins(withoutSiblingPaths(pyproject, isSibling), pins) });
  for (const edit of pinsElsewhere({ read }, pins)) write(edit);
  return texts;
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Narrows what tables of poetry and flit, setup.cfg or a list of requirements say; what only code says is narrowed in the built metadata. */
function* pinsElsewhere(folder: PackageFolder, pins: Pins): Generator<FileEdit> {
  if (pins.versions.size === 0) return;
  const reading = readManifest(folder);
  if (reading.kind !== 'package') return;
  for (const declared of publishedRequirements(reading.manifest)) {
    const wanted = pinned(declared.requirement, pins);
    if (wanted === declared.requirement || wanted.source.kind !== 'index' || declared.at.file.endsWith('.py')) continue;
    const edit = setSpecifiers(folder, declared, wanted.source.specifiers);
    if (edit !== undefined) yield edit;
  }
}

/**
 * Narrows the requirements on siblings in `[project]`.
 * @param text a pyproject.toml
 * @throws {ContradictoryPin}
 */
export function withPins(text: string, pins: Pins): string {
  if (pins.versions.size === 0) return text;
  const extras = tomlAt(readToml(text), ['project', 'optional-dependencies']);
  const lists = [
    ['project', 'dependencies'],
    ...(isTomlTable(extras) ? Object.keys(extras).map((extra) => ['project', 'optional-dependencies', extra]) : []),
  ];
  return lists.reduce((rest, path) => {
    const items = tomlAt(readToml(rest), path);
    if (!Array.isArray(items)) return rest;
    return items.reduce<string>((left, item, index) => {
      const requirement = typeof item === 'string' ? readRequirement(item) : undefined;
      const wanted = requirement && pinned(requirement, pins);
      return wanted === undefined || wanted === requirement
        ? left
        : replaceInTomlArray(left, path, index, formatRequirement(wanted));
    }, rest);
  }, text);
}

/** @returns `undefined` for a text that is none: the backend will say so */
function readRequirement(text: string): Requirement | undefined {
  try {
    return parseRequirement(text);
  } catch {
    return undefined;
  }
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
    const portable = byName(value, isSibling);
    if (portable === value) return rest;
    if (!isTomlTable(value)) return setTomlValue(rest, path, portable as TomlInput);
    const named = 'version' in value ? rest : setTomlValue(rest, [...path, 'version'], '*');
    return LOCAL_KEYS.filter((key) => key in value).reduce((left, key) => removeTomlKey(left, [...path, key]), named);
  }, text);
}

/** A dependency may be a list: one statement per marker. */
function byName(value: TomlValue, isSibling: (path: string) => boolean): TomlValue {
  if (Array.isArray(value)) {
    const all = value.map((one) => byName(one, isSibling));
    return all.some((one, index) => one !== value[index]) ? all : value;
  }
  if (!isTomlTable(value) || typeof value.path !== 'string' || !isSibling(value.path)) return value;
  const { path: _path, develop: _develop, ...others } = value;
  return { version: '*', ...others } satisfies TomlTable;
}
