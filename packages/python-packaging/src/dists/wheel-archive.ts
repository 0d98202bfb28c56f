/** A wheel as an archive: its entries, after everything has been refused that can be seen without unpacking, and the bytes of one. */
import { readFileSync, statSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { READ_WHOLE } from './read-whole.js';
import { checkEntryPath, UnpackedSize, UnsafeArchive } from './unsafe-archive.js';

const FILE_TYPE_MASK = 0o170000;
/** What is no plain file or folder, by the type in its mode. */
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [0o120000, 'a symbolic link'],
  [0o020000, 'a device'],
  [0o060000, 'a device'],
  [0o010000, 'a pipe'],
]);

export interface WheelArchive {
  /** by path, folders left out */
  readonly entries: ReadonlyMap<string, Entry>;
  /** the one folder `name-version.dist-info` */
  readonly distInfo: string;
  /** @throws {UnsafeArchive} when they cannot be unpacked, or their checksum is another */
  chunks(path: string): AsyncIterable<Buffer>;
  /** the same, whole and as text */
  text(path: string): Promise<string>;
}

/**
 * Opens a wheel for as long as it is worked with.
 * @throws {UnsafeArchive} for what cannot be read, unsafe paths, links, entries that stand twice, decompression bombs, and when
 * .dist-info is not there once
 */
export async function withWheelArchive<T>(path: string, work: (archive: WheelArchive) => Promise<T>): Promise<T> {
  const { size } = statSync(path);
  const bytes = size <= READ_WHOLE ? readFileSync(path) : undefined;
  const archive = await open(bytes ?? path);
  try {
    const entries = await readEntries(archive, new UnpackedSize(size));
    return await work({
      entries,
      distInfo: distInfoFolder([...entries.keys()]),
      chunks: (name) => readChunks(archive, bytes, entries, name),
      text: (name) => readText(readChunks(archive, bytes, entries, name)),
    });
  } finally {
    archive.close();
  }
}

async function open(archive: Buffer | string): Promise<ZipFile> {
  const { fromBufferPromise, openPromise } = await import('yauzl'); // not before a wheel is read: it is slow to load
  const options = { strictFileNames: true, autoClose: false };
  try {
    return await (typeof archive === 'string' ? openPromise(archive, options) : fromBufferPromise(archive, options));
  } catch (error) {
    throw new UnsafeArchive(`it cannot be read: ${(error as Error).message}`);
  }
}

async function readEntries(archive: ZipFile, unpacked: UnpackedSize): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  const paths = new Set<string>();
  try {
    for await (const entry of archive.eachEntry()) {
      const path = nameOf(entry);
      checkEntryPath(path);
      if (paths.has(path)) throw new UnsafeArchive(`${path} is in the archive twice`);
      paths.add(path);
      // The upper half of the attributes is the mode, where the archive was made on Unix.
      const type = OTHER_TYPES.get((entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK);
      if (type !== undefined) throw new UnsafeArchive(`${path} is ${type}`);
      unpacked.add(entry.uncompressedSize);
      if (!path.endsWith('/')) entries.set(path, entry);
    }
  } catch (error) {
    if (error instanceof UnsafeArchive) throw error;
    throw new UnsafeArchive((error as Error).message); // yauzl refuses unsafe names and broken directories by itself
  }
  return entries;
}

/** yauzl reads the bytes below 32 as the pictures that code page 437 has for them; to Python, which makes wheels, they are control characters. */
function nameOf({ fileName, fileNameRaw }: Entry): string {
  const isAscii = fileNameRaw.every((byte) => byte < 128);
  return isAscii ? fileNameRaw.toString('latin1') : fileName;
}

function distInfoFolder(paths: readonly string[]): string {
  const folders = new Set(
    paths.map((path) => /^([^/]+\.dist-info)\//.exec(path)?.[1]).filter((folder) => folder !== undefined),
  );
  const [folder, ...more] = folders;
  if (folder === undefined || more.length > 0)
    throw new UnsafeArchive(`there are ${folders.size} .dist-info folders, not one`);
  return folder;
}

/** yauzl checks sizes, neither checksums nor whether the entry's own header has the same name. */
async function* readChunks(
  archive: ZipFile,
  bytes: Buffer | undefined,
  entries: ReadonlyMap<string, Entry>,
  path: string,
): AsyncGenerator<Buffer> {
  const entry = entries.get(path);
  if (entry === undefined) throw new UnsafeArchive(`${path} is missing`);
  let checksum = 0;
  try {
    const content = bytes && wholeContent(bytes, entry);
    for await (const chunk of content ? [content] : await openContent(archive, entry)) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
  } catch (error) {
    if (error instanceof UnsafeArchive) throw error;
    throw new UnsafeArchive(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (checksum !== entry.crc32) throw new UnsafeArchive(`${path} has a wrong checksum`);
}

async function openContent(archive: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer | string>> {
  const { fileName } = await archive.readLocalFileHeaderPromise(entry);
  checkName(fileName, entry);
  return archive.openReadStreamPromise(entry);
}

const STORED = 0;
const DEFLATED = 8;

/**
 * Of an archive in memory: through yauzl each file costs four turns of the event loop.
 * @returns `undefined` for what is large or needs more than unpacking
 */
function wholeContent(archive: Buffer, entry: Entry): Buffer | undefined {
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  const isPlain = [STORED, DEFLATED].includes(compressionMethod) && !entry.isEncrypted();
  if (!isPlain || uncompressedSize > READ_WHOLE) return undefined;
  const start = contentStart(archive, entry);
  const stored = archive.subarray(start, start + compressedSize);
  const content =
    compressionMethod === STORED ? stored : inflateRawSync(stored, { maxOutputLength: Math.max(1, uncompressedSize) });
  if (content.length !== uncompressedSize) {
    throw new Error(`it has ${content.length} bytes, not the ${uncompressedSize} that its entry says`);
  }
  return content;
}

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_SIZE = 30;

/** @see APPNOTE.TXT, "Local file header" */
function contentStart(archive: Buffer, entry: Entry): number {
  const at = entry.relativeOffsetOfLocalHeader;
  if (archive.readUInt32LE(at) !== LOCAL_HEADER) throw new Error('it has no header of its own');
  const name = at + LOCAL_HEADER_SIZE;
  const nameEnd = name + archive.readUInt16LE(at + 26);
  checkName(archive.subarray(name, nameEnd), entry);
  return nameEnd + archive.readUInt16LE(at + 28);
}

function checkName(name: Buffer, entry: Entry): void {
  if (!name.equals(entry.fileNameRaw)) throw new Error(`its header calls it ${name}`);
}

async function readText(read: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of read) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
