/** Waits until an index lists the files that were sent, with their hashes, and has them whole. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedDist } from '../build/dist-record.js';
import { hashIfOfOtherSize, type IndexAccess, type Listing, readListing } from './listing.js';

/** What the listing says of one file in the end. */
export type Verdict =
  | { readonly kind: 'listed' }
  | { readonly kind: 'yanked' }
  | { readonly kind: 'other-bytes'; readonly onIndex: string }
  | { readonly kind: 'not-listed' };

const LONGEST_PAUSE_MS = 30_000;

/**
 * Asks at growing intervals, for indexes show an upload some seconds late.
 * @param timeoutMs when to stop waiting for files that are not listed yet
 * @returns a verdict for each file, by name
 */
export async function verify(
  access: IndexAccess,
  name: string,
  dists: readonly RecordedDist[],
  timeoutMs: number,
): Promise<ReadonlyMap<string, Verdict>> {
  const giveUpAt = Date.now() + timeoutMs;
  const filenames = dists.map(({ filename }) => filename);
  for (let pause = access.patience.delayMs; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const listing = await readListing(access, name, filenames);
    const verdicts = new Map(dists.map((dist) => [dist, verdictOn(dist, listing)]));
    const isOver = Date.now() + pause > giveUpAt;
    if (isOver || [...verdicts.values()].every(({ kind }) => kind !== 'not-listed')) {
      const final = [...verdicts].map(async ([dist, verdict]): Promise<[string, Verdict]> => {
        return [dist.filename, verdict.kind === 'listed' ? await verdictOnSize(access, dist, listing) : verdict];
      });
      return new Map(await Promise.all(final));
    }
    await sleep(pause);
  }
}

function verdictOn({ filename, sha256 }: RecordedDist, listing: Listing): Verdict {
  const onIndex = listing.sha256.get(filename);
  if (onIndex === undefined) return { kind: 'not-listed' };
  if (onIndex !== sha256) return { kind: 'other-bytes', onIndex };
  const isYanked = listing.files.some((file) => file.isYanked && file.filename === filename);
  return { kind: isYanked ? 'yanked' : 'listed' };
}

/** Some indexes list the hash that the sender states, whatever they have stored. The workspace's own one works it out. */
async function verdictOnSize(
  access: IndexAccess,
  { filename, sha256, size }: RecordedDist,
  { files }: Listing,
): Promise<Verdict> {
  const url = files.find((file) => file.filename === filename)?.url;
  if (access.repository.kind === 'local' || url === undefined) return { kind: 'listed' };
  const served = (await hashIfOfOtherSize(access, url, size)) ?? sha256;
  return served === sha256 ? { kind: 'listed' } : { kind: 'other-bytes', onIndex: served };
}
