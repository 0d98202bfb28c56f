/** `nx run <package>:build`: one package. */
import type { ExecutorContext } from '@nx/devkit';
import { reportOf } from '../task-batch.js';
import { openBuilds } from './build-tasks.js';
import type { BuildTaskOptions } from './options.js';

export default async function build(
  options: BuildTaskOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const builds = openBuilds(context);
  try {
    const { success, output } = await reportOf(() => builds.run(context.projectName ?? '', options));
    process.stdout.write(output);
    return { success };
  } finally {
    await builds.close();
  }
}
