/** The index's memory: one JSON line per accepted file and per withdrawal, only ever appended to. A name in it is taken for good, even after its file is deleted. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface LedgerEntry {
  readonly event: 'upload';
  readonly filename: string;
  /** as the metadata spell it */
  readonly name: string;
  readonly version: string;
  /** lower-case hexadecimal, as are the other hashes */
  readonly sha256: string;
  readonly size: number;
  readonly requiresPython: string | undefined;
  /** of the wheel's METADATA, which is served beside it (PEP 658) */
  readonly metadataSha256: string | undefined;
  /** ISO 8601 */
  readonly uploadTime: string;
  /** why it was withdrawn (PEP 592), `undefined` while it is not; noted in lines of its own */
  readonly yanked?: string | undefined;
}

/** A file withdrawn, or no longer so. */
export interface YankEntry {
  readonly event: 'yank' | 'unyank';
  readonly filename: string;
  readonly reason: string;
  /** ISO 8601 */
  readonly time: string;
}

export class Ledger {
  #readSize = -1;
  #entries: ReadonlyMap<string, LedgerEntry> = new Map();

  /** @param path of the file, which need not exist */
  constructor(private readonly path: string) {}

  /** All accepted files by name, also what other processes added by now. */
  entries(): ReadonlyMap<string, LedgerEntry> {
    const size = existsSync(this.path) ? statSync(this.path).size : 0;
    if (size !== this.#readSize) {
      this.#entries = size === 0 ? new Map() : parseLedger(readFileSync(this.path, 'utf8'));
      this.#readSize = size;
    }
    return this.#entries;
  }

  /** Writes through to the disk before it returns. The caller holds the writer's lock. */
  append(entry: LedgerEntry | YankEntry): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const file = openSync(this.path, 'a+');
    try {
      writeSync(file, `${endsTorn(file) ? '\n' : ''}${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}

/** Whether a crash left the last line without its end. */
function endsTorn(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}

/** A line that a crash tore off is no entry: its upload was never answered. */
function parseLedger(text: string): Map<string, LedgerEntry> {
  const entries = new Map<string, LedgerEntry>();
  for (const line of text.split('\n')) {
    const entry = parseEntry(line);
    if (entry === undefined) continue;
    const known = entries.get(entry.filename);
    if (entry.event === 'upload') {
      if (known === undefined) entries.set(entry.filename, entry);
    } else if (known !== undefined) {
      entries.set(entry.filename, { ...known, yanked: entry.event === 'yank' ? entry.reason : undefined });
    }
  }
  return entries;
}

function parseEntry(line: string): LedgerEntry | YankEntry | undefined {
  if (line === '') return undefined;
  try {
    const entry = JSON.parse(line) as LedgerEntry | YankEntry;
    const isWhole =
      typeof entry.filename === 'string' && (entry.event !== 'upload' || typeof entry.sha256 === 'string');
    return isWhole ? entry : undefined;
  } catch {
    return undefined;
  }
}
