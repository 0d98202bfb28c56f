/** Publishes one package: sends what is missing of it, and waits until the index lists exactly that. */
import { describeError } from '../errors/user-error.js';
import type { IndexAccess } from './listing.js';
import { type Checked, type FileState, isThere, outcomeOf, type PackageOutcome } from './outcome.js';
import { sendFiles } from './send-files.js';
import { upload } from './upload.js';
import type { Upload, Uploader } from './uploaders/uploader.js';
import { type Verdict, verify } from './verify.js';

export interface PackageOptions {
  /** how long to wait for the index to list what it took */
  readonly verifyTimeoutMs: number;
  readonly uploader: Uploader;
}

/**
 * @param attestations texts by file name
 * @param allSent is called when the index has been sent everything, and is only waited for
 */
export async function publishPackage(
  pkg: Checked,
  access: IndexAccess,
  { uploader, verifyTimeoutMs }: PackageOptions,
  attestations: ReadonlyMap<string, readonly string[]>,
  allSent: () => void,
): Promise<PackageOutcome> {
  const states = new Map<string, FileState>();
  const attempts = new Map<string, number>();
  const stateOf = (filename: string) => states.get(filename) ?? (isThere(pkg, filename) ? 'already there' : 'not sent');
  const outcome = (problems: readonly string[] = []) =>
    outcomeOf(pkg, problems.length === 0, stateOf, problems, attempts);
  try {
    const problems: string[] = [];
    const isFirstAlone = access.repository.kind === 'public' || access.renew !== undefined;
    const sent = await sendFiles(missing(pkg, attestations), isFirstAlone, (file) =>
      upload(access, uploader, file).catch((error) => ({ kind: 'failed', attempts: 1, problem: describeError(error) })),
    );
    for (const [filename, result] of sent) {
      attempts.set(filename, result.attempts);
      states.set(filename, 'problem' in result ? 'failed' : 'uploaded');
      if ('problem' in result) problems.push(`${filename}: ${result.problem}`);
    }
    if (problems.length > 0 || sent.size === 0) return outcome(problems);
    allSent();
    for (const [filename, verdict] of await verify(access, pkg.name, pkg.dists, verifyTimeoutMs)) {
      const problem = describeVerdict(verdict, access.repository.listingUrl, verifyTimeoutMs);
      if (problem === undefined) continue;
      states.set(filename, 'failed');
      problems.push(`${filename}: ${problem}`);
    }
    return outcome(problems);
  } catch (error) {
    return outcome([describeError(error)]);
  }
}

function missing(pkg: Checked, attestations: ReadonlyMap<string, readonly string[]>): Upload[] {
  return pkg.dists.flatMap((dist) => {
    const content = pkg.contents.get(dist.filename);
    if (isThere(pkg, dist.filename) || content === undefined || typeof content === 'string') return [];
    return [{ dist, metadata: content.metadata, attestations: attestations.get(dist.filename) ?? [] }];
  });
}

function describeVerdict(verdict: Verdict, listingUrl: string, timeoutMs: number): string | undefined {
  switch (verdict.kind) {
    case 'listed':
      return undefined;
    case 'yanked':
      return 'the index lists it, but withdrawn (yanked)';
    case 'other-bytes':
      return `the index took it, but has other bytes: sha256 ${verdict.onIndex}`;
    case 'not-listed':
      return `the index took it, but did not list it at ${listingUrl} within ${timeoutMs / 1000} s`;
  }
}
