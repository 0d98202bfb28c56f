/** The options of the conda-publish executor, as users give them, and what they come to. */

import { type ChannelChoice, LOCAL_CHANNEL } from '../../conda/channels/open-channel.js';
import type { CondaPublishOptions } from '../../conda/publish.js';
import { amount, isSet } from '../option-values.js';

export interface CondaPublishTaskOptions {
  readonly channel?: string;
  readonly label?: string;
  readonly listingUrl?: string;
  readonly dryRun?: boolean | string;
  /** seconds */
  readonly verifyTimeout?: number | string;
  readonly installCheck?: boolean | string;
  readonly installChannels?: readonly string[];
  readonly raiseBuildNumber?: boolean | string;
}

/** What tasks of one run must have in common. */
export interface CondaDestination extends ChannelChoice, CondaPublishOptions {}

export function condaDestination(options: CondaPublishTaskOptions): CondaDestination {
  return {
    channel: options.channel ?? LOCAL_CHANNEL,
    label: options.label,
    listingUrl: options.listingUrl,
    dryRun: isSet('dryRun', options.dryRun) || process.env.NX_DRY_RUN === 'true',
    verifyTimeoutMs: (amount('verifyTimeout', options.verifyTimeout, 'seconds', true) ?? 300) * 1000,
    installFrom: isSet('installCheck', options.installCheck)
      ? [options.installChannels ?? 'conda-forge'].flat()
      : undefined,
    raiseBuildNumber: isSet('raiseBuildNumber', options.raiseBuildNumber),
  };
}
