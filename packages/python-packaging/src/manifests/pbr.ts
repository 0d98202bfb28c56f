/** pbr, which setup.py hands everything over to: requirements in files of their own, extras and packages in sections of setup.cfg. */
import { normalizeName } from '../names/name.js';
import { ABSENT, dynamic, type Extras, stated } from './core-metadata.js';
import type { Ini } from './ini.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder, Place, Stated } from './manifest.js';
import type { SetuptoolsPackages } from './modules/setuptools.js';
import { type PlacedText, parseRequirements } from './pyproject-file.js';
import { parseRequirementLines, readRequirementLines } from './requirements-file.js';

/** The first that there is counts. @see pbr documentation, "Requirements", and `get_requirements_files` */
const FILES = ['requirements-py3.txt', 'requirements.txt', 'tools/pip-requires'];

export function usesPbr(folder: PackageFolder): boolean {
  return /\bpbr\s*=\s*True\b/.test(folder.read('setup.py') ?? '');
}

/** @param at what stands for the list where no file does */
export function pbrRequirements(
  folder: PackageFolder,
  at: Place,
  problems: ManifestProblem[],
): Stated<readonly DeclaredRequirement[]> {
  const file = FILES.find((each) => folder.read(each) !== undefined);
  if (file === undefined) return ABSENT;
  const lines = readRequirementLines(folder, file, problems);
  if (lines === undefined) return dynamic(`${file} includes a file that is not there`, at);
  return stated(parseRequirementLines(lines, problems, folder).requirements, { file, line: 1 });
}

/** `[extras]`: lines of requirements, a marker in brackets behind a colon. */
export function pbrExtras(ini: Ini, file: string, problems: ManifestProblem[]): Stated<Extras> {
  const section = ini.get('extras');
  const first = section && [...section.values()][0];
  if (section === undefined || first === undefined) return ABSENT;
  const extras = [...section].map(([name, { text, lines }]) => {
    const texts = text.split('\n').map((line, index): PlacedText => {
      const plain = line.replace(/(^|\s)#.*$/, '');
      const [, requirement = plain, marker] = /^(.*?)\s*:\s*\((.*)\)\s*$/.exec(plain) ?? [];
      return {
        text: marker === undefined ? requirement : `${requirement}; ${marker}`,
        at: { file, line: lines[index] },
      };
    });
    const given = texts.filter((each) => each.text.trim() !== '');
    return [normalizeName(name), parseRequirements(given, problems)] as const;
  });
  return stated(new Map(extras), { file, line: first.line });
}

/** `[files] packages`: packages with all below them. */
export function pbrPackages(ini: Ini): SetuptoolsPackages {
  const listed = ini.get('files')?.get('packages')?.text.split('\n') ?? [];
  const packages = listed.map((line) => line.trim()).filter((line) => line !== '');
  return { packages: packages.length > 0 ? packages : undefined, modules: [], folders: new Map() };
}
