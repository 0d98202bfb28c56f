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
import { basename, dirname, join } from 'node:path';
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
    whileLocked(join(dirname(recordPath), 'dist.lock'), (endWith) => {
      if (versionPath && textOf(versionPath) !== record.version) writeWhole(versionPath, record.version);
      if (!isInPlace(record, recordPath, folder))
        replaceDists(built, recordPath, folder, () => endWith(recordPath, recordText(record)));
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

function replaceDists(built: readonly BuiltFile[], recordPath: string, folder: string, writeRecord: () => void): void {
  try {
    // Without its record nobody trusts what is in the folder, so a run that is killed in between leaves no half-truth.
    if (existsSync(recordPath)) rmSync(recordPath, { force: true });
    const arriving = new Set(built.map(({ filename }) => filename));
    const old = makeFolder(folder) ? [] : readdirSync(folder).filter((name) => !arriving.has(name));
    for (const name of old) rmSync(join(folder, name), { recursive: true, force: true });
    for (const { path, filename } of built) move(path, join(folder, filename));
    writeRecord();
  } catch (error) {
    for (const { filename } of built) removeIfPossible(join(folder, filename));
    throw error;
  }
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function recordText(record: DistRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** @returns whether there was none */
function makeFolder(folder: string): boolean {
  try {
    return mkdirSync(folder, { recursive: true }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // Node's word for a read-only disk, when it makes several: the first of them tells what it is.
    let first = folder;
    while (!existsSync(dirname(first))) first = dirname(first);
    mkdirSync(first);
    return mkdirSync(folder, { recursive: true }) !== undefined;
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
    moveFromOtherDisk(from, to);
  }
}

/** Whole or not at all here too, and not by a name that somebody takes for a dist. */
function moveFromOtherDisk(from: string, to: string): void {
  const unfinished = join(dirname(to), `.${basename(to)}.${randomUUID()}`);
  try {
    copyFileSync(from, unfinished);
    renameSync(unfinished, to);
  } catch (error) {
    removeIfPossible(unfinished);
    throw error;
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
