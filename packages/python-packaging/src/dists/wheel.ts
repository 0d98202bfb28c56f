/** Reads a wheel: its metadata and its list of files. */
import { type CoreMetadata, parseCoreMetadata } from './core-metadata.js';
import { isFolderOf } from './filenames.js';
import { isPrivateKey } from './private-key.js';
import { readCsv, verifyRecord } from './record.js';
import { UnsafeArchive } from './unsafe-archive.js';
import { type WheelArchive, withWheelArchive } from './wheel-archive.js';

export interface Wheel {
  readonly metadata: CoreMetadata;
  /** the text of METADATA, as it is */
  readonly metadataText: string;
  /** fields of the file WHEEL, in their order */
  readonly wheelFields: readonly (readonly [name: string, value: string])[];
  /** paths in the archive, folders left out */
  readonly files: readonly string[];
  /** the paths that RECORD lists; `undefined` where there is none */
  readonly recorded: readonly string[] | undefined;
  /** the text of entry_points.txt, where there is one */
  readonly entryPoints: string | undefined;
}

/** A wheel whose files have been looked at. */
export interface CheckedWheel extends Wheel {
  /** files that are private keys */
  readonly privateKeys: readonly string[];
  /** in what way RECORD does not tell the truth about the files, see verifyWheel */
  readonly recordProblem: string | undefined;
}

/** One file of a wheel with its content. */
export interface WheelEntry {
  /** path in the archive */
  readonly path: string;
  readonly content: Buffer;
  readonly isExecutable: boolean;
  /** seconds since 1970; a wheel's times have no zone and are taken for UTC */
  readonly modified: number;
}

/** A wheel with all of its files in memory. */
export interface WholeWheel extends Wheel {
  readonly entries: readonly WheelEntry[];
  /** `name-version.dist-info` */
  readonly distInfo: string;
}

/**
 * Reads the central directory, and of the files only the metadata.
 * @param path of a .whl file
 * @throws {UnsafeArchive} for an archive that must not be trusted, and when .dist-info is not there once or of another distribution
 * @throws {InvalidMetadata} when METADATA cannot be read
 * @see Binary distribution format
 */
export function readWheel(path: string): Promise<Wheel> {
  return withWheelArchive(path, describe);
}

/**
 * Reads a wheel as `readWheel` and `verifyWheel` do, in one go.
 * @throws as `readWheel` does
 */
export function checkWheel(path: string): Promise<CheckedWheel> {
  return withWheelArchive(path, async (archive) => {
    const wheel = await describe(archive);
    const privateKeys: string[] = [];
    const look = (name: string, start: Buffer) => {
      if (isPrivateKey(start)) privateKeys.push(name);
    };
    try {
      await verifyRecord(archive, look);
      return { ...wheel, privateKeys, recordProblem: undefined };
    } catch (error) {
      if (!(error instanceof UnsafeArchive)) throw error;
      return { ...wheel, privateKeys, recordProblem: error.message };
    }
  });
}

/**
 * Reads every file of a wheel. Checksums of the archive are checked, RECORD is not.
 * @throws as `readWheel` does
 */
export function readWholeWheel(path: string): Promise<WholeWheel> {
  return withWheelArchive(path, async (archive) => {
    const entries: WheelEntry[] = [];
    for (const [name, entry] of archive.entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of archive.chunks(name)) chunks.push(chunk);
      entries.push({
        path: name,
        content: Buffer.concat(chunks),
        isExecutable: ((entry.externalFileAttributes >>> 16) & 0o111) !== 0,
        modified: entry.getLastModDate({ timezone: 'UTC' }).getTime() / 1000,
      });
    }
    return { ...(await describe(archive)), entries, distInfo: archive.distInfo };
  });
}

async function describe(archive: WheelArchive): Promise<Wheel> {
  const { distInfo, entries } = archive;
  const metadataText = await archive.text(`${distInfo}/METADATA`);
  const wheelText = await archive.text(`${distInfo}/WHEEL`);
  const metadata = parseCoreMetadata(metadataText);
  if (!isFolderOf(distInfo.replace(/\.dist-info$/, ''), metadata))
    throw new UnsafeArchive(`${distInfo} is not the folder of ${metadata.name} ${metadata.version}`);
  const entryPoints = `${distInfo}/entry_points.txt`;
  const record = `${distInfo}/RECORD`;
  return {
    metadata,
    metadataText,
    wheelFields: wheelText.split(/\r?\n/).filter(Boolean).map(splitField),
    files: [...entries.keys()],
    recorded: entries.has(record) ? recordedPaths(await archive.text(record)) : undefined,
    entryPoints: entries.has(entryPoints) ? await archive.text(entryPoints) : undefined,
  };
}

/** See "Recording installed projects", "The RECORD file". */
function recordedPaths(text: string): string[] {
  return readCsv(text).map(([path = '']) => path);
}

function splitField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
