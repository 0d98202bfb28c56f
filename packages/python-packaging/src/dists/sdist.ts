/** Reads an sdist: its metadata and its list of files. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar' with { 'resolution-mode': 'import' };
import { type CoreMetadata, InvalidMetadata, parseCoreMetadata } from './core-metadata.js';
import { isFolderOf } from './filenames.js';
import { READ_WHOLE } from './read-whole.js';
import { checkEntryPath, checkLink, UnpackedSize, UnsafeArchive } from './unsafe-archive.js';

export interface SourceDistribution {
  readonly metadata: CoreMetadata;
  /** the text of PKG-INFO, as it is */
  readonly metadataText: string;
  /** the one folder at the top, `name-version` */
  readonly topFolder: string;
  /** paths of files, below the top folder */
  readonly files: readonly string[];
}

/**
 * @param path of a .tar.gz file
 * @throws {UnsafeArchive} for a path or link that leads out of the top folder, a device, an entry that stands twice, a decompression
 * bomb, other than one top folder, one of another distribution, or a broken archive
 * @throws {InvalidMetadata} when PKG-INFO is missing or cannot be read
 * @see Source distribution format
 */
export async function readSdist(path: string): Promise<SourceDistribution> {
  const { size } = statSync(path);
  const listing = new Listing(new UnpackedSize(size));
  await readEntries(path, size, (entry) => listing.add(entry));
  const { topFolder, metadataText, files } = listing;
  if (topFolder === undefined) throw new UnsafeArchive('it is empty');
  if (metadataText === undefined) throw new InvalidMetadata(`${topFolder}/PKG-INFO is missing`);
  const metadata = parseCoreMetadata(metadataText);
  if (!isFolderOf(topFolder, metadata))
    throw new UnsafeArchive(`${topFolder} is not the folder of ${metadata.name} ${metadata.version}`);
  return { metadata, metadataText, topFolder, files };
}

/** Stops at the first entry that is refused. */
async function readEntries(path: string, size: number, add: (entry: ReadEntry) => void): Promise<void> {
  const { Parser } = await import('tar'); // not before an sdist is read: it is slow to load
  let refusal: Error | undefined;
  const parser = new Parser({
    file: path,
    strict: true,
    onReadEntry: (entry) => {
      try {
        if (refusal === undefined) add(entry);
      } catch (error) {
        refusal = error as Error;
        parser.abort(refusal);
      }
      entry.resume();
    },
  });
  try {
    if (size <= READ_WHOLE) await parseWhole(parser, unzipped(readFileSync(path)));
    else await pipeline(createReadStream(path), parser as unknown as NodeJS.WritableStream);
  } catch (error) {
    throw refusal ?? new UnsafeArchive(`it cannot be read: ${(error as Error).message}`);
  }
  if (refusal !== undefined) throw refusal;
}

/** Bytes of a tar archive that are unpacked at once, a third faster than in a stream. */
const SMALL = 16 << 20;

/** @returns the archive as it is where it is not small, or not as it should be: what is wrong with it is found while it is read */
function unzipped(archive: Buffer): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: SMALL });
  } catch {
    return archive;
  }
}

/** What a bomb could unpack to from one of them is still little. */
const CHUNK = 1 << 16;

/** It is done before `end` returns, which is sooner than `pipeline` listens. */
function parseWhole(parser: Parser, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let isRefused = false;
    parser.on('end', resolve).on('error', (error) => {
      isRefused = true;
      reject(error);
    });
    for (let at = 0; at < bytes.length && !isRefused; at += CHUNK) parser.write(bytes.subarray(at, at + CHUNK));
    if (!isRefused) parser.end();
  });
}

/** What has been seen of an archive. */
class Listing {
  topFolder: string | undefined;
  metadataText: string | undefined;
  readonly files: string[] = [];
  readonly #paths = new Set<string>();

  constructor(private readonly unpacked: UnpackedSize) {}

  /** @throws {UnsafeArchive} */
  add(entry: ReadEntry): void {
    checkEntryPath(entry.path);
    const path = posix.normalize(entry.path).replace(/\/$/, '');
    const [top = '', ...below] = path.split('/');
    this.topFolder ??= top;
    if (top !== this.topFolder)
      throw new UnsafeArchive(`there are 2 folders at the top, ${this.topFolder} and ${top}, not one`);
    this.unpacked.add(entry.size);
    if (entry.type === 'Directory') return;
    if (this.#paths.has(path)) throw new UnsafeArchive(`${path} is in the archive twice`);
    this.#paths.add(path);
    this.#checkType(entry, path, top);
    this.files.push(below.join('/'));
    if (below.length === 1 && below[0] === 'PKG-INFO') this.#readMetadata(entry);
  }

  #checkType({ type, linkpath = '' }: ReadEntry, path: string, top: string): void {
    switch (type) {
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        return;
      case 'Link':
        checkLink(path, linkpath, top);
        return;
      case 'SymbolicLink':
        checkLink(path, posix.isAbsolute(linkpath) ? linkpath : posix.join(posix.dirname(path), linkpath), top);
        return;
      default:
        throw new UnsafeArchive(`${path} is no file but a ${type}`);
    }
  }

  #readMetadata(entry: ReadEntry): void {
    const chunks: Buffer[] = [];
    entry.on('data', (chunk) => chunks.push(chunk));
    entry.on('end', () => {
      this.metadataText = Buffer.concat(chunks).toString('utf8');
    });
  }
}
