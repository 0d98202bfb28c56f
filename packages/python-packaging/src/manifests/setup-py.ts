/** setup.py, read and never executed: the arguments of its one call of `setup()` as far as they follow from constants. */
import type { NormalizedName } from '../names/name.js';
import { ABSENT, type CoreMetadata, dynamic, mergeLists, NOTHING_PRESUMED, stated } from './core-metadata.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder, Place, Stated } from './manifest.js';
import type { SetuptoolsPackages } from './modules/setuptools.js';
import { presumedRequirements } from './presumed-requirements.js';
import { type PlacedText, parseRequirements } from './pyproject-file.js';
import { environmentReads } from './python/environment-reads.js';
import { ReadFiles, ROOT } from './python/files.js';
import { Interpreter, type SetupCall } from './python/interpreter.js';
import { isTooMuchWork } from './python/limits.js';
import { ALL_PYTHONS, ASKS_FOR_PYTHON, admittedPythons, type Python } from './python/pythons.js';
import { isDict, isList, isUnknown, type PyValue, unknown } from './python/values.js';
import { placeOfRequirement, requirementLines, splitExtra, withMarker } from './setup-requirements.js';

const FILE = 'setup.py';
/** An import of what has a `setup()`. Without one a file of this name is a module like any other. */
const SETUP_MODULE =
  /^[ \t]*(?:from|import)[ \t]+(?:\w+[ \t]*,[ \t]*)*(?:setuptools|distutils|skbuild|numpy\.distutils)\b/m;

/** @returns `undefined` where the file is not there or calls no `setup()` */
export function readSetupScript(folder: PackageFolder, problems: ManifestProblem[]): CoreMetadata | undefined {
  const text = folder.read(FILE);
  if (text === undefined) return undefined;
  const read = followScript(folder, text);
  if (read === undefined) return undefined;
  const { call, interpreter } = read;
  const { files } = interpreter;
  const script = new Script(call, text, files.texts, problems);
  const { dependencies, extras } = script.requirements();
  const buildRequires = script.requirementList('setup_requires');
  const isOpen = dependencies.kind === 'dynamic' || extras.kind === 'dynamic';
  return {
    name: script.text('name'),
    version: script.version(),
    description: script.text('description'),
    requiresPython: script.text('python_requires'),
    dependencies,
    extras,
    presumed: isOpen ? presumedRequirements(folder, files, interpreter.pythons) : NOTHING_PRESUMED,
    classifiers: script.texts('classifiers'),
    namedFiles: [...files.texts.keys()].filter(
      (file) => file !== FILE && file !== 'setup.cfg' && file !== 'pyproject.toml',
    ),
    buildRequires: buildRequires.kind === 'static' ? buildRequires.value : [],
    sources: new Map(),
    environment: [...new Set([text, ...interpreter.executed])].flatMap(environmentReads),
    packages: script.packages(),
  };
}

interface FollowedScript {
  readonly call: SetupCall;
  readonly interpreter: Interpreter;
}

/** What depends on the version of Python is decided for all that may build the package, which the call of `setup()` itself says. */
function followScript(folder: PackageFolder, text: string): FollowedScript | undefined {
  const follow = (pythons: readonly Python[]): FollowedScript | undefined => {
    const interpreter = new Interpreter(new ReadFiles(folder), undefined, pythons);
    const call = setupCall(text, interpreter);
    return call && { call, interpreter };
  };
  const first = follow(ALL_PYTHONS);
  if (first === undefined || ![...first.interpreter.executed].some((each) => ASKS_FOR_PYTHON.test(each))) return first;
  const admitted = admittedPythons(first.call.named.get('python_requires') ?? null);
  return admitted.length === ALL_PYTHONS.length ? first : (follow(admitted) ?? first);
}

function setupCall(text: string, interpreter: Interpreter): SetupCall | undefined {
  const unreadable = (lost: string): SetupCall | undefined =>
    SETUP_MODULE.test(text) && /\bsetup\s*\(/.test(text) ? { named: new Map(), lost, line: 1 } : undefined;
  try {
    if (interpreter.module(FILE, '__main__') === undefined)
      return unreadable('setup.py is not Python that can be followed');
  } catch (error) {
    if (isTooMuchWork(error)) return unreadable('setup.py is too long to follow');
    throw error;
  }
  const { setupCalls } = interpreter;
  return setupCalls.length === 0
    ? unreadable('setup() is called in a way that cannot be followed')
    : agreement(setupCalls);
}

/** What all calls of `setup()` that may happen say alike. */
function agreement(calls: readonly SetupCall[]): SetupCall | undefined {
  const [first, ...others] = calls;
  if (first === undefined || others.length === 0) return first;
  const keywords = new Set(calls.flatMap(({ named }) => [...named.keys()]));
  const agreed = [...keywords].map((keyword): readonly [string, PyValue] => {
    const values = calls.map(({ named }) => named.get(keyword));
    const [value] = values;
    const isSame =
      value !== undefined &&
      values.every((each) => each !== undefined && JSON.stringify(plain(each)) === JSON.stringify(plain(value)));
    return [keyword, isSame ? value : unknown('setup() may be called in several ways that differ in this')];
  });
  return { named: new Map(agreed), lost: calls.find(({ lost }) => lost !== undefined)?.lost, line: first.line };
}

/** A value as JSON can compare it; what cannot be followed only equals itself in its reason, and stays unknown then. */
function plain(value: PyValue): unknown {
  if (isList(value)) return [value.kind, value.lost, ...value.items.map(plain)];
  if (isDict(value))
    return { lost: value.lost, entries: [...value.entries].map(([key, inner]) => [key, plain(inner)]) };
  return typeof value === 'object' && value !== null ? { kind: value.kind } : { value };
}

class Script {
  private readonly lines: readonly string[];

  constructor(
    private readonly call: SetupCall,
    text: string,
    private readonly files: ReadonlyMap<string, string>,
    private readonly problems: ManifestProblem[],
  ) {
    this.lines = text.split(/\r?\n/);
  }

  text(keyword: string): Stated<string> {
    return this.stated(keyword, (value) => (typeof value === 'string' && !value.includes(ROOT) ? value : undefined));
  }

  version(): Stated<string> {
    const plugins = ['use_scm_version', 'pbr', 'use_vcs_version', 'setuptools_git_versioning', 'version_config'];
    const plugin = plugins.find((keyword) => isGiven(this.call.named.get(keyword)));
    if (plugin !== undefined)
      return dynamic(`the version comes from the version control system (${plugin})`, this.placeOf(plugin));
    return this.stated('version', (value) =>
      (typeof value === 'string' || typeof value === 'number') && !String(value).includes(ROOT)
        ? String(value)
        : undefined,
    );
  }

  texts(keyword: string): Stated<readonly string[]> {
    return this.stated(keyword, (value) => flatten(value));
  }

  /** `install_requires` and `extras_require`; an extra named `:marker` belongs to the former, `name:marker` to the latter. */
  requirements(): { dependencies: Stated<readonly DeclaredRequirement[]>; extras: CoreMetadata['extras'] } {
    const plain = this.requirementList('install_requires');
    const byKey = this.stated('extras_require', (value) => (isDict(value) ? flattenAll(value.entries) : undefined));
    // Extras that are not known may add conditional requirements to the others.
    if (byKey.kind === 'dynamic') return { dependencies: plain.kind === 'dynamic' ? plain : byKey, extras: byKey };
    if (byKey.kind === 'absent') return { dependencies: plain, extras: ABSENT };
    const conditional: DeclaredRequirement[] = [];
    const extras: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>[] = [];
    for (const [key, texts] of byKey.value) {
      const { extra, marker } = splitExtra(key);
      const declared = this.parse(texts, marker, byKey.at);
      if (extra === undefined) conditional.push(...declared);
      else extras.push(new Map([[extra, declared]]));
    }
    const dependencies =
      conditional.length === 0 || plain.kind === 'dynamic'
        ? plain
        : stated(
            [...(plain.kind === 'static' ? plain.value : []), ...conditional],
            plain.kind === 'static' ? plain.at : byKey.at,
          );
    return { dependencies, extras: byKey.value.size === 0 ? ABSENT : stated(mergeLists(...extras), byKey.at) };
  }

  /** `packages`, `py_modules` and `package_dir`, as far as they follow from constants. */
  packages(): SetuptoolsPackages {
    const packages = this.call.named.get('packages') ?? null;
    const isSearch = typeof packages === 'object' && packages?.kind === 'packages';
    const modules = this.texts('py_modules');
    const names = this.texts('packages');
    const folders = this.call.named.get('package_dir') ?? null;
    return {
      packages: isSearch ? packages.search : names.kind === 'static' ? names.value : undefined,
      modules: modules.kind === 'static' ? modules.value : [],
      folders: new Map(
        isDict(folders)
          ? [...folders.entries].filter((each): each is [string, string] => typeof each[1] === 'string')
          : [],
      ),
    };
  }

  requirementList(keyword: string): Stated<readonly DeclaredRequirement[]> {
    const pbr = keyword === 'install_requires' && isGiven(this.call.named.get('pbr'));
    if (pbr) return ABSENT; // setup.cfg tells, see readSetupCfg
    const read = this.stated(keyword, (value) => flatten(value));
    return read.kind === 'static' ? stated(this.parse(read.value, '', read.at), read.at) : read;
  }

  private parse(texts: readonly string[], marker: string, fallback: Place): readonly DeclaredRequirement[] {
    const placed = texts.flatMap(requirementLines).map((line): PlacedText => {
      const local = line.replace(`file://localhost${ROOT}/`, 'file:').replace(`file://${ROOT}/`, 'file:');
      return { text: withMarker(local, marker), at: placeOfRequirement(line, this.files) ?? fallback };
    });
    return parseRequirements(placed, this.problems);
  }

  private stated<T>(keyword: string, convert: (value: PyValue) => T | undefined): Stated<T> {
    const value = this.call.named.get(keyword);
    const at = this.placeOf(keyword);
    if (value === undefined) return this.call.lost === undefined ? ABSENT : dynamic(this.call.lost, at);
    if (value === null) return ABSENT;
    if (isUnknown(value)) return dynamic(value.reason, at);
    const converted = convert(value);
    return converted === undefined
      ? dynamic(unknownIn(value) ?? `\`${keyword}\` is made from values that cannot be followed`, at)
      : stated(converted, at);
  }

  private placeOf(keyword: string): Place {
    const from = this.call.line - 1;
    const assignment = new RegExp(`\\b${keyword}\\b\\s*=`);
    const index = this.lines.findIndex((line, at) => at >= from && assignment.test(line));
    return { file: FILE, line: (index < 0 ? from : index) + 1 };
  }
}

function isGiven(value: PyValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false;
}

/** A string, or strings in lists, as one list; `undefined` where anything else is in it. */
function flatten(value: PyValue): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  if (!isList(value) || value.lost !== undefined) return undefined;
  const parts = value.items.map(flatten);
  const texts = parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  return texts?.some((text) => text.replace(`file://${ROOT}/`, '').includes(ROOT)) ? undefined : texts;
}

function flattenAll(entries: ReadonlyMap<string, PyValue>): ReadonlyMap<string, readonly string[]> | undefined {
  const lists = [...entries].map(([key, value]) => [key, value === null ? [] : flatten(value)] as const);
  return lists.every((pair): pair is readonly [string, readonly string[]] => pair[1] !== undefined)
    ? new Map(lists)
    : undefined;
}

function unknownIn(value: PyValue): string | undefined {
  if (isUnknown(value)) return value.reason;
  if (isList(value)) return value.lost ?? value.items.map(unknownIn).find((reason) => reason !== undefined);
  if (isDict(value))
    return value.lost ?? [...value.entries.values()].map(unknownIn).find((reason) => reason !== undefined);
  return undefined;
}
