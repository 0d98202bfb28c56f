/** `nx run <package>:test`: the tests of one package, printed as they run. */
import type { ExecutorContext } from '@nx/devkit';
import { describeError } from '../../errors/user-error.js';
import { openTests, type TestTaskOptions } from './test-tasks.js';

export default async function test(options: TestTaskOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  try {
    const print = (chunk: Buffer) => process.stdout.write(chunk);
    const tests = await openTests(context);
    const { success } = await tests.run(context.projectName ?? '', options, print);
    return { success };
  } catch (error) {
    process.stdout.write(`${describeError(error)}\n`);
    return { success: false };
  }
}
