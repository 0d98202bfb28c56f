/** The options of the generator: everything is checked and completed here, before anything is written. */
import { basename, posix } from 'node:path';
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
import { isKnownLicense } from './license.js';

export type Backend = 'hatchling' | 'setuptools' | 'flit' | 'poetry-core' | 'pdm' | 'uv_build';
type TestRunner = 'pytest' | 'unittest' | 'none';

/** As schema.json has them. */
export interface PythonPackageSchema {
  readonly directory: string;
  readonly name?: string;
  readonly importName?: string;
  readonly manifest?: 'pyproject' | 'setup.py';
  readonly backend?: Backend;
  readonly layout?: 'src' | 'flat';
  readonly packageVersion?: string;
  /** see typedVersion for the boolean */
  readonly version?: string | boolean;
  readonly description?: string;
  readonly author?: string;
  readonly email?: string;
  readonly url?: string;
  readonly license?: string;
  readonly requiresPython?: string;
  readonly dependencies?: readonly string[];
  readonly keywords?: readonly string[];
  readonly classifiers?: readonly string[];
  readonly typed?: boolean;
  readonly script?: string;
  readonly testRunner?: TestRunner;
  readonly git?: boolean;
  readonly skipLock?: boolean;
}

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
 * @throws {UserError} naming the option and what it takes
 */
export function newPackage(schema: PythonPackageSchema): NewPackage {
  const root = rootOf(schema.directory);
  const name =
    schema.name ??
    (schema.importName ? schema.importName.replaceAll('_', '-') : basename(root === '.' ? process.cwd() : root));
  check(isValidName(name), 'name', name, 'letters, digits, `-`, `_`, `.`, with a letter or digit at both ends');
  const importName = schema.importName ?? importNameOf(name);
  check(isImportable(importName), 'importName', importName, 'identifiers of Python joined by dots');
  const version = versionOf(schema);
  check(parseVersion(version) !== undefined, 'packageVersion', version, 'a version as PEP 440 has it, such as 0.1.0');
  const license = schema.license === 'none' ? undefined : (schema.license ?? 'MIT');
  check(
    license === undefined || isKnownLicense(license),
    'license',
    String(license),
    'an SPDX identifier such as MIT or Apache-2.0, or none',
  );
  const manifest = schema.manifest ?? 'pyproject';
  const backend = schema.backend ?? (manifest === 'setup.py' ? 'setuptools' : 'hatchling');
  check(manifest === 'pyproject' || backend === 'setuptools', 'backend', backend, 'setuptools, with a setup.py');
  check(
    schema.script === undefined || /^[\w.-]+$/.test(schema.script),
    'script',
    String(schema.script),
    "a command's name",
  );
  return {
    root,
    name,
    importName,
    manifest,
    backend,
    layout: schema.layout ?? (manifest === 'setup.py' ? 'flat' : 'src'),
    version,
    description: oneLine('description', schema.description ?? `The Python package ${name}`),
    author: schema.author && oneLine('author', schema.author),
    email: schema.email && oneLine('email', schema.email),
    url: schema.url && oneLine('url', schema.url),
    license,
    requiresPython: pythonVersions(schema.requiresPython ?? '>=3.9'),
    dependencies: requirementsOf(schema.dependencies ?? []),
    keywords: schema.keywords ?? [],
    classifiers: schema.classifiers ?? [],
    typed: schema.typed ?? false,
    script: schema.script,
    testRunner: schema.testRunner ?? 'pytest',
  };
}

function versionOf({ packageVersion, version }: PythonPackageSchema): string {
  return packageVersion ?? (typeof version === 'string' ? version : undefined) ?? typedVersion(process.argv) ?? '0.1.0';
}

/** The command line of Nx makes a boolean of `--version=1.0`, so it is taken from what was typed. */
function typedVersion(typed: readonly string[]): string | undefined {
  const at = typed.findIndex((argument) => argument === '--version' || argument.startsWith('--version='));
  return at < 0 ? undefined : (typed[at]?.split('=')[1] ?? typed[at + 1]);
}

function rootOf(directory: string): string {
  const root = posix.normalize(directory.replaceAll('\\', '/')).replace(/\/$/, '') || '.';
  check(!root.startsWith('..') && !posix.isAbsolute(root), 'directory', directory, 'a folder inside the workspace');
  return root;
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

function oneLine(option: string, text: string): string {
  check(!/[\r\n]/.test(text), option, text, 'a single line');
  return text;
}

function check(holds: boolean, option: string, value: string, takes: string): void {
  if (!holds) throw new UserError(`The option --${option} cannot be "${value}".`, {}, `give ${takes}`);
}
