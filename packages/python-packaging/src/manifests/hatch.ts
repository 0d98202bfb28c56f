/** Hatch's configuration: `[tool.hatch]` or, with the same tables at its top, hatch.toml. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { isTomlTable } from '../toml/read.js';
import { mergeLists, type Sources } from './core-metadata.js';
import type { DeclaredRequirement, PackageFolder } from './manifest.js';
import { type PlacedText, PyprojectFile, type TomlPath } from './pyproject-file.js';
import { parseRequirementLines } from './requirements-file.js';

/** The file that configures hatch, and the path of its tables in there. */
export interface HatchConfiguration {
  readonly file: PyprojectFile;
  readonly root: TomlPath;
}

const FILE = 'hatch.toml';

/**
 * @returns hatch.toml where there is one, else the manifest itself
 * @throws {BrokenManifest}
 */
export function hatchConfiguration(pyproject: PyprojectFile, folder: PackageFolder): HatchConfiguration {
  const text = folder.read(FILE);
  return text === undefined
    ? { file: pyproject, root: ['tool', 'hatch'] }
    : { file: new PyprojectFile(text, FILE), root: [] };
}

/** What `[tool.hatch.version]` takes the version from. */
export function hatchVersionSource({ file, root }: HatchConfiguration): string {
  return file.string([...root, 'version', 'source']) ?? 'regex';
}

/** Build hooks and build targets may each name `dependencies` of their own. */
export function hatchBuildRequires({ file, root }: HatchConfiguration): readonly DeclaredRequirement[] {
  const [, ...targets] = buildTables({ file, root });
  const hooks = hookTables({ file, root });
  return [...targets, ...hooks].flatMap((path) => file.requirements([...path, 'dependencies']) ?? []);
}

/** The names of the build hooks that are configured, for all targets or for one. */
export function hatchBuildHooks(configuration: HatchConfiguration): readonly string[] {
  return hookTables(configuration).map((path) => path.at(-1) ?? '');
}

/** The tables of hooks that are code of the package: build hooks, and the one for metadata. */
export function hatchCustomHooks(configuration: HatchConfiguration): readonly TomlPath[] {
  const { file, root } = configuration;
  const all = [...hookTables(configuration), [...root, 'metadata', 'hooks', 'custom']];
  return all.filter((path) => path.at(-1) === 'custom' && file.has(path));
}

/** Every file or folder that `force-include` takes into a dist. */
export function hatchForcedIncludes({ file, root }: HatchConfiguration): readonly string[] {
  return buildTables({ file, root }).flatMap((path) => file.keys([...path, 'force-include']));
}

/** `build` and each of its targets. */
function buildTables({ file, root }: HatchConfiguration): string[][] {
  const build = [...root, 'build'];
  return [build, ...file.keys([...build, 'targets']).map((target) => [...build, 'targets', target])];
}

function hookTables({ file, root }: HatchConfiguration): string[][] {
  return buildTables({ file, root }).flatMap((path) =>
    file.keys([...path, 'hooks']).map((hook) => [...path, 'hooks', hook]),
  );
}

/** The environments as dependency groups: their dependencies, and the siblings that their commands install with `pip install -e`. */
export function readHatchEnvironments(
  { file, root }: HatchConfiguration,
  folder: PackageFolder,
): { readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>; readonly sources: Sources } {
  const environments = file.keys([...root, 'envs']).flatMap((name) => {
    const path = [...root, 'envs', name];
    if (!isTomlTable(file.value(path))) return [];
    const requirements = ['dependencies', 'extra-dependencies'].flatMap(
      (key) => file.requirements([...path, key]) ?? [],
    );
    const commands = ['pre-install-commands', 'post-install-commands'].flatMap(
      (key) => file.texts([...path, key]) ?? [],
    );
    const installed = parseRequirementLines(commands.flatMap(editableLines), [], folder);
    return [
      {
        name: normalizeName(name),
        requirements: [...requirements, ...installed.requirements],
        sources: installed.sources,
      },
    ];
  });
  return {
    groups: mergeLists(...environments.map(({ name, requirements }) => new Map([[name, requirements]]))),
    sources: mergeLists(...environments.map(({ sources }) => sources)),
  };
}

/** `pip install -e ../alpha -e ../beta` as two lines of a requirements file. */
function editableLines({ text, at }: PlacedText): readonly PlacedText[] {
  if (!/\bpip3?\s+install\b/.test(text)) return [];
  return [...text.matchAll(/(?:^|\s)(?:-e|--editable)[\s=]+(?:"([^"]+)"|'([^']+)'|(\S+))/g)].map(([, ...paths]) => ({
    text: `-e ${paths.find((path) => path !== undefined)}`,
    at,
  }));
}
