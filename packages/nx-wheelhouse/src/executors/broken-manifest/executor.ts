/** What every target of a package does whose manifest cannot be read: it says what is wrong and where. */
import type { ExecutorContext } from '@nx/devkit';
import { packageOfProject } from '../../workspace/package-of-project.js';
import { reportOf } from '../task-batch.js';
import { workspaceOfGraph } from '../workspace-of-graph.js';

export default async function brokenManifest(
  _options: object,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { output } = await reportOf(async () => {
    packageOfProject(workspaceOfGraph(context), context.projectName ?? '');
    return {
      success: false,
      output: 'The manifest has been corrected since the project graph was made: run the command again.\n',
    };
  });
  process.stdout.write(output);
  return { success: false };
}
