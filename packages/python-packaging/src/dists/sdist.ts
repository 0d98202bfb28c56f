/** Reads an sdist: its metadata and its list of files. */
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { type CoreMetadata, InvalidMetadata, parseCoreMetadata } from './core-metadata.js';
import { isFolderOf } from './filenames.js';
import { isPrivateKey } from './private-key.js';
import { READ_WHOLE } from './read-whole.js';
import { type TarMember, TarReader } from './tar-reader.js';
import { checkEntryPath, checkLink, UnpackedSize, UnsafeArchive } from './unsafe-archive.js';

export interface SourceDistribution {
  readonly metadata: CoreMetadata;
  /** the text of PKG-INFO, as it is */
  readonly metadataText: string;
  /** the one folder at the top, `name-version` */
  readonly topFolder: string;
  /** paths of files, below the top folder */
  readonly files: readonly string[];
  /** those of folders that have an entry of their own */
  readonly folders: readonly string[];
  /** files that are private keys, of those that are no larger than keys are */
  readonly privateKeys: readonly string[];
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
  await readEntries(path, size, listing);
  const { topFolder, metadataText, files, folders, privateKeys } = listing;
  if (topFolder === undefined) throw new UnsafeArchive('it is empty');
  if (metadataText === undefined) throw new InvalidMetadata(`${topFolder}/PKG-INFO is missing`);
  const metadata = parseCoreMetadata(metadataText);
  if (!isFolderOf(topFolder, metadata))
    throw new UnsafeArchive(`${topFolder} is not the folder of ${metadata.name} ${metadata.version}`);
  return { metadata, metadataText, topFolder, files, folders, privateKeys };
}

/** Ends at the first entry that is refused. */
async function readEntries(path: string, size: number, listing: Listing): Promise<void> {
  const reader = new TarReader((member) => listing.add(member));
  try {
    const whole = size <= READ_WHOLE ? unzippedAtOnce(readFileSync(path)) : undefined;
    if (whole) reader.write(whole);
    else for await (const chunk of isGzip(startOf(path)) ? unzipped(path) : createReadStream(path)) reader.write(chunk);
    reader.end();
  } catch (error) {
    if (error instanceof UnsafeArchive) throw error;
    throw new UnsafeArchive(`it cannot be read: ${(error as Error).message}`);
  }
}

/** Bytes of a tar archive that are unpacked at once, a third faster than in a stream. */
const SMALL = 16 << 20;
const MIN_CHUNK = 64;

/** @returns `undefined` where it is not small, or not as it should be: what is wrong with it is found while it is read */
function unzippedAtOnce(archive: Buffer): Buffer | undefined {
  try {
    if (!isGzip(archive)) return archive;
    // In one piece: the last four bytes say how long it is, by habit.
    const chunkSize = Math.min(Math.max(MIN_CHUNK, archive.readUInt32LE(archive.length - 4) + 1), SMALL);
    return gunzipSync(archive, { chunkSize, maxOutputLength: SMALL });
  } catch {
    return undefined;
  }
}

function unzipped(path: string): AsyncIterable<Buffer> {
  return pipeline(createReadStream(path), createGunzip(), () => {}); // whatever happens, it is seen by who reads
}

/** What is not compressed is read as it is. */
function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

function startOf(path: string): Buffer {
  const start = Buffer.alloc(2);
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return start;
}

/** With certificates before it. */
const LARGEST_KEY = 64 << 10;

/** What has been seen of an archive. */
class Listing {
  topFolder: string | undefined;
  metadataText: string | undefined;
  readonly files: string[] = [];
  readonly folders: string[] = [];
  readonly privateKeys: string[] = [];
  readonly #paths = new Set<string>();

  constructor(private readonly unpacked: UnpackedSize) {}

  /**
   * @returns what takes the content
   * @throws {UnsafeArchive}
   */
  add(member: TarMember): ((content: Buffer) => void) | undefined {
    checkEntryPath(member.path);
    const path = posix.normalize(member.path).replace(/\/$/, '');
    const [top = '', ...below] = path.split('/');
    this.topFolder ??= top;
    if (top !== this.topFolder)
      throw new UnsafeArchive(`there are 2 folders at the top, ${this.topFolder} and ${top}, not one`);
    this.unpacked.add(member.size);
    if (member.type === 'Directory') {
      this.folders.push(below.join('/'));
      return undefined;
    }
    if (below.length === 0) throw new UnsafeArchive(`${path} is no folder, as what is at the top must be`);
    if (this.#paths.has(path)) throw new UnsafeArchive(`${path} is in the archive twice`);
    this.#paths.add(path);
    this.#checkType(member, path, top);
    const file = below.join('/');
    this.files.push(file);
    if (file === 'PKG-INFO') {
      return (content) => {
        this.metadataText = content.toString('utf8');
      };
    }
    if (member.type !== 'File' || member.size === 0 || member.size > LARGEST_KEY) return undefined;
    return (content) => {
      if (isPrivateKey(content)) this.privateKeys.push(file);
    };
  }

  #checkType({ type, linkpath }: TarMember, path: string, top: string): void {
    switch (type) {
      case 'File':
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
}
