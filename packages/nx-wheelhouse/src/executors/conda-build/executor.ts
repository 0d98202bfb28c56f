/** `nx run <package>:conda-build`: one package. */
import type { ExecutorContext } from '@nx/devkit';
import type { CondaBuildOptions } from '../../conda/build.js';
import { reportOf } from '../task-batch.js';
import { openCondaBuilds } from './conda-build-tasks.js';

export default async function condaBuild(
  options: CondaBuildOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { success, output } = await reportOf(() => openCondaBuilds(context)(context.projectName ?? '', options));
  process.stdout.write(output);
  return { success };
}
