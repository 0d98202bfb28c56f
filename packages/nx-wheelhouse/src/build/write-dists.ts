/** Moves finished dists into `dist/` and writes their record: both or neither, and nothing else stays in the folder. */
import { hash, randomUUID } from 'node:crypto';
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
import type { SourceDistribution } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { platformProblem } from '../local-index/rules.js';
import { whileLocked } from '../local-index/writer-lock.js';
import { type Package, statedValue } from '../workspace/workspace.js';
import { type DistRecord, distRecordPath, distVersionPath, type RecordedFile } from './dist-record.js';

/** A file that a build made, not yet in its place. */
export interface BuiltFile {
  readonly kind: RecordedFile['kind'];
  readonly filename: string;
  /** absolute */
  readonly path: string;
  /** `name==version` of the tool that has made it fit more platforms, and of what that runs with */
  readonly repairedWith?: readonly string[];
  /** what is in it, where it is an sdist that has been read */
  readonly sdist?: SourceDistribution;
}

/**
 * @param distFolder relative to the workspace root
 * @throws {UserError} when the folder cannot be written
 */
export function writeDists(
  workspaceRoot: string,
  { project, root: projectRoot, manifest }: Pick<Package, 'project' | 'root' | 'manifest'>,
  distFolder: string,
  built: readonly BuiltFile[],
  about: Pick<DistRecord, 'name' | 'version' | 'tools'>,
): DistRecord {
  const record: DistRecord = { format: 1, ...about, files: built.map(recordFile) };
  const recordPath = join(workspaceRoot, distRecordPath(projectRoot));
  const versionPath =
    statedValue(manifest.version) === undefined ? join(workspaceRoot, distVersionPath(projectRoot)) : undefined;
  const folder = join(workspaceRoot, distFolder);
  try {
    makeFolder(dirname(recordPath));
    // Runs beside one another: while the one puts its files in place, Nx may be caching those of the other.
    whileLocked(join(dirname(recordPath), 'dist.lock'), () => {
      if (!isInPlace(record, recordPath, folder)) replaceDists(built, record, recordPath, folder);
      if (versionPath && textOf(versionPath) !== record.version) writeWhole(versionPath, record.version);
    });
  } catch (error) {
    const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
    if (code === undefined) throw error;
    throw new UserError(
      // A write to a file that is open, as to a full disk, does not say which.
      `The built files cannot be written: ${code} at ${dest ?? path ?? `${folder} or ${dirname(recordPath)}`}.`,
      { project, file: distFolder },
      ['EEXIST', 'ENOTDIR'].includes(code)
        ? 'remove the file that stands where a folder must be'
        : `make ${distFolder} and ${dirname(distRecordPath(projectRoot))} writable (owner, mode, space on the disk)`,
    );
  }
  return record;
}

/** Whether another run has put the same bytes there already: what is right is left alone. */
function isInPlace(record: DistRecord, recordPath: string, folder: string): boolean {
  try {
    if (textOf(recordPath) !== recordText(record)) return false;
    const there = readdirSync(folder);
    return (
      there.length === record.files.length &&
      record.files.every(
        ({ filename, sha256 }) =>
          there.includes(filename) && hash('sha256', readFileSync(join(folder, filename))) === sha256,
      )
    );
  } catch (error) {
    // Removed by a person, or at this moment by Nx, which removes outputs of a run beside this one before it restores them.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function replaceDists(built: readonly BuiltFile[], record: DistRecord, recordPath: string, folder: string): void {
  const incoming = built.map(({ path, filename }) => ({
    filename,
    path: join(folder, `.${filename}.${randomUUID()}`),
    from: path,
  }));
  try {
    // Without its record nobody trusts what is in the folder, so a run that is killed in between leaves no half-truth.
    if (existsSync(recordPath)) rmSync(recordPath, { force: true });
    makeFolder(folder);
    for (const { from, path } of incoming) move(from, path);
    const arriving = new Set(incoming.map(({ path }) => path));
    for (const old of readdirSync(folder)) {
      if (!arriving.has(join(folder, old))) rmSync(join(folder, old), { recursive: true, force: true });
    }
    for (const { path, filename } of incoming) renameSync(path, join(folder, filename));
    writeWhole(recordPath, recordText(record));
  } catch (error) {
    for (const { path, filename } of incoming) {
      removeIfPossible(path);
      removeIfPossible(join(folder, filename));
    }
    throw error;
  }
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function recordText(record: DistRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // Node's word for a read-only disk, when it makes several: the first of them tells what it is.
    let first = folder;
    while (!existsSync(dirname(first))) first = dirname(first);
    mkdirSync(first);
    mkdirSync(folder, { recursive: true });
  }
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
  const content = readFileSync(path);
  const notPublic = kind === 'wheel' ? platformProblem(filename) : undefined;
  return {
    filename,
    kind,
    sha256: hash('sha256', content),
    size: content.length,
    ...(notPublic === undefined ? {} : { notPublic }),
    ...(repairedWith === undefined ? {} : { repairedWith }),
  };
}

/**
 * Writes a text so that readers see all of it or nothing.
 * @param path its folder exists
 */
export function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.${randomUUID()}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}
