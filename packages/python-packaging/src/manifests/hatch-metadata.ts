/** What hatch's metadata hooks make of lists that `[project]` calls dynamic. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { isTomlTable } from '../toml/read.js';
import { type Extras, NOTHING_PRESUMED, stated } from './core-metadata.js';
import { type HatchConfiguration, type HatchTable, hatchTable } from './hatch.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder, PresumedRequirements, Stated } from './manifest.js';
import { type PlacedText, parseRequirements, type TomlPath } from './pyproject-file.js';
import { requirementsOfFiles } from './setuptools-directives.js';

const hooksOf = (hatch: HatchConfiguration): HatchTable => {
  const { file, root } = hatchTable(hatch, 'metadata');
  return { file, root: [...root, 'hooks'] };
};
const requirementsHook = (hatch: HatchConfiguration): HatchTable => {
  const { file, root } = hooksOf(hatch);
  return { file, root: [...root, 'requirements_txt'] };
};

/** hatch-requirements-txt: `files` or `filename`. @returns `undefined` where there is no such hook */
export function hatchDependencies(
  hatch: HatchConfiguration,
  folder: PackageFolder,
): Stated<readonly DeclaredRequirement[]> | undefined {
  const { file, root: path } = requirementsHook(hatch);
  const single = file.has([...path, 'filename']) ? file.string([...path, 'filename']) : undefined;
  const files = single === undefined ? file.strings([...path, 'files']) : [single];
  return files && requirementsOfFiles(folder, files, file.at(path), file.problems);
}

/** hatch-requirements-txt: `optional-dependencies.EXTRA = [file, …]`. */
export function hatchExtras(hatch: HatchConfiguration, folder: PackageFolder): Stated<Extras> | undefined {
  const { file, root } = requirementsHook(hatch);
  const path = [...root, 'optional-dependencies'];
  if (!file.has(path)) return undefined;
  const extras = new Map<NormalizedName, readonly DeclaredRequirement[]>();
  for (const key of file.keys(path)) {
    const at = file.at([...path, key]);
    const read = requirementsOfFiles(folder, file.strings([...path, key]) ?? [], at, file.problems);
    if (read.kind === 'dynamic') return read;
    if (read.kind === 'static') extras.set(normalizeName(key), read.value);
  }
  return stated(extras, file.at(path));
}

/** Other hooks write requirements as templates, such as `alpha=={{ version }}`: which version does not matter for an edge. */
export function hatchPresumed(hatch: HatchConfiguration): PresumedRequirements {
  const { file, root } = hooksOf(hatch);
  const hooks = file.keys(root).map((hook) => [...root, hook]);
  if (hooks.length === 0) return NOTHING_PRESUMED;
  const listed = (path: TomlPath) => (Array.isArray(file.value(path)) ? withoutTemplates(file.texts(path) ?? []) : []);
  const extras = hooks.flatMap((hook) => {
    const path = [...hook, 'optional-dependencies'];
    return isTomlTable(file.value(path))
      ? file.keys(path).map((key) => [normalizeName(key), listed([...path, key])] as const)
      : [];
  });
  return { dependencies: hooks.flatMap((hook) => listed([...hook, 'dependencies'])), extras: new Map(extras) };
}

function withoutTemplates(texts: readonly PlacedText[]): readonly DeclaredRequirement[] {
  const ignored: ManifestProblem[] = [];
  const plain = texts.map(({ text, at }) => ({ text: text.replace(/(?:[=!<>~]=?=?)?\s*\{\{.*?\}\}/g, ''), at }));
  return parseRequirements(plain, ignored);
}
