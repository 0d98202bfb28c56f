/** What became of a package: what its files came to, and what a person should know. */
import type { Inspected } from './inspect.js';

export type FileState = 'uploaded' | 'already there' | 'would be uploaded' | 'failed' | 'not sent';

interface FileOutcome {
  readonly filename: string;
  readonly sha256: string;
  readonly size: number;
  readonly state: FileState;
  /** how often it was sent in this run, where that is counted */
  readonly attempts?: number;
}

export interface PackageOutcome {
  readonly project: string;
  /** the distribution and its version, where they are known */
  readonly release: { readonly name: string; readonly version: string } | undefined;
  readonly success: boolean;
  readonly files: readonly FileOutcome[];
  /** sentences for a person, empty when all is well */
  readonly problems: readonly string[];
  /** what a person should know that stops nothing */
  readonly notes: readonly string[];
}

/** A package ready to be sent. */
export interface Checked extends Inspected {
  readonly key: string;
  readonly notes: readonly string[];
}

/** Whether the index has a file of a package, with the same bytes. */
export function isThere({ dists, listing }: Checked, filename: string): boolean {
  return listing.sha256.get(filename) === dists.find((dist) => dist.filename === filename)?.sha256;
}

/** The outcome of a package of which nothing was sent. @param otherwise the state of the files that the index does not have */
export function unsent(
  pkg: Checked,
  success: boolean,
  otherwise: FileState,
  problems: readonly string[] = [],
): PackageOutcome {
  return outcomeOf(pkg, success, (file) => (isThere(pkg, file) ? 'already there' : otherwise), problems);
}

export function outcomeOf(
  { project, name, version, dists, notes }: Checked,
  success: boolean,
  stateOf: (filename: string) => FileState,
  problems: readonly string[] = [],
  attempts: ReadonlyMap<string, number> = new Map(),
): PackageOutcome {
  const files = dists.map(({ filename, sha256, size }) => ({
    filename,
    sha256,
    size,
    state: stateOf(filename),
    attempts: attempts.get(filename) ?? 0,
  }));
  return { project, release: { name, version }, success, files, problems, notes };
}
