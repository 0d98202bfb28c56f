/** A wheel as an archive: its entries, after everything has been refused that can be seen without unpacking, and the bytes of one. */
import { readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { crc32, inflateRawSync } from 'node:zlib';
import type { Entry, RandomAccessReader, ZipFile } from 'yauzl';
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
  /**
   * What a small file of a small archive holds, `undefined` for others.
   * @throws {UnsafeArchive} when it cannot be unpacked, or its checksum is another
   */
  content(path: string): Buffer | undefined;
  /** the same of any file, as it is unpacked */
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
  const zip = await open(bytes ?? path);
  try {
    const entries = await readEntries(zip, new UnpackedSize(size));
    return await work(new OpenArchive(zip, bytes, entries));
  } finally {
    zip.close();
  }
}

async function open(archive: Buffer | string): Promise<ZipFile> {
  const options = { strictFileNames: true, autoClose: false };
  try {
    const yauzl = require('yauzl') as typeof import('yauzl'); // not before a wheel is read: it is slow to load
    if (typeof archive === 'string') return await yauzl.openPromise(archive, options);
    return await yauzl.fromRandomAccessReaderPromise(inMemory(archive, yauzl), archive.length, options);
  } catch (error) {
    throw new UnsafeArchive(`it cannot be read: ${(error as Error).message}`);
  }
}

/** Answers at once. yauzl's own reader of a buffer lets a turn of the event loop go by for each of two reads an entry. */
function inMemory(bytes: Buffer, { RandomAccessReader }: typeof import('yauzl')): RandomAccessReader {
  class InMemory extends RandomAccessReader {
    override read(target: Buffer, offset: number, length: number, at: number, done: Done): void {
      done(null, at > bytes.length ? 0 : bytes.copy(target, offset, at, at + length));
    }

    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from([bytes.subarray(start, end)]);
    }
  }
  return new InMemory();
}

/** Its types leave out that it is told how many bytes there were. */
type Done = (error: null, read: number) => void;

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

class OpenArchive implements WheelArchive {
  readonly distInfo: string;
  readonly #texts = new Map<string, string>();

  /** @param bytes of an archive that is in memory */
  constructor(
    private readonly zip: ZipFile,
    private readonly bytes: Buffer | undefined,
    readonly entries: ReadonlyMap<string, Entry>,
  ) {
    this.distInfo = distInfoFolder([...entries.keys()]);
  }

  content(path: string): Buffer | undefined {
    const entry = this.#entry(path);
    let content: Buffer | undefined;
    try {
      content = this.bytes && wholeContent(this.bytes, entry);
    } catch (error) {
      throw unreadable(path, error);
    }
    if (content) checkSum(path, entry, crc32(content));
    return content;
  }

  async *chunks(path: string): AsyncGenerator<Buffer> {
    const content = this.content(path);
    if (content) {
      yield content;
      return;
    }
    const entry = this.#entry(path);
    let checksum = 0;
    try {
      for await (const chunk of await openContent(this.zip, entry)) {
        checksum = crc32(chunk as Buffer, checksum);
        yield chunk as Buffer;
      }
    } catch (error) {
      throw unreadable(path, error);
    }
    checkSum(path, entry, checksum);
  }

  async text(path: string): Promise<string> {
    const text = this.#texts.get(path) ?? (this.content(path) ?? (await joined(this.chunks(path)))).toString('utf8');
    this.#texts.set(path, text);
    return text;
  }

  #entry(path: string): Entry {
    const entry = this.entries.get(path);
    if (entry === undefined) throw new UnsafeArchive(`${path} is missing`);
    return entry;
  }
}

function unreadable(path: string, error: unknown): UnsafeArchive {
  return error instanceof UnsafeArchive
    ? error
    : new UnsafeArchive(`${path} cannot be read: ${(error as Error).message}`);
}

/** yauzl checks sizes, neither checksums nor whether the entry's own header has the same name. */
function checkSum(path: string, entry: Entry, found: number): void {
  if (found !== entry.crc32) throw new UnsafeArchive(`${path} has a wrong checksum`);
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
  const content = compressionMethod === STORED ? stored : inflated(stored, uncompressedSize);
  if (content.length !== uncompressedSize) {
    throw new Error(`it has ${content.length} bytes, not the ${uncompressedSize} that its entry says`);
  }
  return content;
}

/** zlib's least; else it makes room for 16 kB, mostly for a file of one. */
const SMALLEST_CHUNK = 64;

function inflated(stored: Buffer, size: number): Buffer {
  const chunkSize = Math.max(SMALLEST_CHUNK, size + 1); // with room for more, which is refused, the end is seen in one go
  return inflateRawSync(stored, { chunkSize, maxOutputLength: Math.max(1, size) });
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

async function joined(read: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of read) chunks.push(chunk);
  return Buffer.concat(chunks);
}
