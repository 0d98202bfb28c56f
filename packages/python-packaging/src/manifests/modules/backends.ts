/** What the configuration of each build backend says about the modules it packs. */
import { isTomlTable } from '../../toml/read.js';
import { flitModule } from '../flit.js';
import { type HatchConfiguration, hatchTable } from '../hatch.js';
import type { PyprojectFile, TomlPath } from '../pyproject-file.js';
import { folder, globRoot, joined, moduleAt, moduleBelow, type PackedModules, plainPath } from './layout.js';

/** @see hatch documentation, "Wheel builder" and "Build configuration"; hatchling's `BuilderConfig.sources` and `get_distribution_path` */
export function hatchModules(hatch: HatchConfiguration): readonly PackedModules[] {
  const { file, root } = hatchTable(hatch, 'build');
  /** An option of the target replaces the one of all targets. */
  const option = (key: string): TomlPath => {
    const own = [...root, 'targets', 'wheel', key];
    return file.has(own) ? own : [...root, key];
  };
  const packages = (file.strings(option('packages')) ?? []).map(plainPath);
  const sources = hatchSources(file, option('sources'), packages);
  const only = file.strings(option('only-include')) ?? packages;
  const packed =
    only.length > 0
      ? only.map((path) => moduleAt(path, distributionPath(plainPath(path), sources)))
      : [...sources].map(([path, as]) => moduleAt(path, as));
  const forced = Object.entries(file.tableAt(option('force-include')) ?? {});
  return [...packed, ...forced.flatMap(([path, as]) => (typeof as === 'string' ? [moduleAt(path, as)] : []))];
}

/** `sources = ["src"]` takes a folder's name away, `sources = { "src/a" = "b" }` replaces it; what lies above a package is taken away too. */
function hatchSources(file: PyprojectFile, path: TomlPath, packages: readonly string[]): readonly [string, string][] {
  const table = file.value(path);
  const sources = isTomlTable(table)
    ? Object.entries(table).map(([source, as]): [string, string] => [plainPath(source), String(as)])
    : (file.strings(path) ?? []).map((source): [string, string] => [plainPath(source), '']);
  const isStated = (folder: string) => sources.some(([source]) => source === folder);
  const above = packages
    .filter((each) => each.includes('/') && !isStated(each))
    .map((each): [string, string] => [each.slice(0, each.lastIndexOf('/')), '']);
  return [...sources, ...above].sort(([a], [b]) => (`${a}/` < `${b}/` ? -1 : 1));
}

function distributionPath(path: string, sources: readonly [string, string][]): string {
  const [source, as] = sources.find(([folder]) => `${path}/`.startsWith(`${folder}/`)) ?? ['', ''];
  return source === '' ? path : joined(as, path.slice(source.length));
}

/** @see flit documentation, "Module section" */
export function flitModules(pyproject: PyprojectFile, distribution: string): readonly PackedModules[] {
  const name = flitModule(pyproject, distribution);
  return [moduleBelow('src', name), moduleBelow('.', name)];
}

/** @see poetry documentation, "packages" */
export function poetryModules(pyproject: PyprojectFile): readonly PackedModules[] {
  const packages = pyproject.value(['tool', 'poetry', 'packages']);
  if (!Array.isArray(packages)) return [];
  return packages.filter(isTomlTable).flatMap(({ include, from, to }) => {
    if (typeof include !== 'string') return [];
    const path = plainPath(globRoot(include));
    const root = typeof from === 'string' ? from : '.';
    return [moduleAt(joined(root, path), joined(typeof to === 'string' ? to : '.', path))];
  });
}

/** @see pdm-backend documentation, "Build configuration" */
export function pdmModules(pyproject: PyprojectFile): readonly PackedModules[] {
  const build = ['tool', 'pdm', 'build'];
  const root = pyproject.string([...build, 'package-dir']);
  const includes = (pyproject.strings([...build, 'includes']) ?? []).map(globRoot).map(plainPath);
  const inRoot = includes.map((path) =>
    root !== undefined && `${path}/`.startsWith(`${plainPath(root)}/`) ? path.slice(plainPath(root).length) : path,
  );
  if (includes.length > 0) return includes.map((path, index) => moduleAt(path, inRoot[index]));
  return root === undefined ? [] : [folder(root)];
}

/** @see uv documentation, "The uv build backend" */
export function uvBuildModules(pyproject: PyprojectFile, module: string): readonly PackedModules[] {
  const table = ['tool', 'uv', 'build-backend'];
  const root = pyproject.string([...table, 'module-root']) ?? 'src';
  const stated = pyproject.value([...table, 'module-name']);
  const names = typeof stated === 'string' ? [stated] : (pyproject.strings([...table, 'module-name']) ?? [module]);
  return names.map((name) => moduleBelow(root, name));
}

/** @see maturin user guide, "Project layout" and "pyproject.toml" */
export function maturinModules(pyproject: PyprojectFile, module: string): readonly PackedModules[] {
  const table = ['tool', 'maturin'];
  const root = pyproject.string([...table, 'python-source']);
  const name = pyproject.string([...table, 'module-name']) ?? module;
  const packages = pyproject.strings([...table, 'python-packages']) ?? [];
  return [name.split('.')[0] ?? name, ...packages].map((each) => moduleBelow(root ?? '.', each));
}

/** @see scikit-build-core documentation, "Configuring the wheel" */
export function scikitBuildModules(pyproject: PyprojectFile): readonly PackedModules[] {
  const path = ['tool', 'scikit-build', 'wheel', 'packages'];
  const table = pyproject.value(path);
  if (isTomlTable(table)) return Object.entries(table).map(([as, from]) => moduleAt(String(from), as));
  return (pyproject.strings(path) ?? []).map((each) => moduleAt(each, lastPart(each)));
}

function lastPart(path: string): string {
  return plainPath(path).split('/').at(-1) ?? path;
}
