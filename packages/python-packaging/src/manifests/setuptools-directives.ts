/** setuptools' `file:` and `attr:` directives, the same in setup.cfg and `[tool.setuptools.dynamic]`. */
import { dynamic, stated } from './core-metadata.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder, Place, Stated } from './manifest.js';
import { type PlacedText, parseRequirements } from './pyproject-file.js';
import { readPythonConstant } from './python/constants.js';
import { readRequirementLines } from './requirements-file.js';

/** `file: VERSION`: the text of the files, one after the other, without the blanks around it. */
export function readFiles(folder: PackageFolder, files: readonly string[], at: Place): Stated<string> {
  const texts = files.map((file) => folder.read(file));
  const missing = files[texts.indexOf(undefined)];
  if (missing !== undefined) return dynamic(`it is read from ${missing}, which is not there`, at);
  const [first] = files;
  return stated(texts.join('\n').trim(), files.length === 1 && first !== undefined ? { file: first, line: 1 } : at);
}

/** `file: requirements.txt` */
export function requirementsOfFiles(
  folder: PackageFolder,
  files: readonly string[],
  at: Place,
  problems: ManifestProblem[],
): Stated<readonly DeclaredRequirement[]> {
  const lines: PlacedText[] = [];
  for (const file of files) {
    const read = readRequirementLines(folder, file, problems);
    if (read === undefined) return dynamic(`it is read from ${file}, which is not there`, at);
    lines.push(...read);
  }
  return stated(parseRequirements(lines, problems), at);
}

/**
 * `attr: alpha.version.__version__`, looked up without an import.
 * @param roots `package_dir`: folders by package, that of all others under the empty name
 */
export function readAttribute(
  folder: PackageFolder,
  attribute: string,
  roots: ReadonlyMap<string, string>,
  at: Place,
): Stated<string> {
  const parts = attribute.split('.');
  const name = parts.pop() ?? '';
  for (const path of pathsOf(parts, roots)) {
    for (const file of [`${path}.py`, path === '' ? '__init__.py' : `${path}/__init__.py`]) {
      if (folder.read(file) !== undefined) return readPythonConstant(folder, file, name);
    }
  }
  return dynamic(`it is the attribute ${attribute}, whose module is not there`, at);
}

function pathsOf(module: readonly string[], roots: ReadonlyMap<string, string>): readonly string[] {
  const [first = '', ...rest] = module;
  const own = roots.get(first);
  const stated = own === undefined ? [] : [[own, ...rest]];
  // Without a stated root setuptools finds out whether the layout is flat or has `src`.
  const root = roots.get('');
  const found = root === undefined ? [module, ['src', ...module]] : [[root, ...module]];
  return [...stated, ...found].map((path) => path.filter((part) => part !== '' && part !== '.').join('/'));
}
