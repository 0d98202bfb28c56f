/** Runs the tests of packages, each in its package's folder with the interpreter of its environment. */
import { join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from '../toolchain/child-environment.js';
import { lastLines, runTool } from '../toolchain/run-tool.js';
import { runUv } from '../toolchain/uv.js';
import type { Workspace } from '../workspace/workspace.js';
import { packageEnvironment } from './package-environment.js';
import type { TestPlan } from './plan.js';
import { type SyncedEnvironment, syncUvWorkspace } from './uv-environment.js';

export interface TestResult {
  readonly success: boolean;
  /** what the runner printed, and a line of ours where its own do not say it all */
  readonly output: string;
}

/** pytest's exit code for "no tests were collected", and since Python 3.12 unittest's for "no tests were run". */
const NO_TESTS = 5;

/** Runs tests of packages of one workspace; every environment is brought up to date once. */
export class TestSession {
  readonly #environments = new Map<string, Promise<SyncedEnvironment>>();

  constructor(private readonly workspace: Workspace) {}

  /**
   * @param onOutput is given the runner's output as it comes
   * @throws {UserError} when there is no environment to run in
   */
  async run(plan: TestPlan, onOutput?: (chunk: Buffer) => void): Promise<TestResult> {
    const output: string[] = [];
    const print = (chunk: Buffer | string) => {
      output.push(chunk.toString());
      onOutput?.(Buffer.from(chunk));
    };
    const { python, notice } = await this.#environment(plan);
    print(notice);
    if (plan.runner === 'pytest') await ensurePytest(python);
    const result = await runTool(python, plan.command, {
      cwd: join(this.workspace.root, plan.pkg.root),
      env: childEnvironment(),
      onOutput: print,
    });
    const ranNone =
      result.status === NO_TESTS || (plan.runner === 'unittest' && /^Ran 0 tests in /m.test(result.stderr));
    if (ranNone) {
      print(
        plan.allowNoTests
          ? 'There are no tests, which the option allowNoTests permits.\n'
          : 'There are no tests: add some, correct the arguments, or set the option allowNoTests.\n',
      );
    }
    return { success: ranNone ? plan.allowNoTests : result.status === 0, output: output.join('') };
  }

  #environment({ pkg, uvWorkspace }: TestPlan): Promise<SyncedEnvironment> {
    const key = uvWorkspace === undefined ? `package ${pkg.root}` : `workspace ${uvWorkspace}`;
    const environment =
      this.#environments.get(key) ??
      (uvWorkspace === undefined
        ? packageEnvironment(this.workspace, pkg)
        : syncUvWorkspace(join(this.workspace.root, uvWorkspace)));
    this.#environments.set(key, environment);
    return environment;
  }
}

/** A workspace whose groups do not name pytest gets one: what a project tests with should not need a second tool's configuration. */
async function ensurePytest(python: string): Promise<void> {
  const { status } = await runTool(python, ['-c', 'import pytest'], { env: childEnvironment() });
  if (status === 0) return;
  const args = ['pip', 'install', '--quiet', '--python', python, 'pytest'];
  const { status: installed, stderr } = await runUv(args);
  if (installed === 0) return;
  throw new UserError(
    'pytest is not in the workspace environment, and could not be installed there.',
    {},
    'add it to a dependency group: `uv add --dev pytest`',
    lastLines(stderr),
  );
}
