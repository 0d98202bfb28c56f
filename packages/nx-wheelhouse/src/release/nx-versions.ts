/** Versions on their way between Nx, which counts in SemVer, and manifests, which are written in PEP 440. */
import { formatVersion, fromSemver, parseVersion, toSemver, type Version } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';

const PREIDS: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', c: 'rc', pre: 'rc', preview: 'rc' };

/** A version of a manifest or an index as Nx counts it; one that SemVer cannot say stays as it is. */
export function versionForNx(text: string): string {
  const version = parseVersion(text);
  return (version && toSemver(version)) ?? text;
}

/**
 * What a user asked for: a kind of step (`minor`), or a version in either spelling.
 * @throws {UserError} for a version that one of the two cannot say
 */
export function readSpecifier(
  input: string,
  project: string,
): { readonly kind: 'step' } | { readonly kind: 'version'; readonly semver: string } {
  if (/^v?\d+\.\d+\.\d+(?:[-+]|$)/.test(input)) {
    pythonVersion(input, project);
    return { kind: 'version', semver: input.replace(/^v/, '') };
  }
  const version = parseVersion(input);
  if (version === undefined) return { kind: 'step' };
  const semver = toSemver(version);
  if (semver !== undefined) return { kind: 'version', semver };
  throw new UserError(
    `Nx counts in SemVer, which cannot say the version ${formatVersion(version)}.`,
    { project },
    'give a version of up to three numbers, without epoch and local label',
  );
}

/** The name of pre-releases that continues those that a manifest has: `b` and `beta` are one in PEP 440. */
export function canonicalPreid(preid: string): string {
  return PREIDS[preid.toLowerCase()] ?? preid;
}

/**
 * The version that a manifest gets for one of Nx's.
 * @throws {UserError} for one that PEP 440 cannot say
 */
export function pythonVersion(semver: string, project: string): Version {
  const version = fromSemver(semver);
  if (version !== undefined) return version;
  throw new UserError(
    `"${semver}" is no version that a Python package can have (PEP 440).`,
    { project },
    'name pre-releases alpha, beta, rc or dev: --preid rc gives 1.1.0-rc.0, which is 1.1.0rc0 in the manifest',
  );
}
