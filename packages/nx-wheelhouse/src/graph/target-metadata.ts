/** What people are told of a target, by `nx show project`, Nx Console and the graph in a browser; in the shape that Nx's own plugins give it. */
import type { TargetConfiguration } from '@nx/devkit';
import type { TargetNames } from './options.js';

interface Told {
  readonly description: string;
  /** options and arguments that show what can be asked for */
  readonly example: NonNullable<NonNullable<TargetConfiguration['metadata']>['help']>['example'];
}

/** Nothing of what `nx release publish` calls, as with Nx's own: nobody calls it by its name, and Nx carries each word about for every package. */
const TOLD: Readonly<Record<Exclude<keyof TargetNames, 'releasePublish'>, Told>> = {
  build: { description: 'Builds the sdist and the wheel into dist/', example: { options: { format: 'wheel' } } },
  test: { description: "Runs the package's tests", example: { args: ['-k', 'word'] } },
  publish: {
    description: 'Uploads the dists to an index and verifies them there',
    example: { options: { repository: 'testpypi', dryRun: true } },
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
): Pick<TargetConfiguration, 'metadata'> {
  if (kind === 'releasePublish') return {};
  const { description, example } = TOLD[kind];
  const help = { command: `npx nx run ${project}:${name} --help`, example };
  return { metadata: { technologies: ['python'], description, help } };
}
