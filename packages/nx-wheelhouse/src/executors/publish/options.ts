/** The options of the publish executor, as users and `nx release publish` give them, and what they come to. */

import { isSet } from '../flag.js';

export interface PublishTaskOptions {
  readonly repository?: string;
  readonly listingUrl?: string;
  readonly dryRun?: boolean;
  readonly distFolder?: string;
  /** seconds */
  readonly verifyTimeout?: number;
  /** a PEM file */
  readonly caCertificate?: string;
  readonly verifyInstall?: boolean;
  readonly uploader?: string;
  readonly skip?: boolean;
  /** what `nx release publish --registry` passes: another word for the repository */
  readonly registry?: string;
  readonly nxReleaseVersionData?: Readonly<Record<string, { readonly newVersion?: string | null } | undefined>>;
}

/** What tasks of one run must have in common. */
export interface Destination {
  readonly repository: string;
  readonly listingUrl: string | undefined;
  readonly dryRun: boolean;
  readonly verifyTimeoutMs: number;
  readonly caCertificate: string | undefined;
  readonly verifyInstall: boolean;
  readonly uploader: string;
}

export function destinationOf(options: PublishTaskOptions): Destination {
  return {
    // From the command line of `nx release publish`, hence stronger than what the project says.
    repository: options.registry ?? options.repository ?? 'local',
    listingUrl: options.listingUrl,
    caCertificate: options.caCertificate,
    verifyInstall: isSet(options.verifyInstall),
    uploader: options.uploader ?? 'builtin',
    dryRun: isSet(options.dryRun) || process.env.NX_DRY_RUN === 'true',
    verifyTimeoutMs: Number(options.verifyTimeout ?? 120) * 1000,
  };
}

/** Why a project is left out with success; `undefined` when it is published. */
export function reasonToSkip(project: string, options: PublishTaskOptions): string | undefined {
  if (isSet(options.skip)) return 'Skipped, as its options say.';
  const versioned = options.nxReleaseVersionData?.[project];
  return versioned?.newVersion === null ? 'Skipped: this release gives it no new version.' : undefined;
}
