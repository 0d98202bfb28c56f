/** Reads a tar archive: its members, one after the other. */
import { type MemberType, readPaxRecords, readTarHeader, type TarExtension, type TarHeader } from './tar-header.js';

/** One file, folder, link or device. */
export interface TarMember extends TarHeader {
  readonly type: MemberType;
}

/** Is given each member; what it returns, if anything, is given the member's content. */
export type SeeMember = (member: TarMember) => ((content: Buffer) => void) | undefined;

const BLOCK = 512;
/** What may stand in a header that extends another: paths, times, a comment. */
const LARGEST_EXTENSION = 1 << 20;
/** What is behind the end, zeros by habit: archives for tapes are filled up to 10 kB. */
const LARGEST_PADDING = 1 << 20;

/** Reads one archive. */
export class TarReader {
  /** bytes that have been written and are too few for what comes next */
  #parts: Buffer[] = [];
  #length = 0;
  /** how many of the next bytes nobody looks at, how many are wanted after them, and who wants them */
  #skipped = 0;
  #wanted = BLOCK;
  #take = this.#header;
  /** what extended headers say of the next member */
  #forNext: TarExtension = {};
  #emptyBlocks = 0;
  #behind = 0;

  constructor(private readonly see: SeeMember) {}

  /**
   * @param chunk bytes of the archive, as many as there are
   * @throws {Error} where a header is none; and what the members' receiver throws
   */
  write(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (!this.#isAtEnd() && this.#skipped === 0 && this.#length < this.#wanted) return;
    let bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts);
    while (!this.#isAtEnd()) {
      const skipped = Math.min(this.#skipped, bytes.length);
      this.#skipped -= skipped;
      bytes = bytes.subarray(skipped);
      if (this.#skipped > 0 || bytes.length < this.#wanted) break;
      const taken = bytes.subarray(0, this.#wanted);
      bytes = bytes.subarray(this.#wanted);
      this.#take(taken);
    }
    if (this.#isAtEnd()) {
      this.#behind += bytes.length;
      if (this.#behind > LARGEST_PADDING) throw new Error('there is more behind its end');
      bytes = bytes.subarray(bytes.length);
    }
    this.#parts = bytes.length === 0 ? [] : [bytes];
    this.#length = bytes.length;
  }

  /** @throws {Error} where the archive is cut off */
  end(): void {
    if (this.#length > 0 || this.#skipped > 0 || this.#take !== this.#header) throw new Error('it is cut off');
  }

  #isAtEnd(): boolean {
    return this.#emptyBlocks === 2;
  }

  #header(block: Buffer): void {
    const header = readTarHeader(block);
    this.#emptyBlocks = header ? 0 : this.#emptyBlocks + 1;
    if (header === undefined) return;
    const { type, size } = header;
    switch (type) {
      case 'pax':
        this.#extension(size, (records) => {
          this.#forNext = { ...this.#forNext, ...readPaxRecords(records) };
        });
        return;
      case 'global-pax':
        this.#extension(size, (records) => {
          // Programs differ in what they make of it.
          if (Object.keys(readPaxRecords(records)).length > 0) throw new Error('a global header describes a file');
        });
        return;
      case 'gnu-path':
        this.#extension(size, (text) => {
          this.#forNext = { ...this.#forNext, path: upToNull(text) };
        });
        return;
      case 'gnu-linkpath':
        this.#extension(size, (text) => {
          this.#forNext = { ...this.#forNext, linkpath: upToNull(text) };
        });
        return;
      default:
        this.#member({ ...header, ...this.#forNext, type });
    }
  }

  #member(member: TarMember): void {
    this.#forNext = {};
    const { path, type, linkpath, size } = checked(member);
    const take = this.see({ path, type, linkpath, size });
    if (take) this.#content(size, take);
    else this.#skipped = size + paddingOf(size);
  }

  #extension(size: number, take: (content: Buffer) => void): void {
    if (size > LARGEST_EXTENSION) throw new Error('an extended header is too large');
    this.#content(size, take);
  }

  #content(size: number, take: (content: Buffer) => void): void {
    this.#wanted = size;
    this.#take = (content) => {
      this.#wanted = BLOCK;
      this.#skipped = paddingOf(size);
      this.#take = this.#header;
      take(content);
    };
  }
}

/** What has no content is followed by the next header, whatever its size says: so it is read by tarfile, and otherwise by others. */
function checked(member: TarMember): TarMember {
  const { path, type, linkpath, size } = member;
  if (path === '') throw new Error('an entry has no name');
  if (!Number.isSafeInteger(size)) throw new Error(`${path} has no size`);
  const isLink = type === 'Link' || type === 'SymbolicLink';
  if (linkpath !== '' && !isLink) throw new Error(`${path} is no link, and has a target`);
  if (linkpath === '' && isLink) throw new Error(`${path} is a link to nothing`);
  if (type === 'File' && path.endsWith('/')) throw new Error(`${path} is a file with the name of a folder`);
  if (type === 'Directory') return { ...member, size: 0 };
  if (type !== 'File' && type !== 'Unsupported' && size > 0) throw new Error(`${path} is a ${type}, and has content`);
  return member;
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** A zero is its last byte; without it some programs read on. */
function upToNull(text: Buffer): string {
  const zero = text.indexOf(0);
  if (zero < 0) throw new Error('a long name has no end');
  return text.toString('utf8', 0, zero);
}
