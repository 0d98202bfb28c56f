/** What tells that a file has changed without reading it: its stamp. */
import { statSync } from 'node:fs';

export interface FileStamp {
  /** another whenever the file is another, as far as its file system tells */
  readonly stamp: string;
  /** since when any further change gives another stamp, in milliseconds of the epoch; 0 for what is not there */
  readonly sureFrom: number;
}

/** Of what is not there. */
export const NONE: FileStamp = { stamp: 'none', sureFrom: 0 };

/** @param path absolute */
export function stampOf(path: string): FileStamp {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    // Nobody waits for what a pipe or a device has to say.
    if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return NONE;
    const { ino, size, mtimeNs, ctimeNs } = stats;
    const changed = Math.max(...[mtimeNs, ctimeNs].map((time) => Number(time / MILLISECOND)));
    const isByTheSecond = mtimeNs % SECOND === 0n && ctimeNs % SECOND === 0n;
    const sureFrom = changed + (isByTheSecond ? COARSE : FINE);
    return { stamp: `${ino} ${size} ${mtimeNs} ${ctimeNs}`, sureFrom };
  } catch (error) {
    return { stamp: String((error as NodeJS.ErrnoException).code), sureFrom: 0 }; // a link in a circle, say: reading it will tell
  }
}

const MILLISECOND = 1_000_000n;
const SECOND = 1_000_000_000n;

/**
 * For how long a file system may give a file that changes twice one stamp for both, in milliseconds: FAT counts by two seconds, some
 * others by one; those that count by nanoseconds look at a clock that ticks a hundred times a second or more often.
 */
const COARSE = 2000;
const FINE = 100;

/**
 * Whether a stamp can be relied on later; git has the same rule for its index, see "racy git".
 * @param readAt when the reading began that the stamp is of
 */
export function isSure(sureFrom: number, readAt: number): boolean {
  return sureFrom < readAt;
}
