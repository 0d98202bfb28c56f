/** Sends one file, and again only after the index has been asked whether it has it by now. */
import type { RecordedDist } from '../build/dist-record.js';
import { type IndexAccess, readListing } from './listing.js';
import { backoff } from './retry.js';
import type { Upload, Uploader } from './uploaders/uploader.js';

export type UploadOutcome =
  /** the index took it; whether it has it is for the listing to say */
  | { readonly kind: 'sent'; readonly attempts: number }
  /** an attempt failed, yet the index lists these bytes */
  | { readonly kind: 'there'; readonly attempts: number }
  /** the index does not want it, and another attempt would be no different */
  | { readonly kind: 'refused'; readonly attempts: number; readonly problem: string }
  /** the index has other bytes, or took it in no attempt */
  | { readonly kind: 'failed'; readonly attempts: number; readonly problem: string };

/** @throws {UserError} when the file changes while it is read, or the listing cannot be read */
export async function upload(access: IndexAccess, send: Uploader, file: Upload): Promise<UploadOutcome> {
  const { dist, metadata } = file;
  for (let attempts = 1; ; attempts++) {
    await access.renew?.();
    const attempt = await send(access, file);
    if (attempt.kind === 'taken') return { kind: 'sent', attempts };
    // What an answer says of duplicates differs by index; what the listing says does not.
    const onIndex = (await readListing(access, metadata.name, [dist.filename])).sha256.get(dist.filename);
    if (onIndex === dist.sha256) return { kind: 'there', attempts };
    if (onIndex !== undefined) return { kind: 'failed', attempts, problem: otherBytes(dist, onIndex) };
    if (attempt.kind === 'refused') return { kind: 'refused', attempts, problem: attempt.problem };
    if (attempts >= access.patience.attempts) return { kind: 'failed', attempts, problem: attempt.problem };
    await backoff(access.patience, attempts, attempt.askedToWaitMs);
  }
}

/** The words for a file name that is taken. */
export function otherBytes({ sha256 }: Pick<RecordedDist, 'sha256'>, onIndex: string): string {
  return `the index has other bytes under this name: sha256 ${onIndex}, here ${sha256}. Released files cannot change: raise the version`;
}
