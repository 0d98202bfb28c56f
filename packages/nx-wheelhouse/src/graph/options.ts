/** What a user may say beside the plugin in nx.json: `{ "plugin": "nx-wheelhouse", "options": { ... } }`. */

import { SIBLING_PINS, type SiblingPins } from '../build/sibling-pins.js';

/** A name for a target, or `false` for none. */
export type TargetName = string | false;

export interface PluginOptions {
  readonly buildTargetName?: TargetName;
  readonly testTargetName?: TargetName;
  readonly publishTargetName?: TargetName;
  readonly releasePublishTargetName?: TargetName;
  readonly lockTargetName?: TargetName;
  readonly condaBuildTargetName?: TargetName;
  readonly condaPublishTargetName?: TargetName;
  /** gives every package its conda targets, not only those that ask for them */
  readonly conda?: boolean;
  /** how the packages write requirements on each other into their dists; a package may say otherwise in its pyproject.toml */
  readonly siblingPins?: SiblingPins;
}

export interface TargetNames {
  /** builds sdist and wheel */
  readonly build: TargetName;
  /** runs the package's tests */
  readonly test: TargetName;
  /** uploads the built dists */
  readonly publish: TargetName;
  /** the same, under the name that `nx release publish` calls */
  readonly releasePublish: TargetName;
  /** the lock anchor: lets a change of the lock select the packages under it */
  readonly lock: TargetName;
  /** makes the conda package of the wheel */
  readonly condaBuild: TargetName;
  /** puts it on a conda channel */
  readonly condaPublish: TargetName;
}

/**
 * @throws {Error} for an option that is neither a name nor `false`, or that there is none of: a typing error must not be silent
 */
export function targetNames(options: PluginOptions | undefined): TargetNames {
  const known = [
    'buildTargetName',
    'testTargetName',
    'publishTargetName',
    'releasePublishTargetName',
    'lockTargetName',
    'condaBuildTargetName',
    'condaPublishTargetName',
  ];
  const { siblingPins: _pins, conda: _conda, ...targets } = options ?? {};
  for (const [name, value] of Object.entries(targets)) {
    if (!known.includes(name)) {
      throw new Error(
        `nx.json: the plugin nx-wheelhouse has no option "${name}"; it has ${[...known, 'siblingPins', 'conda'].join(', ')}.`,
      );
    }
    if (value !== false && (typeof value !== 'string' || value === '')) {
      throw new Error(`nx.json: the option "${name}" of the plugin nx-wheelhouse must be a target's name or false.`);
    }
  }
  return {
    build: options?.buildTargetName ?? 'build',
    test: options?.testTargetName ?? 'test',
    publish: options?.publishTargetName ?? 'publish',
    releasePublish: options?.releasePublishTargetName ?? 'nx-release-publish',
    lock: options?.lockTargetName ?? 'python-lock',
    condaBuild: options?.condaBuildTargetName ?? 'conda-build',
    condaPublish: options?.condaPublishTargetName ?? 'conda-publish',
  };
}

/** @throws {Error} for a way to pin siblings that there is none of */
export function siblingPins(options: PluginOptions | undefined): SiblingPins {
  const wanted = options?.siblingPins ?? 'as-declared';
  if (SIBLING_PINS.includes(wanted)) return wanted;
  throw new Error(
    `nx.json: the option "siblingPins" of the plugin nx-wheelhouse must be one of ${SIBLING_PINS.join(', ')}.`,
  );
}

/** @throws {Error} for what is neither true nor false */
export function condaForAll(options: PluginOptions | undefined): boolean {
  const wanted = options?.conda ?? false;
  if (typeof wanted === 'boolean') return wanted;
  throw new Error('nx.json: the option "conda" of the plugin nx-wheelhouse must be true or false.');
}
