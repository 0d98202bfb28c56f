/** Hatch's environments as dependency groups: what they name, what overrides add to it, and what their commands install. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { isTomlTable, type TomlTable, type TomlValue } from '../toml/read.js';
import { mergeLists, type Sources } from './core-metadata.js';
import { type HatchConfiguration, hatchTable } from './hatch.js';
import { localPathOf } from './local-sources.js';
import type { DeclaredRequirement, InstalledFolders, PackageFolder } from './manifest.js';
import { type PlacedText, type PyprojectFile, parseRequirements, type TomlPath } from './pyproject-file.js';
import { parseRequirementLines } from './requirements-file.js';
import { readSources } from './uv.js';

const LISTS = ['dependencies', 'extra-dependencies'];

export interface HatchEnvironments {
  readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
  readonly sources: Sources;
  readonly installedFolders: readonly InstalledFolders[];
}

/** @see hatch documentation, "Environment configuration" */
export function readHatchEnvironments(hatch: HatchConfiguration, folder: PackageFolder): HatchEnvironments {
  const { file, root } = hatchTable(hatch, 'envs');
  const environments = file.keys(root).flatMap((name) => {
    const path = [...root, name];
    if (!isTomlTable(file.value(path))) return [];
    const requirements = LISTS.flatMap((key) => file.requirements([...path, key]) ?? []);
    const commands = ['pre-install-commands', 'post-install-commands'].flatMap(
      (key) => file.texts([...path, key]) ?? [],
    );
    const installed = parseRequirementLines(commands.flatMap(editableLines), [], folder);
    return [
      {
        name: normalizeName(name),
        requirements: [...requirements, ...overriding(file, path), ...installed.requirements],
        sources: mergeLists(installed.sources, readSources(file, [...path, 'sources'], `group:${normalizeName(name)}`)),
        members: readMembers(file, path, normalizeName(name)),
      },
    ];
  });
  return {
    groups: mergeLists(...environments.map(({ name, requirements }) => new Map([[name, requirements]]))),
    sources: mergeLists(...environments.map(({ sources }) => sources)),
    installedFolders: environments.flatMap(({ members }) => members),
  };
}

/** `workspace.members`: globs, or tables with a path and the features that are wanted of it. */
function readMembers(file: PyprojectFile, path: TomlPath, group: NormalizedName): readonly InstalledFolders[] {
  const workspace = [...path, 'workspace'];
  const written = isTomlTable(file.value(workspace)) ? file.value([...workspace, 'members']) : undefined;
  if (!Array.isArray(written)) return [];
  const exclude = file.strings([...workspace, 'exclude']) ?? [];
  return written.flatMap((member, index) => {
    const { path: pattern, features }: TomlTable = isTomlTable(member) ? member : { path: member };
    if (typeof pattern !== 'string') return [];
    const extras = (Array.isArray(features) ? features : []).filter((each) => typeof each === 'string');
    return [
      {
        group,
        pattern: localPathOf(pattern) ?? pattern,
        exclude,
        extras: extras.map(normalizeName),
        at: file.at([...workspace, 'members'], index),
      },
    ];
  });
}

/** `overrides.matrix.VARIABLE.dependencies` and its kin: which of them hold is known only where the environment is made. */
function overriding(file: PyprojectFile, path: TomlPath): readonly DeclaredRequirement[] {
  const overrides = [...path, 'overrides'];
  const conditions = childrenOf(file, overrides).flatMap((kind) => childrenOf(file, kind));
  return conditions
    .flatMap((condition) => LISTS.flatMap((key) => [key, `set-${key}`]).map((key) => [...condition, key]))
    .flatMap((list) => parseRequirements(alternatives(file, list), file.problems));
}

function childrenOf(file: PyprojectFile, path: TomlPath): readonly TomlPath[] {
  return isTomlTable(file.value(path)) ? file.keys(path).map((key) => [...path, key]) : [];
}

/** Requirements as texts, or as tables that say when they count: `{ value = "alpha", if = ["3.12"] }`. */
function alternatives(file: PyprojectFile, path: TomlPath): readonly PlacedText[] {
  const written = file.value(path);
  return (Array.isArray(written) ? written : [written]).flatMap((item: TomlValue | undefined, index) => {
    const text = isTomlTable(item) ? item.value : item;
    return typeof text === 'string' ? [{ text, at: file.at(path, Array.isArray(written) ? index : undefined) }] : [];
  });
}

/** `pip install -e ../alpha -e ../beta` as two lines of a requirements file. */
function editableLines({ text, at }: PlacedText): readonly PlacedText[] {
  if (!/\bpip3?\s+install\b/.test(text)) return [];
  return [...text.matchAll(/(?:^|\s)(?:-e|--editable)[\s=]+(?:"([^"]+)"|'([^']+)'|(\S+))/g)].map(([, ...paths]) => ({
    text: `-e ${paths.find((path) => path !== undefined)}`,
    at,
  }));
}
