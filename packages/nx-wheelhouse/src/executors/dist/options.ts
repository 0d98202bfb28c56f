/** The options of a target that makes dists or uploads them. */
import type { BuildTaskOptions } from '../build/options.js';
import type { PublishTaskOptions } from '../publish/options.js';

export interface DistTaskOptions extends BuildTaskOptions, PublishTaskOptions {
  readonly operation?: 'build' | 'publish';
}
