/** `nx run <package>:publish`: one package. */
import type { ExecutorContext } from '@nx/devkit';
import type { PublishTaskOptions } from './options.js';
import { publishProjects } from './publish-tasks.js';

export default async function publish(
  options: PublishTaskOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  let success = true;
  for await (const report of publishProjects(context, new Map([[context.projectName ?? '', options]]))) {
    process.stdout.write(report.output);
    success &&= report.success;
  }
  return { success };
}
