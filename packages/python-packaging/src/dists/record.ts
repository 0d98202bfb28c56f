/** Checks the files of a wheel against its own list of them, RECORD. */
import { createHash, hash as digestOf } from 'node:crypto';
import { UnsafeArchive } from './unsafe-archive.js';
import { type WheelArchive, withWheelArchive } from './wheel-archive.js';

interface RecordRow {
  readonly algorithm: string;
  /** base64url, without padding */
  readonly digest: string;
  /** empty where it is not said */
  readonly size: string;
}

/** RECORD cannot hold its own hash, nor that of signatures made after it. */
const UNRECORDED = /^[^/]+\.dist-info\/RECORD(\.jws|\.p7s)?$/;

/**
 * Reads everything and checks every file against its checksum in the archive, and its hash and size in RECORD.
 * @param path of a .whl file
 * @throws {UnsafeArchive} naming the file and what is wrong with it
 * @see Binary distribution format, "The .dist-info directory"
 */
export function verifyWheel(path: string): Promise<void> {
  return withWheelArchive(path, verifyRecord);
}

/**
 * The same for an archive that is open.
 * @param seen is given the first bytes of each file, thousands at least where it has so many
 */
export async function verifyRecord(
  archive: WheelArchive,
  seen: (name: string, start: Buffer) => void = () => {},
): Promise<void> {
  const rows = await readRecord(archive);
  for (const name of archive.entries.keys()) {
    const row = rows.get(name);
    if (row === undefined && !UNRECORDED.test(name)) throw new UnsafeArchive(`${name} is not in RECORD`);
    await checkFile(archive, name, UNRECORDED.test(name) ? undefined : row, seen);
  }
  const missing = [...rows.keys()].find((name) => !archive.entries.has(name));
  if (missing !== undefined) throw new UnsafeArchive(`${missing} is in RECORD, but not in the archive`);
}

async function readRecord(archive: WheelArchive): Promise<ReadonlyMap<string, RecordRow>> {
  const text = await archive.text(`${archive.distInfo}/RECORD`);
  const rows = new Map<string, RecordRow>();
  for (const [path = '', hash = '', size = ''] of readCsv(text)) {
    if (rows.has(path)) throw new UnsafeArchive(`${path} is in RECORD twice`);
    const [algorithm = '', ...digest] = hash.split('=');
    rows.set(path, { algorithm, digest: digest.join('='), size });
  }
  return rows;
}

/** The rows of RECORD: a path with commas, quotes or line breaks is quoted, as Python's csv module does it. */
export function readCsv(text: string): string[][] {
  const rows = text.includes('"') ? readQuotedCsv(text) : text.split(/\r?\n/).map((line) => line.split(','));
  return rows.filter((row) => row.some((cell) => cell !== ''));
}

function readQuotedCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    const row = rows.at(-1) ?? [];
    if (rows.length === 0) rows.push(row);
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  return rows;
}

async function checkFile(
  archive: WheelArchive,
  name: string,
  row: RecordRow | undefined,
  seen: (name: string, start: Buffer) => void,
): Promise<void> {
  if (row !== undefined && !['sha256', 'sha384', 'sha512'].includes(row.algorithm))
    throw new UnsafeArchive(`${name} has no sound hash in RECORD`);
  const algorithm = row?.algorithm ?? 'sha256';
  const { digest: found, size } = await digestAndSize(archive, name, algorithm, (start) => seen(name, start));
  if (row === undefined) return;
  if (found !== row.digest)
    throw new UnsafeArchive(`${name} is not what RECORD says: ${row.algorithm} ${found}, not ${row.digest}`);
  if (row.size !== '' && row.size !== String(size))
    throw new UnsafeArchive(`${name} is not what RECORD says: ${size} bytes, not ${row.size}`);
}

async function digestAndSize(
  archive: WheelArchive,
  name: string,
  algorithm: string,
  seen: (start: Buffer) => void,
): Promise<{ digest: string; size: number }> {
  const content = archive.content(name);
  if (content) {
    if (content.length > 0) seen(content);
    return { digest: digestOf(algorithm, content, 'base64url'), size: content.length };
  }
  const hash = createHash(algorithm);
  let size = 0;
  for await (const chunk of archive.chunks(name)) {
    if (size === 0) seen(chunk);
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: hash.digest('base64url'), size };
}
