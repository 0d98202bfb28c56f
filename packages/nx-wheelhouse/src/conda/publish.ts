/**
 * Puts conda packages on a channel: looks at the whole batch before the first byte, sends dependencies first, and calls a package
 * published when the channel lists exactly the recorded bytes. Run again after a failure, it sends only what is missing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, UserError } from '../errors/user-error.js';
import { inOrder } from '../publish/in-order.js';
import type { FileState, PackageOutcome } from '../publish/outcome.js';
import { planPublish } from '../publish/plan.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import { publishOrder } from '../workspace/publish-order.js';
import type { Workspace } from '../workspace/workspace.js';
import type { CondaChannel, Presence } from './channels/channel.js';
import { type BuiltCondaPackage, type CondaRecord, readVerifiedCondaPackages } from './conda-record.js';
import { checkInstallation } from './install-check.js';
import { isRaisable, raiseBuildNumber } from './raise-build-number.js';

export interface CondaPublishOptions {
  /** everything but the writes */
  readonly dryRun: boolean;
  /** how long to wait for the channel to list what it took */
  readonly verifyTimeoutMs: number;
  /** channels for what the packages need, when each is to be installed and tried at the end; `undefined` for no such check */
  readonly installFrom: readonly string[] | undefined;
  /** whether a package whose name the channel has with other bytes is built again with the next number */
  readonly raiseBuildNumber: boolean;
}

/** One project's packages, on their way to a channel. */
interface Shipment {
  readonly key: string;
  readonly project: string;
  readonly record: CondaRecord;
  readonly packages: readonly BuiltCondaPackage[];
  /** projects whose packages must be there before */
  readonly after: readonly string[];
  readonly states: Map<string, FileState>;
  readonly problems: string[];
}

export interface CondaPublication {
  readonly outcomes: readonly PackageOutcome[];
  /** what the channel wants a person to know */
  readonly warnings: readonly string[];
}

/** @throws {UserError} when the packages have no order, or the channel cannot be read or indexed */
export async function publishConda(
  workspace: Workspace,
  projects: readonly string[],
  channel: CondaChannel,
  options: CondaPublishOptions,
): Promise<CondaPublication> {
  const raised =
    options.raiseBuildNumber && channel.problems.length === 0
      ? (project: string) => raiseBuildNumber(workspace, project, channel)
      : undefined;
  const { shipments, refused, notes } = await collect(workspace, projects, raised);
  const ordered = planPublish(shipments);
  await compare(ordered, channel);
  const isBroken =
    refused.length > 0 || channel.problems.length > 0 || ordered.some(({ problems }) => problems.length > 0);
  if (isBroken || options.dryRun) {
    const outcomes = ordered.map((shipment) => untouched(shipment, isBroken, channel.problems));
    return { outcomes: [...refused, ...outcomes], warnings: notes };
  }
  await send(ordered, channel);
  const put = ordered.flatMap((shipment) => uploaded(shipment));
  const warnings = [...notes, ...(put.length > 0 ? await channel.settle(put) : [])];
  await verify(ordered, channel, options.verifyTimeoutMs);
  if (options.installFrom) await tryOut(workspace, ordered, [channel.installFrom, ...options.installFrom]);
  return { outcomes: ordered.map(outcomeOf), warnings };
}

async function collect(
  workspace: Workspace,
  projects: readonly string[],
  raised: ((project: string) => Promise<string | undefined>) | undefined,
) {
  const shipments: Shipment[] = [];
  const refused: PackageOutcome[] = [];
  const notes: string[] = [];
  // Those in a circle have no order, and a solver that sees all of them needs none.
  const before = publishOrder(workspace.packages);
  for (const project of projects) {
    try {
      const pkg = packageOfProject(workspace, project);
      const note = await raised?.(project);
      if (note !== undefined) notes.push(note);
      const { record, packages } = readVerifiedCondaPackages(workspace.root, project, pkg.root);
      const after = (before.get(pkg.root) ?? []).map((root) => workspace.packages.get(root)?.project ?? root);
      shipments.push({ key: project, project, record, packages, after, states: new Map(), problems: [] });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push({ project, release: undefined, success: false, files: [], notes: [], problems: [error.message] });
    }
  }
  return { shipments, refused, notes };
}

/** What is there already, and what stands in the way: a file name on a channel means the same bytes for ever. */
async function compare(shipments: readonly Shipment[], channel: CondaChannel): Promise<void> {
  if (channel.problems.length > 0) return;
  const presences = await channel.look(shipments.flatMap(({ packages }) => packages));
  for (const { packages, states, problems, record } of shipments) {
    for (const pkg of packages) {
      const there = presences.get(pkg);
      if (there === undefined) continue;
      if (there.sha256 === pkg.sha256) states.set(pkg.filename, there.isListed ? 'already there' : 'uploaded');
      else {
        problems.push(
          `${pkg.filename}: the channel has other bytes under this name (sha256 ${there.sha256}). ` +
            (isRaisable(record)
              ? `Build it with --buildNumber=${record.buildNumber + 1}, publish with --raiseBuildNumber,`
              : 'Raise build.number in its recipe,') +
            ' or give the package another version',
        );
      }
    }
  }
}

function untouched(shipment: Shipment, isBroken: boolean, ofChannel: readonly string[]): PackageOutcome {
  const { packages, states, problems } = shipment;
  for (const { filename } of packages) {
    if (states.get(filename) !== 'already there') states.set(filename, isBroken ? 'not sent' : 'would be uploaded');
  }
  problems.push(...ofChannel);
  if (isBroken && problems.length === 0) problems.push('nothing was sent, because of problems in other packages');
  return outcomeOf(shipment);
}

async function send(shipments: readonly Shipment[], channel: CondaChannel): Promise<void> {
  const turns = inOrder(
    shipments,
    1,
    (shipment) => sendOne(shipment, channel),
    (isSent) => isSent,
  );
  for await (const turn of turns) {
    if (turn.kind === 'not-tried') {
      turn.item.problems.push(`not tried, because ${turn.failed.join(', ')} could not be published`);
    }
  }
}

async function sendOne({ packages, states, problems }: Shipment, channel: CondaChannel): Promise<boolean> {
  for (const pkg of packages) {
    if (states.has(pkg.filename)) continue;
    const sent = await channel.put(pkg).catch((error) => ({ kind: 'failed', problem: describeError(error) }) as const);
    states.set(pkg.filename, sent.kind === 'stored' ? 'uploaded' : 'failed');
    if (sent.kind === 'failed') problems.push(`${pkg.filename}: ${sent.problem}`);
    if (sent.kind === 'failed') return false;
  }
  return true;
}

/** Channels index in the background, so that a package may be there and not be seen for a while. */
async function verify(shipments: readonly Shipment[], channel: CondaChannel, timeoutMs: number): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  let waiting = shipments.flatMap((shipment) => uploaded(shipment).map((pkg) => ({ shipment, pkg })));
  for (let pauseMs = 250; waiting.length > 0; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    const presences = await channel.look(waiting.map(({ pkg }) => pkg));
    waiting = waiting.filter(({ pkg }) => !isSeen(pkg, presences.get(pkg)));
    if (waiting.length === 0 || Date.now() + pauseMs > giveUpAt) break;
    await sleep(pauseMs);
  }
  for (const { shipment, pkg } of waiting) {
    shipment.states.set(pkg.filename, 'failed');
    shipment.problems.push(
      `${pkg.filename}: the channel took it, but did not list these bytes within ${timeoutMs / 1000} s`,
    );
  }
}

/** Those that lie on the channel, and may not be listed yet. */
function uploaded({ packages, states }: Shipment): BuiltCondaPackage[] {
  return packages.filter(({ filename }) => states.get(filename) === 'uploaded');
}

function isSeen({ sha256 }: BuiltCondaPackage, presence: Presence | undefined): boolean {
  return presence?.isListed === true && presence.sha256 === sha256;
}

/** One after the other: each is a download of a whole environment. */
async function tryOut(
  workspace: Workspace,
  shipments: readonly Shipment[],
  channels: readonly string[],
): Promise<void> {
  for (const { project, record, problems } of shipments) {
    if (problems.length > 0) continue;
    problems.push(...(await checkInstallation(workspace, project, record, channels)));
  }
}

function outcomeOf({ project, record, packages, states, problems }: Shipment): PackageOutcome {
  return {
    project,
    release: { name: record.name, version: record.version },
    success: problems.length === 0,
    files: packages.map(({ filename, sha256, size }) => ({
      filename,
      sha256,
      size,
      state: states.get(filename) ?? 'not sent',
    })),
    notes: [],
    problems,
  };
}
