/** The options of the generator: everything is checked and completed here, before anything is written. */
import { basename } from 'node:path';
import {
  InvalidRequirement,
  InvalidSpecifier,
  isValidName,
  normalizeName,
  parseRequirement,
  parseSpecifierSet,
  parseVersion,
  type Requirement,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import { type Place, rootIn } from './directory.js';
import { spdxIdentifier } from './license.js';

export type Backend = 'hatchling' | 'setuptools' | 'flit' | 'poetry-core' | 'pdm' | 'uv_build';
type TestRunner = 'pytest' | 'unittest' | 'none';

/** Options that are text. */
export const TEXT_OPTIONS = [
  'directory',
  'name',
  'importName',
  'packageVersion',
  'version',
  'description',
  'author',
  'email',
  'url',
  'license',
  'requiresPython',
  'script',
] as const;

export type PythonPackageOptions = { readonly directory: string } & {
  readonly [option in (typeof TEXT_OPTIONS)[number]]?: string;
} & {
  readonly manifest?: 'pyproject' | 'setup.py';
  readonly backend?: Backend;
  readonly layout?: 'src' | 'flat';
  readonly dependencies?: readonly string[];
  readonly keywords?: readonly string[];
  readonly classifiers?: readonly string[];
  readonly typed?: boolean;
  readonly testRunner?: TestRunner;
  readonly git?: boolean;
  readonly skipLock?: boolean;
};

/** A package that can be made. */
export interface NewPackage {
  /** relative to the workspace root, `.` for the root itself */
  readonly root: string;
  readonly name: string;
  /** dotted for a namespace package */
  readonly importName: string;
  readonly manifest: 'pyproject' | 'setup.py';
  readonly backend: Backend;
  readonly layout: 'src' | 'flat';
  readonly version: string;
  readonly description: string;
  readonly author: string | undefined;
  readonly email: string | undefined;
  readonly url: string | undefined;
  /** an SPDX identifier */
  readonly license: string | undefined;
  readonly requiresPython: string;
  readonly dependencies: readonly Requirement[];
  readonly keywords: readonly string[];
  readonly classifiers: readonly string[];
  readonly typed: boolean;
  readonly script: string | undefined;
  readonly testRunner: TestRunner;
}

const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/**
 * @param place what the directory is relative to
 * @throws {UserError} naming the option and what it takes
 */
export function newPackage(options: PythonPackageOptions, place: Place): NewPackage {
  const root = rootIn(place, options.directory);
  check(root !== undefined, 'directory', options.directory, 'a folder inside the workspace');
  const name =
    options.name ?? options.importName?.replaceAll('_', '-') ?? basename(root === '.' ? place.workspaceRoot : root);
  check(isValidName(name), 'name', name, 'letters, digits, `-`, `_`, `.`, with a letter or digit at both ends');
  const importName = options.importName ?? importNameOf(name);
  check(isImportable(importName), 'importName', importName, 'identifiers of Python joined by dots');
  const manifest = options.manifest ?? 'pyproject';
  const backend = options.backend ?? (manifest === 'setup.py' ? 'setuptools' : 'hatchling');
  check(manifest === 'pyproject' || backend === 'setuptools', 'backend', backend, 'setuptools, with a setup.py');
  const script = options.script;
  check(script === undefined || /^\w[\w.-]*$/.test(script), 'script', String(script), "a command's name");
  const license = licenseOf(options);
  return {
    root,
    name,
    importName,
    manifest,
    backend,
    layout: options.layout ?? (manifest === 'setup.py' ? 'flat' : 'src'),
    version: versionOf(options),
    description: line('description', options.description) ?? `The Python package ${name}`,
    author: line('author', options.author),
    email: emailOf(options),
    url: urlOf(options),
    license,
    requiresPython: pythonVersions(options.requiresPython ?? '>=3.9'),
    dependencies: requirementsOf(options.dependencies ?? []),
    keywords: lines('keywords', options.keywords),
    classifiers: classifiersOf(options, manifest === 'pyproject' && license !== undefined),
    typed: options.typed ?? false,
    script,
    testRunner: options.testRunner ?? 'pytest',
  };
}

function versionOf({ packageVersion, version }: PythonPackageOptions): string {
  const given = packageVersion ?? version ?? '0.1.0';
  const option = packageVersion === undefined ? 'version' : 'packageVersion';
  check(parseVersion(given) !== undefined, option, given, 'a version as PEP 440 has it, such as 0.1.0');
  return given;
}

function licenseOf({ license = 'MIT' }: PythonPackageOptions): string | undefined {
  if (license === 'none') return undefined;
  const identifier = spdxIdentifier(license);
  const examples = 'MIT, Apache-2.0, BSD-3-Clause or GPL-3.0-or-later';
  check(identifier !== undefined, 'license', license, `an SPDX identifier such as ${examples}, or none`);
  return identifier;
}

function emailOf(options: PythonPackageOptions): string | undefined {
  const email = line('email', options.email);
  check(email === undefined || /^[^\s@<>,"]+@[^\s@<>,"]+$/.test(email), 'email', String(email), 'one e-mail address');
  return email;
}

/** An index refuses other links in a package's metadata. */
function urlOf(options: PythonPackageOptions): string | undefined {
  const url = line('url', options.url);
  const isWebPage = url === undefined || (URL.canParse(url) && /^https?:/.test(url));
  check(isWebPage, 'url', String(url), 'the address of a page, beginning with https:// or http://');
  return url;
}

/** @see PEP 639, "Deprecate license classifiers": beside a licence expression they are an error */
function classifiersOf(options: PythonPackageOptions, hasExpression: boolean): readonly string[] {
  const classifiers = lines('classifiers', options.classifiers);
  for (const one of classifiers) {
    check(one.includes(' :: '), 'classifiers', one, 'classifiers of the index, such as "Topic :: Utilities"');
    const isStatedTwice = hasExpression && one.startsWith('License :: ');
    check(!isStatedTwice, 'classifiers', one, 'the licence by --license only, or --license=none beside its classifier');
  }
  return classifiers;
}

function importNameOf(name: string): string {
  const isDotted = name.includes('.') && name.split('.').every((part) => isImportable(part));
  return isDotted
    ? name
    : normalizeName(name)
        .replaceAll('-', '_')
        .replace(/^(?=\d)/, '_');
}

function isImportable(importName: string): boolean {
  return importName.split('.').every((part) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(part) && !KEYWORDS.has(part));
}

function pythonVersions(text: string): string {
  try {
    parseSpecifierSet(text);
    return text;
  } catch (error) {
    if (error instanceof InvalidSpecifier) check(false, 'requiresPython', text, 'version specifiers such as >=3.9');
    throw error;
  }
}

/** Nx takes a list apart at every comma, also those between the clauses of one requirement. */
function requirementsOf(texts: readonly string[]): Requirement[] {
  const whole = texts.join(',').split(/,(?!\s*[<>=!~]|[^[]*\])/);
  return whole
    .filter((text) => text.trim() !== '')
    .map((text) => {
      try {
        return parseRequirement(text);
      } catch (error) {
        if (error instanceof InvalidRequirement) check(false, 'dependencies', text, `a requirement: ${error.message}`);
        throw error;
      }
    });
}

function lines(option: string, texts: readonly string[] = []): readonly string[] {
  return texts.map((text) => line(option, text)).filter((text) => text !== undefined);
}

/** @returns `undefined` for nothing but blanks */
function line(option: string, text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  check(!/[\r\n]/.test(trimmed ?? ''), option, String(trimmed), 'a single line');
  return trimmed || undefined;
}

function check(holds: boolean, option: string, value: string, takes: string): asserts holds {
  if (!holds)
    throw new UserError(`The option --${option} cannot be "${value}". Nothing has been changed.`, {}, `give ${takes}`);
}
