/**
 * The dist record: what one build of one package made, written beside the dists as a second declared output.
 * Publish, test-dist and conda trust it, and refuse files that differ from it.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorPlace, UserError } from '../errors/user-error.js';

export interface RecordedFile {
  readonly filename: string;
  readonly kind: 'sdist' | 'wheel';
  /** lower-case hexadecimal */
  readonly sha256: string;
  /** bytes */
  readonly size: number;
  /** why the public indexes do not take it, and what to do; not there where they do */
  readonly notPublic?: string;
  /** `name==version` of the tool that has made a wheel fit more platforms, and of what that runs with */
  readonly repairedWith?: readonly string[];
}

export interface DistRecord {
  readonly format: 1;
  /** The name as the core metadata spell it. */
  readonly name: string;
  readonly version: string;
  readonly files: readonly RecordedFile[];
  readonly tools: {
    readonly python: string;
    readonly backend: string;
    /** The build environment's distributions, `name==version`, sorted. */
    readonly buildRequirements: readonly string[];
  };
}

/** The folder of the workspace that holds everything this plugin writes outside `dist`; one ignore entry covers it. */
export const WHEELHOUSE_FOLDER = '.wheelhouse';

/** The name of the file beside the record with nothing but the version, of packages whose version only a build tells. */
export const DIST_VERSION = 'dist-version.txt';

/** A dist of a record, found on disk with the recorded bytes. */
export interface RecordedDist extends RecordedFile {
  /** absolute */
  readonly path: string;
}

/** @returns the record's path relative to the workspace root, `/` separators; `projectRoot` is `.` for a package at the root */
export function distRecordPath(projectRoot: string): string {
  return projectRoot === '.' ? `${WHEELHOUSE_FOLDER}/dist.json` : `${WHEELHOUSE_FOLDER}/${projectRoot}/dist.json`;
}

/** @returns the path of a file with nothing but the version: what hashes a sibling's version changes with that alone */
export function distVersionPath(projectRoot: string): string {
  return distRecordPath(projectRoot).replace(/dist\.json$/, DIST_VERSION);
}

/** @returns the version that the last build of a package made, `undefined` where there was none */
export function recordedVersion(workspaceRoot: string, projectRoot: string): string | undefined {
  const path = join(workspaceRoot, distRecordPath(projectRoot));
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DistRecord).version : undefined;
}

/**
 * Reads a package's record and checks every recorded file against it.
 * @param workspaceRoot absolute
 * @param projectRoot relative to the workspace root
 * @param distFolder the folder of the dists, relative to the workspace root
 * @throws {UserError} when there is no record, or a file is missing or has other bytes than were built
 */
export function readVerifiedDists(
  workspaceRoot: string,
  project: string,
  projectRoot: string,
  distFolder: string,
): { readonly record: DistRecord; readonly dists: readonly RecordedDist[] } {
  const recordPath = distRecordPath(projectRoot);
  const fix = `run \`nx run ${project}:build\` again`;
  if (!existsSync(join(workspaceRoot, recordPath))) {
    throw new UserError(
      'This package has not been built: there is no dist record.',
      { project, file: recordPath },
      hasBuildScript(workspaceRoot, projectRoot)
        ? `the script \`build\` of its package.json is what \`nx run ${project}:build\` runs: give the plugin's target another name (\`buildTargetName\` in nx.json)`
        : fix,
    );
  }
  const record = JSON.parse(readFileSync(join(workspaceRoot, recordPath), 'utf8')) as DistRecord;
  const dists = record.files.map((file): RecordedDist => {
    const path = join(workspaceRoot, distFolder, file.filename);
    const place = { project, file: `${distFolder}/${file.filename}` };
    verifyRecordedFile(path, file.sha256, place, fix);
    return { ...file, path };
  });
  return { record, dists };
}

/** In a folder that is an npm package too, Nx makes targets of its scripts, which take the place of others of these names. */
function hasBuildScript(workspaceRoot: string, projectRoot: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(workspaceRoot, projectRoot, 'package.json'), 'utf8'));
    return (manifest as { scripts?: { build?: unknown } } | null)?.scripts?.build !== undefined;
  } catch {
    return false;
  }
}

/** @throws {UserError} when a built file is missing or has other bytes than were recorded */
export function verifyRecordedFile(path: string, recorded: string, place: ErrorPlace, fix: string): void {
  if (!existsSync(path)) throw new UserError('A built file is missing.', place, fix);
  const sha256 = digestOf(path);
  if (sha256 !== recorded) {
    throw new UserError(
      `This file is not the one that was built: sha256 ${sha256}, the record says ${recorded}.`,
      place,
      fix,
    );
  }
}

/** A piece at a time: wheels of hundreds of megabytes are common. */
function digestOf(path: string): string {
  const sha256 = createHash('sha256');
  const piece = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let size = readSync(file, piece); size > 0; size = readSync(file, piece))
      sha256.update(piece.subarray(0, size));
  } finally {
    closeSync(file);
  }
  return sha256.digest('hex');
}
