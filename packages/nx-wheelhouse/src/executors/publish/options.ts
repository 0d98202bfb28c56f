/** The options of the publish executor, as users and `nx release publish` give them, and what they come to. */

import { UserError } from '../../errors/user-error.js';
import type { AttestationChoice } from '../../publish/attestations.js';
import type { InstallCheck } from '../../publish/install-check.js';
import { amount, isSet } from '../option-values.js';

export interface PublishTaskOptions {
  readonly repository?: string;
  readonly listingUrl?: string;
  readonly dryRun?: boolean | string;
  readonly distFolder?: string;
  /** seconds */
  readonly verifyTimeout?: number | string;
  /** a PEM file */
  readonly caCertificate?: string;
  readonly verifyInstall?: boolean | string;
  readonly verifyScripts?: boolean | string;
  readonly uploader?: string;
  /** packages at a time */
  readonly parallelUploads?: number | string;
  readonly attestations?: string;
  readonly skip?: boolean | string;
  /** what `nx release publish --registry` passes: another word for the repository */
  readonly registry?: string;
  readonly nxReleaseVersionData?: Readonly<Record<string, { readonly newVersion?: string | null } | undefined>>;
}

/** How many packages are uploaded at a time, unless more are asked for. */
const PARALLEL = 4;

const LOCAL = 'local';

/** What tasks of one run must have in common. */
export interface Destination {
  readonly repository: string;
  readonly listingUrl: string | undefined;
  readonly dryRun: boolean;
  readonly verifyTimeoutMs: number;
  readonly caCertificate: string | undefined;
  /** how what was published is installed; `undefined`: not at all */
  readonly verifyInstall: InstallCheck | undefined;
  /** whether somebody asked for that: then it is done also where the index had everything */
  readonly isInstallAsked: boolean;
  readonly uploader: string;
  readonly parallel: number;
  readonly attestations: AttestationChoice;
}

export function destinationOf(options: PublishTaskOptions): Destination {
  // From the command line of `nx release publish`, hence stronger than what the project says.
  const repository = options.registry ?? options.repository ?? LOCAL;
  return {
    repository,
    listingUrl: options.listingUrl,
    caCertificate: options.caCertificate,
    verifyInstall: installCheckOf(options, repository),
    isInstallAsked: options.verifyInstall !== undefined || isSet('verifyScripts', options.verifyScripts),
    uploader: options.uploader ?? 'builtin',
    parallel: amount('parallelUploads', options.parallelUploads, 'packages') ?? PARALLEL,
    attestations: attestationChoiceOf(options.attestations),
    dryRun: isSet('dryRun', options.dryRun) || process.env.NX_DRY_RUN === 'true',
    verifyTimeoutMs: (amount('verifyTimeout', options.verifyTimeout, 'seconds', true) ?? 120) * 1000,
  };
}

/** @throws {UserError} for a word that is none of them */
function attestationChoiceOf(asked = 'none'): AttestationChoice {
  if (asked === 'none' || asked === 'supplied' || asked === 'sign') return asked;
  throw new UserError(`Attestations cannot be "${asked}".`, {}, 'use one of none, supplied, sign');
}

/** Without a word: for every repository but the local one, to which people publish again and again while they work. */
function installCheckOf(
  { verifyInstall, verifyScripts }: PublishTaskOptions,
  repository: string,
): InstallCheck | undefined {
  const runScripts = isSet('verifyScripts', verifyScripts);
  if (verifyInstall === 'each') return { environments: 'each', runScripts };
  const isWanted = verifyInstall === undefined ? repository !== LOCAL : isSet('verifyInstall', verifyInstall);
  return isWanted || runScripts ? { environments: 'one', runScripts } : undefined;
}

/** Why a project is left out with success; `undefined` when it is published. */
export function reasonToSkip(project: string, options: PublishTaskOptions): string | undefined {
  if (isSet('skip', options.skip)) return 'Skipped, as its options say.';
  const versioned = options.nxReleaseVersionData?.[project];
  return versioned?.newVersion === null ? 'Skipped: this release gives it no new version.' : undefined;
}
