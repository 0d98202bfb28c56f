/** What the requirements of a setup.py will be, as far as can be presumed where they do not follow from constants. */
import type { NormalizedName } from '../names/name.js';
import { mergeLists } from './core-metadata.js';
import type { DeclaredRequirement, PackageFolder, PresumedRequirements } from './manifest.js';
import { parseRequirements } from './pyproject-file.js';
import { ReadFiles } from './python/files.js';
import { Interpreter, type SetupCall } from './python/interpreter.js';
import { isTooMuchWork } from './python/limits.js';
import type { Python } from './python/pythons.js';
import { HOLE } from './python/runtime.js';
import { isDict, isList, type PyValue } from './python/values.js';
import { placeOfRequirement, requirementLines, splitExtra, withMarker } from './setup-requirements.js';

const FILE = 'setup.py';
/** Fills holes: with two numbers, so that `~=` takes it too. */
const ANY_VERSION = '0.0';

/**
 * Follows setup.py twice, once with every open condition true and once with every one false, and takes what either of the two gives.
 * @param read takes the files that the script reads on these ways too
 * @param pythons those that the package may be built with
 */
export function presumedRequirements(
  folder: PackageFolder,
  read: ReadFiles,
  pythons: readonly Python[],
): PresumedRequirements {
  const calls = [true, false].flatMap((presumes) => setupCalls(folder, read, presumes, pythons));
  const found = new Map<string, PresumedText>();
  for (const { named } of calls) {
    const extras = named.get('extras_require') ?? null;
    const lists: [string, PyValue][] = [
      ['', named.get('install_requires') ?? null],
      ...(isDict(extras) ? extras.entries : []),
    ];
    for (const [key, value] of lists) {
      for (const text of textsIn(value)) found.set(`${key}\n${text}`, { key, text });
    }
  }
  const requirements = [...found.values()].flatMap((each) => parse(each, read));
  return {
    dependencies: requirements.filter(({ extra }) => extra === undefined).map(({ declared }) => declared),
    extras: mergeLists(
      ...requirements.map(({ extra, declared }) => new Map(extra === undefined ? [] : [[extra, [declared]]])),
    ),
  };
}

interface PresumedText {
  /** as in `extras_require`, empty for `install_requires` */
  readonly key: string;
  /** with holes */
  readonly text: string;
}

function setupCalls(
  folder: PackageFolder,
  read: ReadFiles,
  presumes: boolean,
  pythons: readonly Python[],
): readonly SetupCall[] {
  const files = new ReadFiles(folder);
  const interpreter = new Interpreter(files, presumes, pythons);
  try {
    interpreter.module(FILE, '__main__');
  } catch (error) {
    if (!isTooMuchWork(error)) throw error;
  }
  for (const [file, text] of files.texts) read.texts.set(file, text);
  return interpreter.setupCalls;
}

/** The texts of nested lists; whatever else is in them is left out. */
function textsIn(value: PyValue): readonly string[] {
  if (typeof value === 'string') return requirementLines(value);
  return isList(value) ? value.items.flatMap(textsIn) : [];
}

function parse(
  { key, text }: PresumedText,
  { texts }: ReadFiles,
): readonly { readonly extra: NormalizedName | undefined; readonly declared: DeclaredRequirement }[] {
  const { extra, marker } = splitExtra(key);
  const beginning = text.split(HOLE, 1)[0] as string;
  const at = placeOfRequirement(beginning, texts) ?? { file: FILE, line: undefined };
  // A hole in the name leaves nothing; one in a version may be any version.
  const filled = /[\w.-]$/.test(beginning) && beginning !== text ? beginning : text.replaceAll(HOLE, ANY_VERSION);
  return beginning === ''
    ? []
    : parseRequirements([{ text: withMarker(filled, marker), at }], []).map((declared) => ({ extra, declared }));
}
