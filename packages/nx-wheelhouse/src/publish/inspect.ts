/** Looks at everything a run publishes: what its dists hold, and what the index has. Reads only. */
import { normalizeName } from '@nx-wheelhouse/python-packaging';
import { type DistContent, readDist } from '../local-index/rules.js';
import type { Collection } from './collect.js';
import { type IndexAccess, type Listing, NOTHING_LISTED, readListing } from './listing.js';
import type { PlannedPackage } from './plan.js';
import { siblingRequirements } from './sibling-requirements.js';

/** A package with what its dists hold and what the index has of it. */
export interface Inspected extends PlannedPackage {
  /** by file name; the reason in words where a dist cannot be read */
  readonly contents: ReadonlyMap<string, DistContent | string>;
  readonly listing: Listing;
}

export interface Inspection {
  /** in the order of the plan */
  readonly packages: readonly Inspected[];
  /** what the index has of packages of the workspace that are needed and not of this run, by normalised name */
  readonly others: ReadonlyMap<string, Listing>;
}

/** So many pages are asked for at a time. */
const LISTINGS_AT_A_TIME = 16;

/**
 * @param isAsked whether the index is asked what it has; it need not even be there where nothing will be sent anyway
 * @throws {UserError} when the index cannot be read
 */
export async function inspect(
  plan: readonly PlannedPackage[],
  { siblings }: Pick<Collection, 'siblings'>,
  access: IndexAccess,
  isAsked: boolean,
): Promise<Inspection> {
  const packages = await mapInParallel(plan, LISTINGS_AT_A_TIME, async (pkg): Promise<Inspected> => {
    const filenames = pkg.dists.map(({ filename }) => filename);
    const listing = isAsked ? await readListing(access, pkg.name, filenames) : NOTHING_LISTED;
    return { ...pkg, contents: await readContents(pkg), listing };
  });
  const own = new Set(plan.map(({ name }) => normalizeName(name)));
  const needed = packages.flatMap((pkg) => siblingRequirements(pkg, siblings)).map(({ name }) => name);
  const missing = isAsked ? [...new Set(needed)].filter((name) => !own.has(name)) : [];
  const others = await mapInParallel(
    missing,
    LISTINGS_AT_A_TIME,
    async (name): Promise<[string, Listing]> => [name, await readListing(access, name, [])],
  );
  return { packages, others: new Map(others) };
}

async function readContents({ dists }: PlannedPackage): Promise<ReadonlyMap<string, DistContent | string>> {
  const contents = new Map<string, DistContent | string>();
  for (const { path, filename } of dists) {
    contents.set(filename, await readDist(path, filename).catch((error: Error) => error.message));
  }
  return contents;
}

async function mapInParallel<Item, Result>(
  items: readonly Item[],
  parallel: number,
  run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
