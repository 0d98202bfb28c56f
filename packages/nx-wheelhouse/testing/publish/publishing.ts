/** Publishing in a test: packages to any index, and what came of it. */
import type { Collection } from '../../src/publish/collect.js';
import type { IndexAccess } from '../../src/publish/listing.js';
import type { PackageOutcome } from '../../src/publish/outcome.js';
import type { PlannedPackage } from '../../src/publish/plan.js';
import { type PublishOptions, publish } from '../../src/publish/publish.js';
import type { Repository } from '../../src/publish/repositories.js';
import { uploadDirectly } from '../../src/publish/uploaders/builtin.js';
import { plannedPackage, tool } from './tools.js';

export function accessTo(
  { uploadUrl, listingUrl }: { readonly uploadUrl: string; readonly listingUrl: string },
  username: string,
  password: string,
  kind: Repository['kind'] = 'private',
): IndexAccess {
  const repository = { kind, name: 'test', uploadUrl, listingUrl };
  return { repository, credential: { username, password }, patience: { attempts: 4, delayMs: 10, silenceMs: 120_000 } };
}

/** @param others projects of the workspace that are not of this run */
export async function publishAll(
  packages: readonly PlannedPackage[],
  access: IndexAccess,
  options: Partial<PublishOptions> = {},
  others: readonly string[] = [],
): Promise<PackageOutcome[]> {
  const pythonWithTools = async () => tool('python');
  const uploader = uploadDirectly;
  const all = {
    dryRun: false,
    verifyTimeoutMs: 120_000, // a busy machine is no index that lags
    parallel: 4,
    uploader,
    attestations: 'none' as const,
    pythonWithTools,
    pythonToSign: pythonWithTools,
  };
  const names = [...packages.map(({ name }) => name), ...others];
  const siblings = new Map(names.map((name) => [name, name]));
  const collection: Collection = { packages, problems: new Map(), circles: new Map(), siblings };
  const outcomes: PackageOutcome[] = [];
  for await (const one of publish(collection, access, { ...all, ...options })) outcomes.push(one);
  return outcomes;
}

export const states = (outcomes: readonly PackageOutcome[]) =>
  Object.fromEntries(outcomes.map(({ project, files }) => [project, files.map(({ state }) => state)]));
export const allStates = (outcomes: readonly PackageOutcome[]) => [...new Set(Object.values(states(outcomes)).flat())];
export const words = (outcomes: readonly PackageOutcome[]) => outcomes.flatMap(({ problems }) => problems).join('\n');

/** Four packages: `top` needs `left` and `right`, both need `base`. */
export function diamond(folder: string): PlannedPackage[] {
  return [
    plannedPackage(folder, { name: 'top', version: '1.0', requires: ['left', 'right'] }, ['left', 'right']),
    plannedPackage(folder, { name: 'left', version: '1.0', requires: ['base'] }, ['base']),
    plannedPackage(folder, { name: 'right', version: '1.0', requires: ['base'] }, ['base']),
    plannedPackage(folder, { name: 'base', version: '1.0' }),
  ];
}
