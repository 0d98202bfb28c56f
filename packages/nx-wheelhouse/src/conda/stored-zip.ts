/**
 * A zip archive whose members are stored as they are: the outer form of a `.conda` file, the same bytes on every machine.
 * Libraries turn times into the machine's own zone, which has hours that do not exist.
 */
import { crc32 } from 'node:zlib';

export interface ZipMember {
  readonly name: string;
  readonly content: Buffer;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** The version that a reader must know: 2.0. */
const NEEDED = 20;
const MADE_BY_UNIX = 0x0300 | NEEDED;
const REGULAR_FILE_0644 = 0o100644 * 0x10000;

/**
 * @param members less than 4 GB together, with ASCII names
 * @param modified seconds since 1970; times before 1980 become 1980
 * @see PKWARE's APPNOTE.TXT
 */
export function storedZip(members: readonly ZipMember[], modified: number): Buffer {
  const time = dosTime(modified);
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of members) {
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26); // what both headers hold, from the version needed on
    common.writeUInt16LE(NEEDED, 0);
    common.writeUInt32LE(time, 6);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const central = Buffer.alloc(14); // from the comment's length on
    central.writeUInt32LE(REGULAR_FILE_0644, 6);
    central.writeUInt32LE(offset, 10);
    locals.push(uint32(LOCAL_HEADER), common, nameBytes, content);
    centrals.push(uint32(CENTRAL_HEADER), uint16(MADE_BY_UNIX), common, central, nameBytes);
    offset += 4 + common.length + nameBytes.length + content.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, uint32(END_OF_DIRECTORY), end]);
}

/** Date and time as MS-DOS packs them, two seconds at a time. */
function dosTime(seconds: number): number {
  const date = new Date(Math.max(seconds, Date.UTC(1980, 0, 1) / 1000) * 1000);
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
