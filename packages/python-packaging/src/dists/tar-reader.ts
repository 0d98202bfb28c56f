/**
 * Reads a tar archive: its members, one after the other. `tar` decodes the headers; its own reader makes a stream of every member, which
 * takes longer than all else that is done with a small sdist.
 */
import type { Header, Pax } from 'tar' with { 'resolution-mode': 'import' };

/** One file, folder, link or device. */
export interface TarMember {
  /** as it is written, with `/` at its end perhaps where it is a folder */
  readonly path: string;
  readonly type: Header['type'];
  /** of a link */
  readonly linkpath: string;
  /** bytes of its content */
  readonly size: number;
}

/** Is given each member; what it returns, if anything, is given the member's content. */
export type SeeMember = (member: TarMember) => ((content: Buffer) => void) | undefined;

const BLOCK = 512;
/** What may stand in a header that extends another: paths, times, a comment. */
const LARGEST_EXTENSION = 1 << 20;
/** What is behind the end, zeros by habit: archives for tapes are filled up to 10 kB. */
const LARGEST_PADDING = 1 << 20;

/** @returns a reader for one archive */
export async function tarReader(see: SeeMember): Promise<TarReader> {
  return new TarReader(await import('tar'), see); // not before an archive is read: it is slow to load
}

/** @see POSIX, pax, "ustar Interchange Format" and "pax Extended Header" */
class TarReader {
  /** bytes that have been written and are too few for what comes next */
  #parts: Buffer[] = [];
  #length = 0;
  /** how many of the next bytes nobody looks at, how many are wanted after them, and who wants them */
  #skipped = 0;
  #wanted = BLOCK;
  #take = this.#header;
  #everywhere: Pax | undefined;
  #forNext: Partial<Pick<Pax, 'path' | 'linkpath' | 'size'>> | undefined;
  #emptyBlocks = 0;
  #behind = 0;

  constructor(
    private readonly tar: { Header: typeof Header; Pax: typeof Pax },
    private readonly see: SeeMember,
  ) {}

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
    const { Header, Pax } = this.tar;
    const header = new Header(block, 0, this.#forNext, this.#everywhere);
    this.#emptyBlocks = header.nullBlock ? this.#emptyBlocks + 1 : 0;
    if (header.nullBlock) return;
    const { path, type, size } = checked(header);
    switch (type) {
      case 'ExtendedHeader':
      case 'OldExtendedHeader':
        this.#extension(size, (text) => {
          this.#forNext = Pax.parse(text, this.#forNext);
        });
        return;
      case 'GlobalExtendedHeader':
        this.#extension(size, (text) => {
          this.#everywhere = Pax.parse(text, this.#everywhere, true);
          // Programs differ in what they make of it.
          const described = this.#everywhere.path ?? this.#everywhere.linkpath ?? this.#everywhere.size;
          if (described !== undefined) throw new Error('a global header describes a file');
        });
        return;
      case 'NextFileHasLongPath':
      case 'OldGnuLongPath':
        this.#extension(size, (text) => {
          this.#forNext = { ...this.#forNext, path: upToNull(text) };
        });
        return;
      case 'NextFileHasLongLinkpath':
        this.#extension(size, (text) => {
          this.#forNext = { ...this.#forNext, linkpath: upToNull(text) };
        });
        return;
      default: {
        const linkpath = this.#forNext?.linkpath ?? header.linkpath ?? '';
        this.#forNext = undefined;
        const take = this.see({ path, type, linkpath, size });
        if (take) this.#content(size, take);
        else this.#skipped = size + paddingOf(size);
      }
    }
  }

  #extension(size: number, take: (text: string) => void): void {
    if (size > LARGEST_EXTENSION) throw new Error('an extended header is too large');
    this.#content(size, (content) => take(content.toString('utf8')));
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

function checked({ path, type, linkpath, size, cksumValid }: Header) {
  if (!cksumValid) throw new Error('a header has a wrong checksum');
  if (!path) throw new Error('an entry has no name');
  if (!Number.isSafeInteger(size)) throw new Error(`${path} has no size`);
  const isLink = type === 'Link' || type === 'SymbolicLink';
  if (linkpath && !isLink) throw new Error(`${path} is no link, and has a target`);
  if (!linkpath && isLink) throw new Error(`${path} is a link to nothing`);
  return { path, type, size: size as number };
}

function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function upToNull(text: string): string {
  return text.replace(/\0.*/s, '');
}
