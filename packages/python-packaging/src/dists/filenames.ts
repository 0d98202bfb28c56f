/** File names of dists: what they say of name, version and compatibility (PEP 427, PEP 625). */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { formatVersion, parseVersion } from '../versions/version.js';

export interface WheelFilename {
  readonly name: NormalizedName;
  /** normalised */
  readonly version: string;
  readonly build: string | undefined;
  readonly pythonTags: readonly string[];
  readonly abiTags: readonly string[];
  readonly platformTags: readonly string[];
}

export interface SdistFilename {
  readonly name: NormalizedName;
  /** normalised */
  readonly version: string;
}

export class InvalidDistFilename extends Error {
  override readonly name = 'InvalidDistFilename';
}

/**
 * @throws {InvalidDistFilename} with the reason
 * @see Binary distribution format, "File name convention"
 */
export function parseWheelFilename(filename: string): WheelFilename {
  const fail = (reason: string) => new InvalidDistFilename(`${filename} is no wheel file name: ${reason}`);
  if (!filename.endsWith('.whl')) throw fail('it does not end in .whl');
  const parts = filename.slice(0, -'.whl'.length).split('-');
  if (parts.length !== 5 && parts.length !== 6) throw fail('it needs five or six parts between dashes');
  const [name, version, ...rest] = parts as [string, string, ...string[]];
  if (!/^[\p{L}\p{N}_.]+$/u.test(name) || name.includes('__')) throw fail(`"${name}" is no name`);
  const parsed = parseVersion(version);
  if (parsed === undefined) throw fail(`"${version}" is no version`);
  const build = parts.length === 6 ? rest.shift() : undefined;
  if (build !== undefined && !/^\d/.test(build)) throw fail(`the build tag "${build}" does not start with a digit`);
  const [pythonTags = [], abiTags = [], platformTags = []] = rest.map((tags) => tags.split('.'));
  if ([...pythonTags, ...abiTags, ...platformTags].includes('')) throw fail('a tag is empty');
  const invalid = pythonTags.find((tag) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(tag));
  if (invalid !== undefined) throw fail(`"${invalid}" is no interpreter`);
  return {
    name: normalizeName(name),
    version: formatVersion(parsed),
    build,
    pythonTags,
    abiTags,
    platformTags,
  };
}

/**
 * @throws {InvalidDistFilename} with the reason
 * @see PEP 625, "Specification"
 */
export function parseSdistFilename(filename: string): SdistFilename {
  const fail = (reason: string) => new InvalidDistFilename(`${filename} is no sdist file name: ${reason}`);
  const stem = /^(.*)(?:\.tar\.gz|\.zip)$/.exec(filename)?.[1];
  if (stem === undefined) throw fail('it does not end in .tar.gz');
  const dash = stem.lastIndexOf('-');
  if (dash < 1) throw fail('it has no dash between name and version');
  const parsed = parseVersion(stem.slice(dash + 1));
  if (parsed === undefined) throw fail(`"${stem.slice(dash + 1)}" is no version`);
  return { name: normalizeName(stem.slice(0, dash)), version: formatVersion(parsed) };
}

/**
 * Whether a folder is called `name-version` for a distribution, in any spelling of both: old tools wrote others than today's.
 * @see Source distribution format, "Source distribution archive features"; Binary distribution format, "File contents"
 */
export function isFolderOf(
  folder: string,
  { name, version }: { readonly name: string; readonly version: string },
): boolean {
  const wanted = parseVersion(version);
  return [...folder.matchAll(/-/g)].some(({ index }) => {
    const found = parseVersion(folder.slice(index + 1).replaceAll('_', '-'));
    const isVersion =
      found && wanted ? formatVersion(found) === formatVersion(wanted) : folder.slice(index + 1) === version;
    return isVersion && normalizeName(folder.slice(0, index)) === normalizeName(name);
  });
}

/** A name as file names carry it: normalised, with underscores for dashes. */
export function filenameComponent(name: string): string {
  return normalizeName(name).replaceAll('-', '_');
}

/**
 * The file name that an index takes for an sdist.
 * @see PEP 625, "Specification"
 */
export function sdistFilename(name: string, version: string): string {
  return `${filenameComponent(name)}-${version}.tar.gz`;
}
