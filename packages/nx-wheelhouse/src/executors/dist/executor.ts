/** `nx run <package>:build` or `:publish`, one task by itself. */
import type { ExecutorContext } from '@nx/devkit';
import build from '../build/executor.js';
import publish from '../publish/executor.js';
import type { DistTaskOptions } from './options.js';

export default async function dist(options: DistTaskOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  return options.operation === 'publish' ? publish(options, context) : build(options, context);
}
