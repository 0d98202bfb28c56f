/** Which modules each file of a package is: by its backend's configuration, else by its built wheel, else by the layout of its folders. */
import type { ModuleLayout, PackedModules } from '@nx-wheelhouse/python-packaging';
import { isForTests } from './test-files.js';

export interface ProvidedModules {
  /** dotted names by file, relative to the package's folder */
  readonly ofFiles: ReadonlyMap<string, string>;
  /** names that the package has to itself, stated (PEP 794) or found in its wheel, whether there are files for them or not */
  readonly names: readonly string[];
}

const MODULE_FILE = /^(.*?)(?:\.py|\.pyi|\.pyx|(?:\.[\w-]+)*\.(?:so|pyd))$/;
const DOTTED = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** Folders and files beside the modules of a package that has no `src`. @see setuptools' `FlatLayoutPackageFinder` and `FlatLayoutModuleFinder` */
const NO_MODULES =
  /^(?:[._].*|ci|bin|debian|docs?|documentation|manpages|news|newsfragments|changelog|tests?|unit_tests?|integration_tests?|examples?|scripts|tools|build|dist|benchmarks?|exercises?|htmlcov|setup|conftest|toxfile|noxfile|pavement|dodo|tasks|fabfile|conanfile|manage)$/;

/**
 * @param files the package's own files, relative to its folder
 * @param wheelFiles of the wheel in its `dist`, asked only where neither configuration nor files tell
 */
export async function providedModules(
  layout: ModuleLayout,
  files: readonly string[],
  wheelFiles: () => Promise<readonly string[]>,
): Promise<ProvidedModules> {
  const { names = [], namespaces = [] } = layout.stated ?? {};
  const configured = modulesBy(layout.packed, files);
  const packed = layout.isFoundByFiles || configured.size > 0 ? [] : [...modulesOfWheel(await wheelFiles()).values()];
  const found = configured.size > 0 ? configured : modulesBy(layoutOf(files), files);
  if (layout.stated === undefined) return { ofFiles: found, names: packed };
  const isStated = (name: string) =>
    [...names, ...namespaces].some((each) => name === each || name.startsWith(`${each}.`));
  return { ofFiles: new Map([...found].filter(([, name]) => isStated(name))), names };
}

/**
 * A module of a wheel is what lies in it, but for its metadata and data.
 * @returns dotted names by file
 */
export function modulesOfWheel(files: readonly string[]): ReadonlyMap<string, string> {
  return modulesBy(
    [{ kind: 'folder', path: '.' }],
    files.filter((file) => !/^[^/]+\.(dist-info|data)\//.test(file)),
  );
}

/** What holds the modules where nothing says so: `src`, else every folder and file at the top that is known for nothing else. */
function layoutOf(files: readonly string[]): readonly PackedModules[] {
  for (const path of ['src', 'lib']) {
    const isRoot =
      files.some((file) => file.startsWith(`${path}/`) && file.endsWith('.py')) &&
      !files.includes(`${path}/__init__.py`);
    if (isRoot) return [{ kind: 'folder', path }];
  }
  const tops = new Set(
    files.filter((file) => file.endsWith('.py') && !isForTests(file)).map((file) => file.split('/')[0] as string),
  );
  return [...tops]
    .map((top) => top.replace(/\.py$/, ''))
    .filter((name) => !NO_MODULES.test(name))
    .map((name) => ({ kind: 'module', name, path: name }));
}

function modulesBy(packed: readonly PackedModules[], files: readonly string[]): ReadonlyMap<string, string> {
  const present = new Set(files);
  const matchers = packed.map((each) => matcherOf(each, present));
  const found = new Map<string, string>();
  for (const file of files) {
    const path = MODULE_FILE.exec(file)?.[1];
    if (path === undefined) continue;
    for (const nameOf of matchers) {
      const name = nameOf(path)?.replace(/(^|\.)__init__$/, '');
      if (name && DOTTED.test(name)) {
        found.set(file, name);
        break;
      }
    }
  }
  return found;
}

/** @returns the dotted name of a path without its ending, `undefined` where the rule does not hold for it */
type NameOf = (path: string) => string | undefined;

function matcherOf(rule: PackedModules, present: ReadonlySet<string>): NameOf {
  switch (rule.kind) {
    case 'module':
      return moduleMatcher(rule);
    case 'folder':
      return (path) => pathBelow(rule.path, path)?.replaceAll('/', '.');
    case 'search':
      return searchMatcher(rule, present);
  }
}

function moduleMatcher({ name, path: written }: Extract<PackedModules, { kind: 'module' }>): NameOf {
  const own = written.replace(/\.pyi?$/, '');
  return (path) => {
    if (path === own) return name;
    const inner = pathBelow(own, path);
    return inner && `${name}.${inner.replaceAll('/', '.')}`;
  };
}

function searchMatcher(rule: Extract<PackedModules, { kind: 'search' }>, present: ReadonlySet<string>): NameOf {
  const include = rule.include.map(toRegExp);
  const exclude = rule.exclude.map(toRegExp);
  return (path) => {
    const [top = '', ...rest] = pathBelow(rule.path, path)?.split('/') ?? [];
    if (rest.length === 0) return undefined;
    const isPackage = rule.namespaces || present.has(`${rule.path === '.' ? '' : `${rule.path}/`}${top}/__init__.py`);
    const folder = [top, ...rest.slice(0, -1)].join('.');
    const isFound = include.some((each) => each.test(folder)) && !exclude.some((each) => each.test(folder));
    return isPackage && isFound ? [top, ...rest].join('.') : undefined;
  };
}

function pathBelow(folder: string, path: string): string | undefined {
  if (folder === '.') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/** @see fnmatch, as setuptools uses it */
function toRegExp(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  return new RegExp(`^${escaped}$`);
}
