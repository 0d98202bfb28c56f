/** Moves finished dists into `dist/` and writes their record: both or neither, and nothing else stays in the folder. */
import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { platformProblem } from '../local-index/rules.js';
import { type DistRecord, distRecordPath, type RecordedFile } from './dist-record.js';

/** A file that a build made, not yet in its place. */
export interface BuiltFile {
  readonly kind: RecordedFile['kind'];
  readonly filename: string;
  /** absolute */
  readonly path: string;
  /** `name==version` of the tool that has made it fit more platforms, and of what that runs with */
  readonly repairedWith?: readonly string[];
}

/**
 * @param distFolder relative to the workspace root
 * @throws {UserError} when the folder cannot be written
 */
export function writeDists(
  workspaceRoot: string,
  project: string,
  projectRoot: string,
  distFolder: string,
  built: readonly BuiltFile[],
  about: Pick<DistRecord, 'name' | 'version' | 'tools'>,
): DistRecord {
  const record: DistRecord = { format: 1, ...about, files: built.map(recordFile) };
  const recordPath = join(workspaceRoot, distRecordPath(projectRoot));
  const folder = join(workspaceRoot, distFolder);
  const incoming = built.map(({ path, filename }) => ({
    filename,
    path: join(folder, `.${filename}.${randomUUID()}`),
    from: path,
  }));
  try {
    // Without its record nobody trusts what is in the folder, so a run that is killed in between leaves no half-truth.
    rmSync(recordPath, { force: true });
    mkdirSync(folder, { recursive: true });
    for (const { from, path } of incoming) move(from, path);
    const arriving = new Set(incoming.map(({ path }) => path));
    for (const old of readdirSync(folder)) {
      if (!arriving.has(join(folder, old))) rmSync(join(folder, old), { recursive: true, force: true });
    }
    for (const { path, filename } of incoming) renameSync(path, join(folder, filename));
    writeWhole(recordPath, `${JSON.stringify(record, undefined, 2)}\n`);
  } catch (error) {
    const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
    if (code === undefined) throw error;
    for (const { path: unfinished } of incoming) removeIfPossible(unfinished);
    throw new UserError(
      `The built files cannot be written: ${code} at ${dest ?? path ?? folder}.`,
      { project, file: distFolder },
      ['EEXIST', 'ENOTDIR'].includes(code)
        ? 'remove the file that stands where a folder must be'
        : `make ${distFolder} writable (its owner, its mode, the space on its disk)`,
    );
  }
  return record;
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder is what could not be written to.
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyFileSync(from, to); // temporary files are on another disk
  }
}

function recordFile({ kind, filename, path, repairedWith }: BuiltFile): RecordedFile {
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const notPublic = kind === 'wheel' ? platformProblem(filename) : undefined;
  return {
    filename,
    kind,
    sha256,
    size: bytes.length,
    ...(notPublic === undefined ? {} : { notPublic }),
    ...(repairedWith === undefined ? {} : { repairedWith }),
  };
}

/** Writes a text so that readers see all of it or nothing. */
export function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.${randomUUID()}`;
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}
