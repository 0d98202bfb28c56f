/**
 * Publishes a batch: looks at all of it before the first byte, then uploads dependencies first, and calls a package published when
 * the index lists exactly the recorded bytes. Run again after a failure, it sends only what is missing.
 */
import {
  type AttestationChoice,
  type Attestations,
  attestationProblem,
  signDists,
  suppliedAttestations,
} from './attestations.js';
import type { Collection } from './collect.js';
import { inOrder } from './in-order.js';
import { inspect } from './inspect.js';
import type { IndexAccess } from './listing.js';
import { type Checked, isThere, type PackageOutcome, unsent } from './outcome.js';
import { planPublish } from './plan.js';
import { describeFinding, findProblems, publicObstacles } from './preflight.js';
import { probe } from './probe.js';
import { newProjects, pendingPublisherGuide, tooManyNewProjects } from './public-limits.js';
import { type PackageOptions, publishPackage } from './publish-package.js';
import { unrenderableReadmes } from './readme.js';

export interface PublishOptions extends PackageOptions {
  /** everything but the writes */
  readonly dryRun: boolean;
  readonly attestations: AttestationChoice;
  /** how many packages at a time */
  readonly parallel: number;
  /** gives a Python that has twine's libraries; called only where it is needed */
  readonly pythonWithTools: () => Promise<string>;
  /** the same with pypi-attestations */
  readonly pythonToSign: () => Promise<string>;
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
    for (const pkg of checked) yield unsent(pkg, true, 'would be uploaded');
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
    (pkg, givePlace) => publishPackage(pkg, access, options, attestations, givePlace),
    ({ success }) => success,
    collection.circles.keys(),
  );
  for await (const turn of turns) {
    if (turn.kind === 'done') yield turn.result;
    else {
      const problem = `not tried, because ${turn.failed.join(', ')} could not be published`;
      yield unsent(turn.item, false, 'not sent', [problem]);
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
    yield unsent(pkg, false, 'not sent', own.length > 0 ? own : [others]);
  }
}
