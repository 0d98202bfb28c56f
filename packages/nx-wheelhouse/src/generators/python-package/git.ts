/** A repository with a first commit, where there is none. */
import { logger } from '@nx/devkit';
import { gitEnvironment } from '../../git.js';
import { runTool } from '../../toolchain/run-tool.js';

/** @param folder absolute */
export async function startRepository(folder: string): Promise<void> {
  const git = (...args: string[]) => runTool('git', args, { cwd: folder, env: gitEnvironment() });
  if ((await git('rev-parse', '--is-inside-work-tree')).status === 0) return;
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'Start'],
  ]) {
    const { status, stderr, startError } = await git(...args);
    if (status === 0) continue;
    logger.warn(
      `git ${args[0]} did not work, the files are as they should be: ${startError?.message ?? stderr.trim()}`,
    );
    return;
  }
}
