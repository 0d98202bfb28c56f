/** `nx run <package>:conda-publish`: one package. */
import type { ExecutorContext } from '@nx/devkit';
import { publishCondaProjects } from './conda-publish-tasks.js';
import type { CondaPublishTaskOptions } from './options.js';

export default async function condaPublish(
  options: CondaPublishTaskOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const reports = await publishCondaProjects(context, new Map([[context.projectName ?? '', options]]));
  for (const { output } of reports) process.stdout.write(output);
  return { success: reports.every(({ success }) => success) };
}
