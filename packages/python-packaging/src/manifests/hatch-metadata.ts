/** What hatch's metadata hooks make of lists that `[project]` calls dynamic. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { dynamic, type Extras, stated } from './core-metadata.js';
import { type HatchConfiguration, type HatchTable, hatchTable } from './hatch.js';
import type {
  DeclaredRequirement,
  ManifestProblem,
  PackageFolder,
  Place,
  PresumedRequirements,
  Stated,
} from './manifest.js';
import { templatesIn } from './plugin-templates.js';
import { type PlacedText, parseRequirements } from './pyproject-file.js';
import { logicalLines } from './requirements-file.js';

const hooksOf = (hatch: HatchConfiguration): HatchTable => {
  const { file, root } = hatchTable(hatch, 'metadata');
  return { file, root: [...root, 'hooks'] };
};
const requirementsHook = (hatch: HatchConfiguration): HatchTable => {
  const { file, root } = hooksOf(hatch);
  return { file, root: [...root, 'requirements_txt'] };
};

/** hatch-requirements-txt: `files` or `filename`, else `requirements.txt`. @returns `undefined` where there is no such hook */
export function hatchDependencies(
  hatch: HatchConfiguration,
  folder: PackageFolder,
): Stated<readonly DeclaredRequirement[]> | undefined {
  const { file, root: path } = requirementsHook(hatch);
  if (!file.has(path)) return undefined;
  const single = file.string([...path, 'filename']);
  const files = single === undefined ? file.strings([...path, 'files']) : [single];
  return pluginFiles(folder, files ?? ['requirements.txt'], file.at(path), file.problems);
}

/** The plugin passes over what is for pip: includes, other options, hashes. */
function pluginFiles(
  folder: PackageFolder,
  files: readonly string[],
  at: Place,
  problems: ManifestProblem[],
): Stated<readonly DeclaredRequirement[]> {
  const plain: PlacedText[] = [];
  for (const file of files) {
    const text = folder.read(file);
    if (text === undefined) return dynamic(`it is read from ${file}, which is not there`, at);
    plain.push(...logicalLines(text, file));
  }
  const requirements = plain
    .filter((line) => !line.text.startsWith('-'))
    .map((line) => ({ ...line, text: line.text.replace(/\s+--?[A-Za-z].*$/, '') }));
  return stated(parseRequirements(requirements, problems), at);
}

/** hatch-requirements-txt: `optional-dependencies.EXTRA = [file, …]`. */
export function hatchExtras(hatch: HatchConfiguration, folder: PackageFolder): Stated<Extras> | undefined {
  const { file, root } = requirementsHook(hatch);
  const path = [...root, 'optional-dependencies'];
  if (!file.has(path)) return undefined;
  const extras = new Map<NormalizedName, readonly DeclaredRequirement[]>();
  for (const key of file.keys(path)) {
    const at = file.at([...path, key]);
    const read = pluginFiles(folder, file.strings([...path, key]) ?? [], at, file.problems);
    if (read.kind === 'dynamic') return read;
    if (read.kind === 'static') extras.set(normalizeName(key), read.value);
  }
  return stated(extras, file.at(path));
}

/** What hooks other than that one write as templates. */
export function hatchPresumed(hatch: HatchConfiguration): PresumedRequirements {
  const { file, root } = hooksOf(hatch);
  return templatesIn(
    file,
    file.keys(root).map((hook) => [...root, hook]),
  );
}
