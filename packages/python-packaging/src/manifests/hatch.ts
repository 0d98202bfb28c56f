/** Hatch's configuration: `[tool.hatch]` and, with the same tables at its top, hatch.toml. */
import type { DeclaredRequirement, PackageFolder } from './manifest.js';
import { PyprojectFile, type TomlPath } from './pyproject-file.js';

export interface HatchConfiguration {
  readonly manifest: PyprojectFile;
  /** hatch.toml, where there is one */
  readonly own: PyprojectFile | undefined;
}

/** One of hatch's tables: the file it is in, and its path there. */
export interface HatchTable {
  readonly file: PyprojectFile;
  readonly root: TomlPath;
}

const FILE = 'hatch.toml';

/** @throws {BrokenManifest} */
export function hatchConfiguration(pyproject: PyprojectFile, folder: PackageFolder): HatchConfiguration {
  const text = folder.read(FILE);
  return { manifest: pyproject, own: text === undefined ? undefined : new PyprojectFile(text, FILE) };
}

/**
 * A table at the top of hatch.toml replaces the one of `[tool.hatch]` as a whole; those that it leaves out stay.
 * @see hatchling's `ProjectMetadata.hatch`
 */
export function hatchTable({ manifest, own }: HatchConfiguration, name: string): HatchTable {
  return own?.has([name]) ? { file: own, root: [name] } : { file: manifest, root: ['tool', 'hatch', name] };
}

/** What `[tool.hatch.version]` takes the version from. */
export function hatchVersionSource(hatch: HatchConfiguration): string {
  const { file, root } = hatchTable(hatch, 'version');
  return file.string([...root, 'source']) ?? 'regex';
}

/** Build hooks and build targets may each name `dependencies` of their own. */
export function hatchBuildRequires(hatch: HatchConfiguration): readonly DeclaredRequirement[] {
  const build = hatchTable(hatch, 'build');
  const { file } = build;
  const [, ...targets] = buildTables(build);
  const hooks = hookTables(build);
  return [...targets, ...hooks].flatMap((path) => file.requirements([...path, 'dependencies']) ?? []);
}

/** The names of the build hooks that are configured, for all targets or for one. */
export function hatchBuildHooks(hatch: HatchConfiguration): readonly string[] {
  return hookTables(hatchTable(hatch, 'build')).map((path) => path.at(-1) ?? '');
}

/** The files of hooks that are code of the package: build hooks, and the one for metadata. */
export function hatchCustomHooks(hatch: HatchConfiguration): readonly string[] {
  const [build, metadata] = [hatchTable(hatch, 'build'), hatchTable(hatch, 'metadata')];
  const ofBuild = hookTables(build).filter((path) => path.at(-1) === 'custom');
  const ofMetadata = [...metadata.root, 'hooks', 'custom'];
  return [
    ...ofBuild.map((path) => build.file.string([...path, 'path'])),
    ...(metadata.file.has(ofMetadata) ? [metadata.file.string([...ofMetadata, 'path'])] : []),
  ].map((file) => file ?? 'hatch_build.py');
}

/** Every file or folder that `force-include` takes into a dist. */
export function hatchForcedIncludes(hatch: HatchConfiguration): readonly string[] {
  const build = hatchTable(hatch, 'build');
  return buildTables(build).flatMap((path) => build.file.keys([...path, 'force-include']));
}

/** Patterns, as in a .gitignore, of files that go into dists although version control ignores them. */
export function hatchArtifacts(hatch: HatchConfiguration): readonly string[] {
  const build = hatchTable(hatch, 'build');
  return buildTables(build)
    .flatMap((path) => build.file.texts([...path, 'artifacts']) ?? [])
    .map(({ text }) => text);
}

/** `build` and each of its targets. */
function buildTables({ file, root }: HatchTable): TomlPath[] {
  return [root, ...file.keys([...root, 'targets']).map((target) => [...root, 'targets', target])];
}

function hookTables({ file, root }: HatchTable): TomlPath[] {
  return buildTables({ file, root }).flatMap((path) =>
    file.keys([...path, 'hooks']).map((hook) => [...path, 'hooks', hook]),
  );
}
