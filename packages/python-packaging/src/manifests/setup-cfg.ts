/** setup.cfg as setuptools reads it. */
import { normalizeName } from '../names/name.js';
import { ABSENT, type CoreMetadata, dynamic, type Extras, NOTHING_PRESUMED, stated } from './core-metadata.js';
import { type Ini, type IniValue, iniValue, readIni } from './ini.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder, Place, Stated } from './manifest.js';
import type { SetuptoolsPackages } from './modules/setuptools.js';
import { pbrExtras, pbrPackages, pbrRequirements, usesPbr } from './pbr.js';
import { type PlacedText, parseRequirements } from './pyproject-file.js';
import { readAttribute, readFiles, requirementsOfFiles } from './setuptools-directives.js';

const FILE = 'setup.cfg';

/**
 * `[metadata]`, `[options]` and `[options.extras_require]`.
 * @throws {InvalidIni}
 * @see setuptools' user guide, "Configuring setuptools using setup.cfg files"
 */
export function readSetupCfg(text: string, folder: PackageFolder, problems: ManifestProblem[]): CoreMetadata {
  const ini = readIni(text);
  const field = (section: string, key: string): Stated<string> => readText(ini, section, key, folder);
  const requirements = (section: string, key: string) => readRequirements(ini, section, key, folder, problems);
  const isPbr = usesPbr(folder);
  const setupRequires = requirements('options', 'setup_requires');
  return {
    name: field('metadata', 'name'),
    version: readVersion(ini, folder),
    description: field('metadata', 'description'),
    requiresPython: isPbr ? field('metadata', 'python_requires') : field('options', 'python_requires'),
    dependencies: isPbr
      ? pbrRequirements(folder, { file: FILE, line: undefined }, problems)
      : requirements('options', 'install_requires'),
    extras: isPbr ? pbrExtras(ini, FILE, problems) : readExtras(ini, folder, problems),
    presumed: NOTHING_PRESUMED,
    classifiers: readClassifiers(ini, folder),
    namedFiles: [
      ...filesOf(ini, 'metadata', ['version', 'description', 'long_description', 'classifiers']),
      ...filesOf(ini, 'options', ['install_requires', 'setup_requires']),
      ...filesOf(ini, EXTRAS, [...(ini.get(EXTRAS)?.keys() ?? [])]),
      ...['license_files', 'license_file'].flatMap((key) =>
        listOf(optionOf(ini, 'metadata', key), ',').map((item) => item.text),
      ),
    ],
    buildRequires: setupRequires.kind === 'static' ? setupRequires.value : [],
    sources: new Map(),
    packages: isPbr ? pbrPackages(ini) : readPackages(ini),
  };
}

/** `packages = find:` or a list, with `package_dir` and `py_modules`. */
function readPackages(ini: Ini): SetuptoolsPackages {
  const list = (section: string, key: string) => listOf(optionOf(ini, section, key), ',').map(({ text }) => text);
  const find = 'options.packages.find';
  const [first, ...others] = list('options', 'packages');
  const search = /^find(_namespace)?:/.exec(first ?? '');
  return {
    packages:
      search === null
        ? first === undefined
          ? undefined
          : [first, ...others]
        : {
            where: [optionOf(ini, find, 'where')?.text || '.'],
            include: orElse(list(find, 'include'), ['*']),
            exclude: list(find, 'exclude'),
            namespaces: search[1] !== undefined,
          },
    modules: list('options', 'py_modules'),
    folders: new Map(list('options', 'package_dir').map(splitPair)),
  };
}

function orElse(list: readonly string[], otherwise: readonly string[]): readonly string[] {
  return list.length > 0 ? list : otherwise;
}

const EXTRAS = 'options.extras_require';
const FILE_DIRECTIVE = /^file:\s*(.*)$/s;

/** A key, also where it is written with `-` for `_`, as setuptools once took it. */
function optionOf(ini: Ini, section: string, key: string): IniValue | undefined {
  return iniValue(ini, section, key) ?? iniValue(ini, section, key.replaceAll('_', '-'));
}

function placeOf(value: IniValue): Place {
  return { file: FILE, line: value.line };
}

function readText(ini: Ini, section: string, key: string, folder: PackageFolder): Stated<string> {
  const value = optionOf(ini, section, key);
  if (value === undefined || value.text === '') return ABSENT;
  const files = FILE_DIRECTIVE.exec(value.text)?.[1];
  return files === undefined
    ? stated(value.text, placeOf(value))
    : readFiles(folder, splitList(files, ','), placeOf(value));
}

function readVersion(ini: Ini, folder: PackageFolder): Stated<string> {
  const value = optionOf(ini, 'metadata', 'version');
  const attribute = /^attr:\s*(.*)$/s.exec(value?.text ?? '')?.[1];
  if (value === undefined || attribute === undefined) return readText(ini, 'metadata', 'version', folder);
  const roots = new Map(listOf(optionOf(ini, 'options', 'package_dir'), ',').map(({ text }) => splitPair(text)));
  return readAttribute(folder, attribute.trim(), roots, placeOf(value));
}

function readClassifiers(ini: Ini, folder: PackageFolder): Stated<readonly string[]> {
  const value = optionOf(ini, 'metadata', 'classifiers') ?? optionOf(ini, 'metadata', 'classifier');
  if (value === undefined) return ABSENT;
  const files = FILE_DIRECTIVE.exec(value.text)?.[1];
  if (files === undefined)
    return stated(
      listOf(value, ',').map(({ text }) => text),
      placeOf(value),
    );
  const read = readFiles(folder, splitList(files, ','), placeOf(value));
  return read.kind === 'static' ? stated(splitList(read.value, '\n'), read.at) : read;
}

function readRequirements(
  ini: Ini,
  section: string,
  key: string,
  folder: PackageFolder,
  problems: ManifestProblem[],
): Stated<readonly DeclaredRequirement[]> {
  const value = optionOf(ini, section, key);
  if (value === undefined) return ABSENT;
  const files = FILE_DIRECTIVE.exec(value.text)?.[1];
  if (files !== undefined) return requirementsOfFiles(folder, splitList(files, ','), placeOf(value), problems);
  return stated(parseRequirements(listOf(value, ';'), problems), placeOf(value));
}

function readExtras(ini: Ini, folder: PackageFolder, problems: ManifestProblem[]): Stated<Extras> {
  const section = ini.get(EXTRAS);
  if (section === undefined) return ABSENT;
  const extras = new Map<ReturnType<typeof normalizeName>, readonly DeclaredRequirement[]>();
  let at: Place | undefined;
  for (const [key, value] of section) {
    at ??= placeOf(value);
    const requirements = readRequirements(ini, EXTRAS, key, folder, problems);
    if (requirements.kind === 'dynamic') return dynamic(requirements.reason, requirements.at);
    extras.set(normalizeName(key), requirements.kind === 'static' ? requirements.value : []);
  }
  return stated(extras, at ?? { file: FILE, line: undefined });
}

function filesOf(ini: Ini, section: string, keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => splitList(FILE_DIRECTIVE.exec(optionOf(ini, section, key)?.text ?? '')?.[1] ?? '', ','));
}

/** A list is one item a line or, on one line, separated by `separator`; lines behind `#` are comments. */
function listOf(value: IniValue | undefined, separator: string): readonly PlacedText[] {
  if (value === undefined) return [];
  if (!value.text.includes('\n')) {
    return splitList(value.text, separator).map((text) => ({ text, at: placeOf(value) }));
  }
  return value.text.split('\n').flatMap((line, index) => {
    const text = line.trim();
    return text === '' || text.startsWith('#') ? [] : [{ text, at: { file: FILE, line: value.lines[index] } }];
  });
}

function splitList(text: string, separator: string): readonly string[] {
  const parts = text.includes('\n') ? text.split('\n').flatMap((line) => line.split(',')) : text.split(separator);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function splitPair(text: string): readonly [string, string] {
  const [key = '', value = ''] = text.split('=', 2);
  return [key.trim(), value.trim()];
}
