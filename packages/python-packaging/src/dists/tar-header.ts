/**
 * The headers of a tar archive, read as Python's tarfile reads them: what is looked at must be what will be unpacked. Where programs
 * differ in what a header says, it is refused. (The package `tar` takes twenty times as long for one, and a small sdist is all headers.)
 */

/** One block of 512 bytes, see POSIX, pax, "ustar Interchange Format". */
export interface TarHeader {
  /** as it is written; with `/` at its end perhaps where it is a folder */
  readonly path: string;
  readonly type: TarType;
  /** of a link */
  readonly linkpath: string;
  /** bytes behind the header */
  readonly size: number;
}

/** What extends the next header, or all, instead of describing a file. */
const EXTENSIONS = { x: 'pax', X: 'pax', g: 'global-pax', L: 'gnu-path', K: 'gnu-linkpath' } as const;

const MEMBERS = {
  '\0': 'File',
  '0': 'File',
  '1': 'Link',
  '2': 'SymbolicLink',
  '3': 'CharacterDevice',
  '4': 'BlockDevice',
  '5': 'Directory',
  '6': 'FIFO',
  '7': 'File', // contiguous, once upon a time
} as const;

type ExtensionType = (typeof EXTENSIONS)[keyof typeof EXTENSIONS];
export type MemberType = (typeof MEMBERS)[keyof typeof MEMBERS] | 'Unsupported';
type TarType = ExtensionType | MemberType;

const TYPES: ReadonlyMap<number, TarType> = new Map(
  Object.entries({ ...EXTENSIONS, ...MEMBERS }).map(([flag, type]) => [flag.charCodeAt(0), type]),
);

const CHECKSUM = 148;
const CHECKSUM_END = 156;
const SPACE = 0x20;

/**
 * @param block 512 bytes
 * @returns `undefined` for a block of zeros, two of which are the end
 * @throws {Error} where the block is no header
 */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  let sum = (CHECKSUM_END - CHECKSUM) * SPACE; // its own field counts as blank
  for (let index = 0; index < CHECKSUM; index += 1) sum += block[index] as number;
  for (let index = CHECKSUM_END; index < block.length; index += 1) sum += block[index] as number;
  const checksum = numberAt(block, CHECKSUM, CHECKSUM_END);
  if (sum === (CHECKSUM_END - CHECKSUM) * SPACE && block.readBigUInt64LE(CHECKSUM) === 0n) return undefined;
  if (checksum !== sum) throw new Error('a header has a wrong checksum');
  const path = pathOf(block);
  const size = numberAt(block, 124, 136);
  if (size === undefined) throw new Error(`${path} has no size`);
  return { path, type: typeOf(block, path), linkpath: textAt(block, 157, 257), size };
}

/** Long paths have their beginning in a field of its own, which only POSIX knows: tarfile reads it in other archives too. */
function pathOf(block: Buffer): string {
  const name = textAt(block, 0, 100);
  const prefix = textAt(block, 345, 500);
  if (prefix === '') return name;
  if (block.toString('latin1', 257, 263) !== 'ustar\0')
    throw new Error(`${name} has a prefix that not all programs read`);
  return `${prefix}/${name}`;
}

/** Before there were folders, they were files with `/` at the end. */
function typeOf(block: Buffer, path: string): TarType {
  const flag = block[156] as number;
  return flag === 0 && path.endsWith('/') ? 'Directory' : (TYPES.get(flag) ?? 'Unsupported');
}

/** Up to the first zero. */
function textAt(block: Buffer, start: number, end: number): string {
  const zero = block.indexOf(0, start);
  return block.toString('utf8', start, zero < 0 || zero > end ? end : zero);
}

const ZERO = 0x30;
const SEVEN = 0x37;
const BINARY = 0x80;

/**
 * Octal digits with blanks around them, or the number itself behind a byte of 0x80.
 * @returns `undefined` for what is none, is negative or too large
 */
function numberAt(block: Buffer, start: number, end: number): number | undefined {
  let number = 0;
  let index = start;
  if (block[start] === BINARY) {
    for (index += 1; index < end; index += 1) number = number * 256 + (block[index] as number);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  while (index < end && block[index] === SPACE) index += 1;
  for (; index < end; index += 1) {
    const byte = block[index] as number;
    if (byte < ZERO || byte > SEVEN) break;
    number = number * 8 + byte - ZERO;
  }
  while (index < end && block[index] === SPACE) index += 1;
  return index === end || block[index] === 0 ? number : undefined;
}

/** What of the records of an extended header changes what is unpacked. */
export interface TarExtension {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

/**
 * Reads `length key=value`, line after line; the length counts itself and the line break.
 * @throws {Error} where a record is none, or says what some programs obey and some do not
 * @see POSIX, pax, "pax Extended Header"
 */
export function readPaxRecords(records: Buffer): TarExtension {
  const found: { path?: string; linkpath?: string; size?: number } = {};
  for (let start = 0; start < records.length; ) {
    const space = records.indexOf(SPACE, start);
    const length = /^\d+$/.exec(records.toString('latin1', start, space))?.[0];
    const end = start + Number(length);
    const equals = records.indexOf('=', space);
    if (!(space < equals && equals < end && end <= records.length) || records[end - 1] !== 0x0a)
      throw new Error('an extended header is none');
    const key = records.toString('utf8', space + 1, equals);
    const value = records.toString('utf8', equals + 1, end - 1);
    if (key === 'path' || key === 'linkpath') found[key] = value;
    else if (key === 'size' && /^\d+$/.test(value)) found.size = Number(value);
    else if (key === 'size' || key.startsWith('GNU.sparse.'))
      throw new Error(`an extended header says ${key} ${value}`);
    start = end;
  }
  return found;
}
