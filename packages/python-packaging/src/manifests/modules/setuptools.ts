/** What setuptools is told about the modules it packs, in pyproject.toml, setup.cfg or setup.py. */
import { isTomlTable } from '../../toml/read.js';
import type { PyprojectFile } from '../pyproject-file.js';
import { folder, joined, type PackedModules, plainPath } from './layout.js';

/** The options of all three formats; `packages` is a list of names or a search. */
export interface SetuptoolsPackages {
  readonly packages: readonly string[] | PackageSearch | undefined;
  readonly modules: readonly string[];
  /** `package_dir`: folders by package, that of all others under the empty name */
  readonly folders: ReadonlyMap<string, string>;
}

/** `find_packages` and its kin. */
export interface PackageSearch {
  readonly where: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly namespaces: boolean;
}

/** @see setuptools user guide, "Package Discovery and Namespace Packages" */
export function setuptoolsModules({ packages, modules, folders }: SetuptoolsPackages): readonly PackedModules[] {
  const root = folders.get('') ?? '.';
  const single = modules.map((name): PackedModules => ({ kind: 'module', name, path: joined(root, name) }));
  if (packages === undefined) {
    return [
      ...single,
      ...[...folders].map(
        ([name, path]): PackedModules => (name === '' ? folder(path) : { kind: 'module', name, path }),
      ),
    ];
  }
  if (!('where' in packages)) {
    return [
      ...single,
      ...packages.map((name): PackedModules => ({ kind: 'module', name, path: folderOfPackage(name, folders) })),
    ];
  }
  const { where, ...rules } = packages;
  return [...single, ...where.map((path): PackedModules => ({ kind: 'search', path: plainPath(path), ...rules }))];
}

/** @see distutils' `build_py.get_package_dir` */
function folderOfPackage(name: string, folders: ReadonlyMap<string, string>): string {
  const parts = name.split('.');
  for (let length = parts.length; length > 0; length--) {
    const own = folders.get(parts.slice(0, length).join('.'));
    if (own !== undefined) return joined(own, parts.slice(length).join('/'));
  }
  return joined(folders.get('') ?? '.', parts.join('/'));
}

/** `[tool.setuptools]` */
export function readSetuptoolsTable(pyproject: PyprojectFile): SetuptoolsPackages {
  const table = ['tool', 'setuptools'];
  const find = [...table, 'packages', 'find'];
  const folders = Object.entries(pyproject.tableAt([...table, 'package-dir']) ?? {});
  const search = {
    where: pyproject.strings([...find, 'where']) ?? ['.'],
    include: pyproject.strings([...find, 'include']) ?? ['*'],
    exclude: pyproject.strings([...find, 'exclude']) ?? [],
    namespaces: pyproject.boolean([...find, 'namespaces']) ?? true,
  };
  const packages = pyproject.value([...table, 'packages']);
  return {
    packages: isTomlTable(packages) ? search : pyproject.strings([...table, 'packages']),
    modules: pyproject.strings([...table, 'py-modules']) ?? [],
    folders: new Map(folders.map(([name, path]) => [name, String(path)])),
  };
}

/** What one format leaves out another fills in. */
export function mergePackages(...given: readonly (SetuptoolsPackages | undefined)[]): SetuptoolsPackages {
  const all = given.filter((each) => each !== undefined);
  return {
    packages: all.find(({ packages }) => packages !== undefined)?.packages,
    modules: all.find(({ modules }) => modules.length > 0)?.modules ?? [],
    folders: all.find(({ folders }) => folders.size > 0)?.folders ?? new Map(),
  };
}
