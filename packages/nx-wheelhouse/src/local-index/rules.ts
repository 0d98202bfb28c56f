/** What an index refuses about a dist, whoever sends it: the rules of names, versions and metadata. Used before sending and on arrival. */
import {
  type CoreMetadata,
  checkWheel,
  filenameComponent,
  findMetadataProblems,
  formatVersion,
  isValidName,
  normalizeName,
  parseRequirement,
  parseSdistFilename,
  parseVersion,
  parseWheelFilename,
  readSdist,
  sdistFilename,
} from '@nx-wheelhouse/python-packaging';
import { sdistFlaws, wheelFlaws } from './archive-flaws.js';

type DistKind = 'sdist' | 'wheel';

/** What a dist says of itself. */
interface DistClaims {
  readonly filename: string;
  readonly kind: DistKind;
  readonly metadata: CoreMetadata;
}

/** A dist as far as the rules look at it. */
export interface DistContent extends DistClaims {
  /** the text of METADATA or PKG-INFO, as it is */
  readonly metadataText: string;
  /** what is wrong inside the archive */
  readonly flaws: readonly string[];
}

/** What its file name says a dist is; `undefined` for everything an index does not take. */
function kindOf(filename: string): DistKind | undefined {
  if (filename.endsWith('.whl')) return 'wheel';
  return filename.endsWith('.tar.gz') ? 'sdist' : undefined;
}

/**
 * Opens a dist and reads its metadata.
 * @param path of the file, which may have another name than the dist
 * @throws {Error} saying why the archive or its metadata cannot be read
 */
export async function readDist(path: string, filename: string): Promise<DistContent> {
  const kind = kindOf(filename);
  if (kind === undefined) throw new Error('it is neither a wheel (.whl) nor an sdist (.tar.gz)');
  if (kind === 'wheel') {
    const wheel = await checkWheel(path);
    const { metadata, metadataText } = wheel;
    return { filename, kind, metadata, metadataText, flaws: wheelFlaws(wheel) };
  }
  const sdist = await readSdist(path);
  const { metadata, metadataText } = sdist;
  return { filename, kind, metadata, metadataText, flaws: sdistFlaws(sdist) };
}

/**
 * Everything that the standards have against a dist.
 * @returns one sentence per problem, none when an index takes it
 * @see PEP 427, PEP 625, core metadata "Requires-Dist"
 */
export function refusals({ filename, kind, metadata }: DistClaims): string[] {
  const { name, version } = metadata;
  if (!isValidName(name)) return [`"${name}" is no valid project name`];
  const parsed = parseVersion(version);
  if (parsed === undefined) return [`"${version}" is no valid version (PEP 440)`];
  const nameProblems = kind === 'wheel' ? wheelNameProblems : sdistNameProblems;
  const problems = nameProblems(filename, metadata);
  for (const requirement of metadata.requiresDist) {
    const problem = requirementProblem(requirement);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/**
 * What an index in the manner of PyPI refuses on top of that, the embedded one among them: a rehearsal that takes more is none. Others,
 * of a company say, may well take it.
 * @see PEP 440 "Local version identifiers", core metadata "Requires-Dist"
 */
export function strictRefusals({ metadata: { version, requiresDist } }: DistClaims): string[] {
  return [
    ...(version.includes('+') ? [`${version} is a local version, which stays where it was made (PEP 440)`] : []),
    ...requiresDist.filter(isOnUrl).map((text) => `it requires "${text}", which is no project of the index`),
  ];
}

/**
 * What only the public indexes refuse: there everyone must be able to install it.
 * @see PEP 600
 */
export function publicRefusals({ filename, kind, metadata }: DistClaims): string[] {
  const platform = kind === 'wheel' ? platformProblem(filename) : undefined;
  return [...(platform === undefined ? [] : [platform]), ...metadataProblems(metadata)];
}

/** What its fields may not say. The name, the version and requirements are every index's business, see `refusals`. Old setuptools writes License-File before its time, and PyPI takes it. */
export function metadataProblems(metadata: CoreMetadata): string[] {
  return findMetadataProblems(metadata)
    .filter(({ field }) => !['Name', 'Version', 'Requires-Dist'].includes(field))
    .filter(({ field }) => field !== 'License-File' || Number(metadata.metadataVersion) >= 2.4)
    .map(({ field, reason }) => `its ${field}: ${reason}`);
}

/**
 * Wheels are built on one Linux and installed on all: the generic tag promises nothing about the libraries they need.
 * @returns the reason and what to do, `undefined` where there is nothing against the platform
 * @see PEP 513, PEP 600, PEP 656
 */
export function platformProblem(filename: string): string | undefined {
  try {
    const generic = parseWheelFilename(filename).platformTags.find((tag) => /^linux_/.test(tag));
    return (
      generic &&
      `the platform tag ${generic} is not portable: build with \`repair\`, or run \`auditwheel repair\` on it, for a manylinux or musllinux wheel`
    );
  } catch {
    return undefined; // the name itself is refused
  }
}

function isOnUrl(requirement: string): boolean {
  try {
    return parseRequirement(requirement).source.kind === 'url';
  } catch {
    return false; // the requirement itself is refused
  }
}

function sdistNameProblems(filename: string, { name, version }: CoreMetadata): string[] {
  const expected = sdistFilename(name, normalVersion(version));
  return filename === expected ? [] : [`the file must be called ${expected}, by its metadata (PEP 625)`];
}

function wheelNameProblems(filename: string, { name, version }: CoreMetadata): string[] {
  const problems: string[] = [];
  try {
    const parsed = parseWheelFilename(filename);
    if (parsed.name !== normalizeName(name) || !filename.startsWith(`${filenameComponent(name)}-`)) {
      problems.push(`the file name must start with ${filenameComponent(name)}-, by the name in its metadata`);
    }
    if (parsed.version !== normalVersion(version)) {
      problems.push(`the file name says version ${parsed.version}, the metadata say ${version}`);
    }
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems;
}

function requirementProblem(text: string): string | undefined {
  try {
    const { source } = parseRequirement(text);
    const isLocal = source.kind === 'url' && !/^([a-z]+\+)?(https?|ssh|git):/i.test(source.url);
    return isLocal ? `it requires "${text}": nobody else has what is at that path` : undefined;
  } catch (error) {
    return `its requirement "${text}" cannot be read: ${(error as Error).message}`;
  }
}

function normalVersion(version: string): string {
  const parsed = parseVersion(version);
  return parsed === undefined ? version : formatVersion(parsed);
}

/** Whether a file name is an sdist of exactly this project and version. */
export function isSdistOf(filename: string, name: string, version: string): boolean {
  if (kindOf(filename) !== 'sdist') return false;
  const parsed = parseSdistFilename(filename);
  return parsed.name === normalizeName(name) && parsed.version === normalVersion(version);
}
