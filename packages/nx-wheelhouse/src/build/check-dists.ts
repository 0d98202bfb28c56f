/** What every dist is checked for before it is put into its place: what an index would refuse, and what nobody means to publish. */
import { basename } from 'node:path';
import {
  type CoreMetadata,
  entryPointProblems,
  formatVersion,
  normalizeName,
  parseVersion,
  readSdist,
  readWheel,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { refusals } from '../local-index/rules.js';
import { type Package, statedValue } from '../workspace/workspace.js';
import type { BuiltFile } from './write-dists.js';

/** A dist as far as the checks look at it. */
export interface BuiltContent {
  readonly filename: string;
  readonly kind: BuiltFile['kind'];
  readonly metadata: CoreMetadata;
  readonly metadataText: string;
  /** paths in a wheel, below the top folder in an sdist */
  readonly files: readonly string[];
  /** for a wheel: the paths that RECORD lists */
  readonly recorded?: readonly string[] | undefined;
  /** for a wheel: the text of entry_points.txt */
  readonly entryPoints?: string | undefined;
}

/** @throws {UserError} that lists everything wrong with the dists */
export async function checkDists(pkg: Package, built: readonly BuiltFile[]): Promise<void> {
  const contents = await Promise.all(built.map((file) => readContent(pkg, file)));
  const problems = contents.flatMap((content) =>
    distProblems(content, pkg).map((problem) => `${content.filename}: ${problem}`),
  );
  if (problems.length === 0) return;
  throw new UserError(
    'What was built must not be published.',
    { project: pkg.project, file: pkg.manifestFiles[0] },
    'correct the manifest as each line says; nothing was put into dist',
    problems.map((problem) => `  ${problem}`).join('\n'),
  );
}

async function readContent(pkg: Package, { kind, path, filename }: BuiltFile): Promise<BuiltContent> {
  try {
    return { filename, kind, ...(await (kind === 'sdist' ? readSdist(path) : readWheel(path))) };
  } catch (error) {
    throw new UserError(
      `${filename} cannot be read: ${(error as Error).message}.`,
      { project: pkg.project, file: pkg.manifestFiles[0] },
      'this is a fault of the build backend or its configuration: see what it put into the file',
    );
  }
}

/** @returns one sentence per problem, with what to do about it */
export function distProblems(content: BuiltContent, pkg: Package): readonly string[] {
  return [
    ...refusals(content),
    ...identityProblems(content, pkg),
    ...descriptionProblems(content.metadata),
    ...licenseProblems(content),
    ...secretProblems(content),
    ...(content.kind === 'wheel' ? wheelProblems(content) : []),
  ];
}

function identityProblems({ metadata }: BuiltContent, { manifest }: Package): string[] {
  const [name, version] = [statedValue(manifest.name), statedValue(manifest.version)];
  const problems: string[] = [];
  if (name !== undefined && normalizeName(name) !== normalizeName(metadata.name)) {
    problems.push(`it is called ${metadata.name}, and the manifest says ${name}: state the name once`);
  }
  if (version !== undefined && normal(version) !== normal(metadata.version)) {
    problems.push(`it has version ${metadata.version}, and the manifest says ${version}: state the version once`);
  }
  return problems;
}

function normal(version: string): string {
  const parsed = parseVersion(version);
  return parsed === undefined ? version : formatVersion(parsed);
}

/** @see Core metadata specifications, "Description-Content-Type" */
function descriptionProblems({ descriptionContentType }: CoreMetadata): string[] {
  if (descriptionContentType === undefined) return [];
  const type = descriptionContentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (['text/plain', 'text/x-rst', 'text/markdown'].includes(type)) return [];
  return [
    `no index renders a readme of the type "${descriptionContentType}": use text/markdown, text/x-rst or text/plain`,
  ];
}

/** @see PEP 639, "Add License-File field": below licenses/ in a wheel, older metadata beside METADATA; at its path in an sdist */
function licenseProblems({ kind, metadata, files }: BuiltContent): string[] {
  const inWheel = (path: string) => files.some((file) => /^[^/]*\.dist-info\//.test(file) && file.endsWith(`/${path}`));
  const isThere = (path: string) =>
    kind === 'sdist' ? files.includes(path) : inWheel(path) || inWheel(basename(path));
  return metadata.licenseFiles
    .filter((path) => !isThere(path))
    .map(
      (path) => `the metadata name the licence file ${path}, which is not in it: keep the file in the package's folder`,
    );
}

const SECRET = /^(\.env(\.(?!example$|sample$|template$|dist$|test$).*)?|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519))$/;

function secretProblems({ files }: BuiltContent): string[] {
  const secrets = files.filter((path) => SECRET.test(basename(path)));
  const modules = files.find((path) => path.split('/').includes('node_modules'));
  return [
    ...secrets.map((path) => `${path} holds secrets by its name: let git ignore it, or exclude it from the build`),
    ...(modules === undefined ? [] : [`${modules} is a npm module: exclude node_modules from the build`]),
  ];
}

/** Importable names that every second repository has, so that one package would overwrite another's. */
const NOT_AT_THE_TOP = new Set(['tests', 'test', 'docs', '.git', '.venv', 'venv']);

function wheelProblems({ files, recorded, entryPoints }: BuiltContent): string[] {
  const tops = new Set(files.filter((path) => path.includes('/')).map((path) => path.split('/')[0] as string));
  const listed = new Set(recorded);
  const unlisted = files.filter((path) => !listed.has(path) && !/\.dist-info\/RECORD(\.jws|\.p7s)?$/.test(path));
  return [
    ...[...tops]
      .filter((top) => NOT_AT_THE_TOP.has(top))
      .map(
        (top) =>
          `it installs a package called ${top}: exclude the folder from the wheel in the backend's configuration`,
      ),
    ...unlisted.map((path) => `RECORD does not list ${path}: this is a fault of the build backend`),
    ...(entryPoints === undefined ? [] : entryPointProblems(entryPoints)),
  ];
}
