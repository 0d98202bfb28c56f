/** Disks that are full, read-only or another's: nothing that a stack would explain. */
import { type ErrorPlace, UserError } from './user-error.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on that disk',
  EDQUOT: 'make room in the quota of this user',
  EROFS: 'mount that disk writable, or choose another folder',
  EACCES: 'give this user the right to write there',
};

/** What Python, Rust and C libraries say of a full disk. */
const DISK_IS_FULL = /No space left on device|Disk quota exceeded/;

/** Whether a tool has failed for want of space on the disk. */
export function isDiskFull(said: string): boolean {
  return DISK_IS_FULL.test(said);
}

/** @returns an error for people where the disk is to blame, else what was thrown */
export function explainDiskError(error: unknown, place: ErrorPlace): unknown {
  const { code = '', path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const fix = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (error instanceof UserError || fix === undefined) return error;
  return new UserError(`A file cannot be written: ${code} at ${dest ?? path ?? 'a temporary file'}.`, place, fix);
}
