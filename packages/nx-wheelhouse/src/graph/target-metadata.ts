/** What people are told of a target, by `nx show project`, Nx Console and the graph in a browser; in the shape that Nx's own plugins give it. */
import type { TargetConfiguration } from '@nx/devkit';
import type { TargetNames } from './options.js';

interface Told {
  readonly description: string;
  /** options and arguments that show what can be asked for */
  readonly example: NonNullable<NonNullable<TargetConfiguration['metadata']>['help']>['example'];
}

const TOLD: Readonly<Record<keyof TargetNames, Told>> = {
  build: { description: 'Builds the sdist and the wheel into dist/', example: { options: { format: 'wheel' } } },
  test: { description: "Runs the package's tests", example: { args: ['-k', 'word'] } },
  publish: {
    description: 'Uploads the dists to an index and verifies them there',
    example: { options: { repository: 'testpypi', dryRun: true } },
  },
  releasePublish: {
    description: 'Publishes the package as part of nx release',
    example: { options: { registry: 'testpypi', dryRun: true } },
  },
  condaBuild: {
    description: 'Makes the conda package of the built wheel',
    example: { options: { archive: 'both' } },
  },
  condaPublish: {
    description: 'Puts the conda package on a channel',
    example: { options: { channel: 'dist/channel', dryRun: true } },
  },
  lock: { description: 'Lets a change of the lock select the packages under it', example: {} },
};

/** @param name of the target, as the user may have named it */
export function targetMetadata(
  kind: keyof TargetNames,
  project: string,
  name: string,
): NonNullable<TargetConfiguration['metadata']> {
  const { description, example } = TOLD[kind];
  return { technologies: ['python'], description, help: { command: `npx nx run ${project}:${name} --help`, example } };
}
