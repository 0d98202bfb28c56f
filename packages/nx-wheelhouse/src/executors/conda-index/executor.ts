/** `nx-wheelhouse:conda-index`: writes the repodata of a channel that is a folder, for packages that came into it by other ways. */
import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { indexChannel } from '../../conda/channels/directory.js';
import { localChannelFolder } from '../../conda/channels/open-channel.js';
import { reportOf } from '../task-batch.js';

export interface CondaIndexOptions {
  /** relative to the workspace root; default: the workspace's own channel */
  readonly folder?: string;
}

export default async function condaIndex(
  options: CondaIndexOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const folder =
    options.folder === undefined ? localChannelFolder(context.root) : resolve(context.root, options.folder);
  const { success, output } = await reportOf(async () => {
    const leftOut = await indexChannel(folder, context.root);
    return { success: true, output: [...leftOut, `Indexed ${folder}`, ''].join('\n') };
  });
  process.stdout.write(output);
  return { success };
}
