/** What sends one file to an index: our own client, uv or twine. Whether to try again, and what has become of it, is decided elsewhere. */
import type { CoreMetadata } from '@nx-wheelhouse/python-packaging';
import type { RecordedDist } from '../../build/dist-record.js';
import type { IndexAccess } from '../listing.js';

/** What one attempt to send a file came to, as the index tells it; only its listing is believed. */
export type Attempt =
  | { readonly kind: 'taken' }
  /** and it would be again */
  | { readonly kind: 'refused'; readonly problem: string }
  /** no answer, or one that may well be another one a little later */
  | { readonly kind: 'not-now'; readonly problem: string; readonly askedToWaitMs: number };

/** A file with what is sent along. */
export interface Upload {
  readonly dist: RecordedDist;
  readonly metadata: CoreMetadata;
  /** JSON texts (PEP 740), none where none are wanted */
  readonly attestations: readonly string[];
}

/** @throws {UserError} when the file is not the recorded one, or the program for it is not there */
export type Uploader = (access: IndexAccess, upload: Upload) => Promise<Attempt>;

/** The words for a refusal, with what to do about it. */
export function refusedFor(status: number | undefined, problem: string): Attempt {
  const isDenied = status === 401 || status === 403;
  return {
    kind: 'refused',
    problem: isDenied ? `${problem} (check the token and what it is allowed to upload)` : problem,
  };
}
