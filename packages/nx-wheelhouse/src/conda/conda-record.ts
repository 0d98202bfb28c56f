/** The conda record: what `conda-build` made of one package, as the dist record is for its sdist and wheel. Publishing trusts it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distRecordPath, verifyRecordedFile, WHEELHOUSE_FOLDER } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';

export interface RecordedPackage {
  readonly filename: string;
  /** `noarch`, `linux-64`, ...: the folder of a channel that it belongs into */
  readonly subdir: string;
  /** lower-case hexadecimal */
  readonly sha256: string;
  readonly md5: string;
  /** bytes */
  readonly size: number;
  /** `info/index.json`: what channels list */
  readonly index: IndexJson;
  /** `info/about.json` */
  readonly about: Readonly<Record<string, unknown>>;
}

export interface IndexJson {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly build_number: number;
  readonly depends: readonly string[];
  readonly [field: string]: unknown;
}

export interface CondaRecord {
  readonly format: 1;
  readonly name: string;
  readonly version: string;
  readonly buildNumber: number;
  /** of the wheel that it was made from; `undefined` when a recipe's own build made it */
  readonly wheelSha256: string | undefined;
  readonly files: readonly RecordedPackage[];
}

/** A conda package of a record, found on disk with the recorded bytes. */
export interface BuiltCondaPackage extends RecordedPackage {
  /** absolute */
  readonly path: string;
}

/**
 * Where the files are, relative to the workspace root: `<subdir>/<filename>` below it, as in a channel. Not in the package's own folder:
 * there they would be sources of the next build, unless someone thought of ignoring them.
 */
export function condaFolder(projectRoot: string): string {
  return `${WHEELHOUSE_FOLDER}/${projectRoot === '.' ? '' : `${projectRoot}/`}dist-conda`;
}

/** @returns the record's path relative to the workspace root */
export function condaRecordPath(projectRoot: string): string {
  return distRecordPath(projectRoot).replace(/dist\.json$/, 'conda.json');
}

/**
 * Reads a package's record and checks every recorded file against it.
 * @throws {UserError} when there is no record, or a file is missing or has other bytes than were built
 */
export function readVerifiedCondaPackages(
  workspaceRoot: string,
  project: string,
  projectRoot: string,
): { readonly record: CondaRecord; readonly packages: readonly BuiltCondaPackage[] } {
  const recordPath = condaRecordPath(projectRoot);
  const fix = `run \`nx run ${project}:conda-build\` again`;
  if (!existsSync(join(workspaceRoot, recordPath))) {
    const place = { project, file: recordPath };
    throw new UserError('This package has no conda package yet: there is no conda record.', place, fix);
  }
  const record = JSON.parse(readFileSync(join(workspaceRoot, recordPath), 'utf8')) as CondaRecord;
  const packages = record.files.map((recorded): BuiltCondaPackage => {
    const file = `${condaFolder(projectRoot)}/${recorded.subdir}/${recorded.filename}`;
    verifyRecordedFile(join(workspaceRoot, file), recorded.sha256, { project, file }, fix);
    return { ...recorded, path: join(workspaceRoot, file) };
  });
  return { record, packages };
}
