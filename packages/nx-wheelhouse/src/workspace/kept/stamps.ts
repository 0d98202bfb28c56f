/** What tells that a file has changed without reading it: its stamp. */
import { statSync } from 'node:fs';

export interface FileStamp {
  /** another whenever the file is another, as far as its file system tells */
  readonly stamp: string;
  /** when it last changed, in milliseconds of the epoch; 0 for what is not there */
  readonly changed: number;
}

/** Of what is not there. */
export const NONE: FileStamp = { stamp: 'none', changed: 0 };

/** @param path absolute */
export function stampOf(path: string): FileStamp {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return NONE;
    const { ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats;
    return { stamp: `${ino} ${size} ${mtimeNs} ${ctimeNs}`, changed: Math.max(Number(mtimeMs), Number(ctimeMs)) };
  } catch (error) {
    return { stamp: String((error as NodeJS.ErrnoException).code), changed: 0 }; // a link in a circle, say: reading it will tell
  }
}

/** File systems may give a file that changes twice in so short a time, in milliseconds, one stamp for both: FAT counts by two seconds. */
const UNSURE_FOR = 2000;

/** Whether a stamp can be relied on later: git has the same rule for its index, see "racy git". */
export function isSure(changed: number, readAt: number): boolean {
  return changed < readAt - UNSURE_FOR;
}
