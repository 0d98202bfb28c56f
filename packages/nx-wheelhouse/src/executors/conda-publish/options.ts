/** The options of the conda-publish executor, as users give them, and what they come to. */

import { type ChannelChoice, LOCAL_CHANNEL } from '../../conda/channels/open-channel.js';
import type { CondaPublishOptions } from '../../conda/publish.js';
import { isSet } from '../flag.js';

export interface CondaPublishTaskOptions {
  readonly channel?: string;
  readonly label?: string;
  readonly listingUrl?: string;
  readonly dryRun?: boolean;
  /** seconds */
  readonly verifyTimeout?: number;
  readonly installCheck?: boolean;
  readonly installChannels?: readonly string[];
  readonly raiseBuildNumber?: boolean;
}

/** What tasks of one run must have in common. */
export interface CondaDestination extends ChannelChoice, CondaPublishOptions {}

export function condaDestination(options: CondaPublishTaskOptions): CondaDestination {
  return {
    channel: options.channel ?? LOCAL_CHANNEL,
    label: options.label,
    listingUrl: options.listingUrl,
    dryRun: isSet(options.dryRun) || process.env.NX_DRY_RUN === 'true',
    verifyTimeoutMs: Number(options.verifyTimeout ?? 300) * 1000,
    installFrom: isSet(options.installCheck) ? [options.installChannels ?? 'conda-forge'].flat() : undefined,
    raiseBuildNumber: isSet(options.raiseBuildNumber),
  };
}
