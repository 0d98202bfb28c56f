/** What makes an archive one that must not be trusted, whatever its format. */
import { posix } from 'node:path';

/** Entries outside of the archive, twice the same entry, bytes that are not what they should be, far more bytes than there seem to be. */
export class UnsafeArchive extends Error {
  override readonly name = 'UnsafeArchive';
}

/** @throws {UnsafeArchive} for an entry that would be written elsewhere than below the folder the archive is unpacked into, on any system */
export function checkEntryPath(path: string): void {
  if (path === '') throw new UnsafeArchive('an entry has no name');
  if (path.includes('\0')) throw new UnsafeArchive(`${JSON.stringify(path)} has a null character in its name`);
  if (/^[\\/]|^[A-Za-z]:/.test(path)) throw new UnsafeArchive(`${path} is an absolute path`);
  if (path.includes('\\')) throw new UnsafeArchive(`${path} has a backslash, which is a separator on Windows`);
  if (path.split('/').includes('..')) throw new UnsafeArchive(`${path} leads out of the archive`);
}

/**
 * @param target seen from the root of the archive
 * @param top the folder that the link must stay in
 * @throws {UnsafeArchive} for a link that leads elsewhere
 * @see PEP 721, "The data filter"
 */
export function checkLink(path: string, target: string, top: string): void {
  const resolved = posix.normalize(target);
  const isInside = resolved === top || resolved.startsWith(`${top}/`);
  if (posix.isAbsolute(target) || target.includes('\\') || !isInside)
    throw new UnsafeArchive(`${path} links out of the archive, to ${target}`);
}

/** What an index takes: from this size on, unpacked files may be at most so many times as large as the archive. */
const LARGE = 64 * 1024 * 1024;
const LARGEST_RATIO = 50;

/**
 * Counts what unpacking would write.
 * @param packed bytes of the archive
 * @see Warehouse (the program of PyPI), "Decompression bomb found"
 */
export class UnpackedSize {
  #total = 0;

  constructor(private readonly packed: number) {}

  /** @throws {UnsafeArchive} as soon as it is too much */
  add(bytes: number): void {
    this.#total += bytes;
    if (this.#total > LARGE && this.#total > this.packed * LARGEST_RATIO)
      throw new UnsafeArchive(`it is a decompression bomb: more than ${LARGEST_RATIO} times as large when unpacked`);
  }
}
