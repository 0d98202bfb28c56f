/** Moves finished conda packages into their folder and writes their record: both or neither, and nothing else stays there. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from '../build/write-dists.js';
import type { Package } from '../workspace/workspace.js';
import {
  type CondaRecord,
  condaFolder,
  condaRecordPath,
  type IndexJson,
  type RecordedPackage,
} from './conda-record.js';

/** A finished file, not yet in its place. */
export interface FinishedPackage {
  readonly record: RecordedPackage;
  readonly bytes: Buffer;
}

/** What a build gives. */
export interface CondaBuild {
  readonly record: CondaRecord;
  /** what a person should know, a line each */
  readonly notes: readonly string[];
}

export function finishedPackage(
  filename: string,
  bytes: Buffer,
  index: IndexJson,
  about: RecordedPackage['about'],
): FinishedPackage {
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  const record: RecordedPackage = {
    filename,
    subdir: String(index.subdir),
    sha256: hash('sha256'),
    md5: hash('md5'),
    size: bytes.length,
    index,
    about,
  };
  return { record, bytes };
}

/** The record last: without it nobody trusts the files. */
export function writeCondaPackages(
  root: string,
  pkg: Package,
  about: Omit<CondaRecord, 'format' | 'files'>,
  finished: readonly FinishedPackage[],
): CondaRecord {
  const record: CondaRecord = { format: 1, ...about, files: finished.map((one) => one.record) };
  const folder = join(root, condaFolder(pkg.root));
  const recordPath = join(root, condaRecordPath(pkg.root));
  rmSync(recordPath, { force: true });
  rmSync(folder, { recursive: true, force: true });
  for (const { record: file, bytes } of finished) {
    mkdirSync(join(folder, file.subdir), { recursive: true });
    writeFileSync(join(folder, file.subdir, file.filename), bytes);
  }
  mkdirSync(dirname(recordPath), { recursive: true });
  writeWhole(recordPath, `${JSON.stringify(record, undefined, 2)}\n`);
  return record;
}
