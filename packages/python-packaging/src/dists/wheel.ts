/** Reads a wheel: its metadata and its list of files, and checks the archive against its own RECORD. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type CoreMetadata, parseCoreMetadata } from './core-metadata.js';
import { UnsafeArchive } from './unsafe-archive.js';

export interface Wheel {
  readonly metadata: CoreMetadata;
  /** the text of METADATA, as it is */
  readonly metadataText: string;
  /** fields of the file WHEEL, in their order */
  readonly wheelFields: readonly (readonly [name: string, value: string])[];
  /** paths in the archive, folders left out */
  readonly files: readonly string[];
  /** the text of entry_points.txt, where there is one */
  readonly entryPoints: string | undefined;
}

/**
 * Reads the central directory, and of the files only the metadata.
 * @param path of a .whl file
 * @throws {UnsafeArchive} for a path outside the archive or one that stands twice, or when .dist-info is not there once
 * @throws {InvalidMetadata} when METADATA cannot be read
 * @see Binary distribution format
 */
export async function readWheel(path: string): Promise<Wheel> {
  const archive = await openPromise(path, { strictFileNames: true, autoClose: false });
  try {
    const entries = await readEntries(archive);
    const folder = distInfoFolder(entries);
    const metadataText = (await readEntry(archive, required(entries, `${folder}/METADATA`))).toString('utf8');
    const wheelText = (await readEntry(archive, required(entries, `${folder}/WHEEL`))).toString('utf8');
    const entryPoints = entries.get(`${folder}/entry_points.txt`);
    return {
      metadata: parseCoreMetadata(metadataText),
      metadataText,
      wheelFields: wheelText
        .split(/\r?\n/)
        .filter(Boolean)
        .map((line) => splitOnce(line, ':')),
      files: [...entries.keys()],
      entryPoints: entryPoints && (await readEntry(archive, entryPoints)).toString('utf8'),
    };
  } finally {
    archive.close();
  }
}

/**
 * Reads everything and checks every file against its checksum in the archive and its hash in RECORD.
 * @throws {UnsafeArchive} naming the file and what is wrong with it
 * @see Binary distribution format, "The .dist-info directory"
 */
export async function verifyWheel(path: string): Promise<void> {
  const archive = await openPromise(path, { strictFileNames: true, autoClose: false });
  try {
    const entries = await readEntries(archive);
    const folder = distInfoFolder(entries);
    const record = parseRecord((await readEntry(archive, required(entries, `${folder}/RECORD`))).toString('utf8'));
    for (const [name, entry] of entries) {
      const content = await readEntry(archive, entry);
      const recorded = record.get(name);
      record.delete(name);
      // RECORD cannot hold its own hash, nor that of signatures made after it.
      if (/\.dist-info\/RECORD(\.jws|\.p7s)?$/.test(name)) continue;
      if (recorded === undefined) throw new UnsafeArchive(`${name} is not in RECORD`);
      checkHash(name, content, recorded);
    }
    const [missing] = record.keys();
    if (missing !== undefined) throw new UnsafeArchive(`${missing} is in RECORD, but not in the archive`);
  } finally {
    archive.close();
  }
}

async function readEntries(archive: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      if (entries.has(entry.fileName)) throw new UnsafeArchive(`${entry.fileName} is in the archive twice`);
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    if (error instanceof UnsafeArchive) throw error;
    throw new UnsafeArchive((error as Error).message); // yauzl refuses unsafe names and broken directories by itself
  }
  return entries;
}

function distInfoFolder(entries: ReadonlyMap<string, Entry>): string {
  const folders = new Set(
    [...entries.keys()].map((name) => /^([^/]+\.dist-info)\//.exec(name)?.[1]).filter((name) => name !== undefined),
  );
  const [folder, ...more] = folders;
  if (folder === undefined || more.length > 0)
    throw new UnsafeArchive(`there are ${folders.size} .dist-info folders, not one`);
  return folder;
}

function required(entries: ReadonlyMap<string, Entry>, name: string): Entry {
  const entry = entries.get(name);
  if (entry === undefined) throw new UnsafeArchive(`${name} is missing`);
  return entry;
}

/** yauzl checks sizes, not checksums. */
async function readEntry(archive: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new UnsafeArchive(`${entry.fileName} cannot be read: ${(error as Error).message}`);
  }
  const content = Buffer.concat(chunks);
  if (crc32(content) !== entry.crc32) throw new UnsafeArchive(`${entry.fileName} has a wrong checksum`);
  return content;
}

/** RECORD is CSV: path, `algorithm=digest`, size. Paths with commas or quotes are quoted. */
function parseRecord(text: string): Map<string, string> {
  const rows = text.split(/\r?\n/).filter(Boolean);
  return new Map(
    rows.map((row) => {
      const quoted = /^"((?:[^"]|"")*)",([^,]*)/.exec(row);
      if (quoted) return [(quoted[1] as string).replaceAll('""', '"'), quoted[2] as string];
      const [path = '', hash = ''] = row.split(',');
      return [path, hash];
    }),
  );
}

function checkHash(name: string, content: Buffer, recorded: string): void {
  const [algorithm, digest] = splitOnce(recorded, '=');
  if (!['sha256', 'sha384', 'sha512'].includes(algorithm))
    throw new UnsafeArchive(`${name} has no sound hash in RECORD`);
  const found = createHash(algorithm).update(content).digest('base64url');
  if (found !== digest)
    throw new UnsafeArchive(`${name} is not what RECORD says: ${algorithm} ${found}, not ${digest}`);
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
