/**
 * Publishes a batch: looks at all of it before the first byte, then uploads dependencies first, and calls a package published when
 * the index lists exactly the recorded bytes. Run again after a failure, it sends only what is missing.
 */
import { describeError } from '../errors/user-error.js';
import {
  type AttestationChoice,
  type Attestations,
  attestationProblem,
  signDists,
  suppliedAttestations,
} from './attestations.js';
import type { Collection } from './collect.js';
import { inOrder } from './in-order.js';
import { type Inspected, inspect } from './inspect.js';
import type { IndexAccess } from './listing.js';
import { planPublish } from './plan.js';
import { describeFinding, findProblems, publicObstacles } from './preflight.js';
import { probe } from './probe.js';
import { newProjects, pendingPublisherGuide, tooManyNewProjects } from './public-limits.js';
import { unrenderableReadmes } from './readme.js';
import { upload } from './upload.js';
import type { Uploader } from './uploaders/uploader.js';
import { type Verdict, verify } from './verify.js';

export interface PublishOptions {
  /** everything but the writes */
  readonly dryRun: boolean;
  /** how long to wait for the index to list what it took */
  readonly verifyTimeoutMs: number;
  readonly uploader: Uploader;
  readonly attestations: AttestationChoice;
  /** how many packages at a time */
  readonly parallel: number;
  /** gives a Python that has twine's libraries; called only where it is needed */
  readonly pythonWithTools: () => Promise<string>;
  /** the same with pypi-attestations */
  readonly pythonToSign: () => Promise<string>;
}

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
interface Checked extends Inspected {
  readonly key: string;
  readonly notes: readonly string[];
}

/**
 * @param batchProblems what stands against the whole batch, such as a missing credential
 * @returns an outcome for every package and every problem of the collection, as it comes about
 * @throws {UserError} when the index cannot be read
 */
export async function* publish(
  collection: Collection,
  access: IndexAccess,
  options: PublishOptions,
  batchProblems: readonly string[] = [],
): AsyncGenerator<PackageOutcome> {
  const plan = planPublish(collection.packages, collection.circles.keys());
  const { kind } = access.repository;
  const isPublic = kind !== 'local';
  const inspection = await inspect(plan, collection, access, batchProblems.length === 0);
  const checked = inspection.packages.map((pkg): Checked => {
    const notes = isPublic ? [] : publicObstacles(pkg);
    const isNew = kind === 'public' && access.renew !== undefined && newProjects([pkg]).length > 0;
    return { ...pkg, key: pkg.project, notes: isNew ? [...notes, pendingPublisherGuide(pkg.name)] : notes };
  });
  const problems = new Map<string, string[]>();
  for (const [project, problem] of collection.problems) problems.set(project, [problem]);
  for (const [project, problem] of collection.circles) {
    yield { project, release: undefined, success: false, files: [], notes: [], problems: [problem] };
  }
  const readmes = isPublic ? await unrenderableReadmes(checked, options.pythonWithTools) : new Map();
  for (const finding of findProblems(inspection, collection, kind, readmes)) {
    problems.set(finding.project, [...(problems.get(finding.project) ?? []), describeFinding(finding)]);
  }
  const missing = checked.flatMap((pkg) => pkg.dists.filter(({ filename }) => !isThere(pkg, filename)));
  // Only the public indexes take attestations; any other would refuse the form, or keep them for nobody.
  const choice = kind === 'public' ? options.attestations : 'none';
  let attestations: Attestations = choice === 'supplied' ? suppliedAttestations(missing) : new Map();
  for (const [project, problem] of attestationProblems(checked, attestations)) {
    problems.set(project, [...(problems.get(project) ?? []), problem]);
  }
  const isProbed = isPublic && missing.length > 0 && !options.dryRun && batchProblems.length === 0;
  const denied = isProbed ? await probe(access) : undefined;
  // Pending publishers are not counted.
  const tooMany =
    kind === 'public' && access.renew === undefined ? tooManyNewProjects(newProjects(checked)) : undefined;
  const unsigned = choice === 'none' || access.renew !== undefined ? undefined : UNTRUSTED;
  const ofAll = [...batchProblems, ...[denied, tooMany, unsigned].filter((problem) => problem !== undefined)];
  if (problems.size > 0 || ofAll.length > 0) {
    yield* refuseAll(collection, checked, problems, ofAll);
    return;
  }
  if (options.dryRun) {
    for (const pkg of checked)
      yield outcomeOf(pkg, true, (file) => (isThere(pkg, file) ? 'already there' : 'would be uploaded'));
    return;
  }
  if (choice === 'sign') {
    attestations = await signDists(missing, options.pythonToSign);
    const [problem] = attestationProblems(checked, attestations);
    if (problem !== undefined) throw new Error(problem[1]);
  }
  const turns = inOrder(
    checked,
    options.parallel,
    (pkg) => publishOne(pkg, access, options, attestations),
    ({ success }) => success,
    collection.circles.keys(),
  );
  for await (const turn of turns) {
    if (turn.kind === 'done') yield turn.result;
    else {
      const problem = `not tried, because ${turn.failed.join(', ')} could not be published`;
      yield outcomeOf(turn.item, false, (file) => (isThere(turn.item, file) ? 'already there' : 'not sent'), [problem]);
    }
  }
}

const UNTRUSTED =
  'the index takes attestations from trusted publishers only: leave the option `attestations` out, or the token';

/** By project, what is wrong with an attestation of one of its files. */
function attestationProblems(packages: readonly Checked[], attestations: Attestations): [string, string][] {
  return packages.flatMap(({ project, dists }) =>
    dists.flatMap((dist) =>
      (attestations.get(dist.filename) ?? []).flatMap((text): [string, string][] => {
        const reason = attestationProblem(text, dist);
        return reason === undefined ? [] : [[project, `${dist.filename}: ${reason}`]];
      }),
    ),
  );
}

function* refuseAll(
  { problems: uncollected }: Collection,
  checked: readonly Checked[],
  problems: ReadonlyMap<string, readonly string[]>,
  batchProblems: readonly string[],
): Generator<PackageOutcome> {
  const others = `nothing was sent, because of problems in ${[...problems.keys()].join(', ')}`;
  for (const project of uncollected.keys()) {
    yield { project, release: undefined, success: false, files: [], problems: problems.get(project) ?? [], notes: [] };
  }
  for (const pkg of checked) {
    const own = [...(problems.get(pkg.project) ?? []), ...batchProblems];
    yield outcomeOf(
      pkg,
      false,
      (file) => (isThere(pkg, file) ? 'already there' : 'not sent'),
      own.length > 0 ? own : [others],
    );
  }
}

/** Sends what is missing of one package, its files one after the other, and waits until the index lists them. */
async function publishOne(
  pkg: Checked,
  access: IndexAccess,
  options: PublishOptions,
  attestations: Attestations,
): Promise<PackageOutcome> {
  const states = new Map<string, FileState>();
  const attempts = new Map<string, number>();
  const outcome = (success: boolean, problems: readonly string[] = []) =>
    outcomeOf(pkg, success, stateOf, problems, attempts);
  const stateOf = (filename: string) => states.get(filename) ?? (isThere(pkg, filename) ? 'already there' : 'not sent');
  try {
    for (const dist of pkg.dists) {
      const content = pkg.contents.get(dist.filename);
      if (isThere(pkg, dist.filename) || content === undefined || typeof content === 'string') continue;
      const sent = await upload(access, options.uploader, {
        dist,
        metadata: content.metadata,
        attestations: attestations.get(dist.filename) ?? [],
      });
      attempts.set(dist.filename, sent.attempts);
      states.set(dist.filename, sent.kind === 'failed' ? 'failed' : 'uploaded');
      if (sent.kind === 'failed') return outcome(false, [`${dist.filename}: ${sent.problem}`]);
    }
    if (states.size === 0) return outcome(true);
    const problems: string[] = [];
    for (const [filename, verdict] of await verify(access, pkg.name, pkg.dists, options.verifyTimeoutMs)) {
      const problem = describeVerdict(verdict, access, options);
      if (problem === undefined) continue;
      states.set(filename, 'failed');
      problems.push(`${filename}: ${problem}`);
    }
    return outcome(problems.length === 0, problems);
  } catch (error) {
    return outcome(false, [describeError(error)]);
  }
}

function describeVerdict(
  verdict: Verdict,
  { repository }: IndexAccess,
  { verifyTimeoutMs }: PublishOptions,
): string | undefined {
  switch (verdict.kind) {
    case 'listed':
      return undefined;
    case 'yanked':
      return 'the index lists it, but withdrawn (yanked)';
    case 'other-bytes':
      return `the index took it, but lists other bytes: sha256 ${verdict.onIndex}`;
    case 'not-listed':
      return `the index took it, but did not list it at ${repository.listingUrl} within ${verifyTimeoutMs / 1000} s`;
  }
}

function isThere({ dists, listing }: Checked, filename: string): boolean {
  return listing.sha256.get(filename) === dists.find((dist) => dist.filename === filename)?.sha256;
}

function outcomeOf(
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
