/** A package at the root that contains the others owns of its folder what it packages and tests with, not everything that nobody else owns. */
import { KeptTexts } from './kept/kept-texts.js';
import { mentionsIn } from './locks/mentions.js';
import { configuresPytest, PYTEST_FILES } from './pytest-files.js';
import type { Package, Workspace } from './workspace.js';

/** The root package and the names at the top of its folder that are its own: folders and files. */
export interface RootPackage {
  readonly pkg: Package;
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** Tables of pyproject.toml that name files for dists or tests. */
const TABLES_WITH_FILES = ['flit', 'hatch', 'pdm', 'poetry', 'pytest', 'setuptools'];
/** What plugins of build backends read without being told. */
const FILES_OF_PLUGINS: Readonly<Record<string, string>> = { 'hatch-nodejs-version': 'package.json' };
const FILES_WITH_NAMES = ['MANIFEST.in', 'hatch.toml', 'setup.cfg', 'setup.py'];

/**
 * A name at the top is the package's own when it is Python, a manifest, or a name that manifests or the package's own code mention.
 * What is left is the repository's: settings of its hosting, words for its people, folders of packages.
 * @param byPackage the files of each package, see `filesByPackage`
 * @param texts what earlier readings of the same workspace have left
 * @returns `undefined` where no package at the root contains others, or it cannot be told what it takes: then all of the folder is its own
 */
export function rootPackage(
  workspace: Workspace,
  byPackage: ReadonlyMap<string, readonly string[]>,
  texts = new KeptTexts(),
): RootPackage | undefined {
  const pkg = workspace.packages.get('.');
  if (pkg === undefined || byPackage.size < 2 || !isKnown(pkg)) return undefined;
  const own = byPackage.get('.') ?? [];
  const read = (file: string) => texts.read(workspace.root, file);
  const isForPytest = (file: string) => own.includes(file) && configuresPytest(read(file));
  const tops = new Set(own.map(topOf));
  const python = new Set(own.filter((file) => isPython(file) && !file.startsWith('.')).map(topOf));
  const ofPlugins = pkg.manifest.buildSystem.requires.map(
    ({ requirement }) => FILES_OF_PLUGINS[requirement.name] ?? '',
  );
  const named = new Set(
    [
      ...pkg.manifestFiles,
      ...FILES_WITH_NAMES,
      ...ofPlugins,
      ...pkg.manifest.namedFiles,
      ...PYTEST_FILES.filter(isForPytest),
    ].map(topOf),
  );
  const others = [...tops].filter((top) => !python.has(top) && !named.has(top));
  const isMentioned = mentionedBy(workspace, pkg, others, [...python], read);
  if (isMentioned === undefined) return undefined;
  const owned = [...tops].filter((top) => python.has(top) || named.has(top) || isMentioned(top));
  const isFolder = (top: string) => own.some((file) => file.startsWith(`${top}/`));
  return {
    pkg,
    folders: owned.filter(isFolder),
    files: owned.filter((top) => !isFolder(top) && !isPython(top)),
  };
}

/** Whether a file, relative to the root, is the root package's own. */
export function isOfRootPackage({ folders, files }: RootPackage, file: string): boolean {
  const top = topOf(file);
  return top === file ? isPython(file) || files.includes(file) : folders.includes(top);
}

/** Of what compilers and build backends of a package's own read, nothing is known here. */
function isKnown({ manifest }: Package): boolean {
  return manifest.virtual !== undefined || !manifest.mayBeCompiled;
}

function mentionedBy(
  workspace: Workspace,
  { manifest }: Package,
  names: readonly string[],
  code: readonly string[],
  read: (file: string) => string,
): ((name: string) => boolean) | undefined {
  if (names.length === 0) return () => false;
  const tables = TABLES_WITH_FILES.map((table) => JSON.stringify(manifest.tool[table] ?? ''));
  const texts = [...tables, ...FILES_WITH_NAMES.map(read)].join('\n');
  // The longest first: `docs` stands in `docs.txt` too, but does not mean it.
  const words = names.toSorted((one, other) => other.length - one.length);
  const inCode = code.length === 0 ? NOWHERE : mentionsIn(workspace, words, code.map(patternOf));
  if (inCode === undefined) return undefined;
  return (name) => texts.includes(name) || inCode.isMentioned(name, '.');
}

function isPython(file: string): boolean {
  return /\.pyi?$/.test(file);
}

/** For git: all Python files of a folder, at any depth, or the file itself. */
function patternOf(top: string): string {
  return isPython(top) ? top : `${top}/*.py`;
}

const NOWHERE = { isMentioned: () => false };

function topOf(file: string): string {
  const slash = file.indexOf('/');
  return slash < 0 ? file : file.slice(0, slash);
}
