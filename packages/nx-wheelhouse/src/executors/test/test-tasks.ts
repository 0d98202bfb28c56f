/** Test tasks: the engine for a workspace, and the arguments that go through to the runner. */
import type { ExecutorContext } from '@nx/devkit';
import { planTests, type TestOptions } from '../../test/plan.js';
import { TestSession } from '../../test/run-tests.js';
import { isSet } from '../option-values.js';
import type { TaskReport } from '../task-batch.js';
import { workspaceWithImports } from '../workspace-of-graph.js';

export interface TestTaskOptions extends TestOptions {
  /** what stood on the command line and is no option of ours, as Nx hands it over: to one task, and to a batch */
  readonly __unparsed__?: readonly string[];
  readonly __overrides_unparsed__?: readonly string[];
}

/** Options of the executor that Nx repeats among the unparsed arguments. */
const OWN_OPTION = /^--(no-)?(runner|args|allowNoTests|allow-no-tests)(=|$)/;

export async function openTests(context: Pick<ExecutorContext, 'root' | 'projectGraph'>) {
  const workspace = await workspaceWithImports(context);
  const session = new TestSession(workspace);
  return {
    run(project: string, options: TestTaskOptions, onOutput?: (chunk: Buffer) => void): Promise<TaskReport> {
      const passed = options.__unparsed__ ?? options.__overrides_unparsed__ ?? [];
      const args = [...(options.args ?? []), ...passed.filter((argument) => !OWN_OPTION.test(argument))];
      const allowNoTests = isSet('allowNoTests', options.allowNoTests);
      return session.run(planTests(workspace, project, { ...options, args, allowNoTests }), onOutput);
    },
  };
}
