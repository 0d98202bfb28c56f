/** Which steps a build has, and which of them may share a process. */
import type { Requirement } from '@nx-wheelhouse/python-packaging';
import type { Step } from './build-host.js';

/**
 * Backends whose hooks only read the tree and write the file they are asked for, in an order of their own that is always the same.
 * The hooks of one package then share a process: a fork costs as much as such a hook. With any other distribution among the build
 * requirements (a plugin), or code of the package's own that takes part, a process per hook, as PEP 517 recommends.
 */
const PURE: Readonly<Record<string, string>> = {
  'hatchling.build': 'hatchling',
  'flit_core.buildapi': 'flit-core',
  'poetry.core.masonry.api': 'poetry-core',
  'pdm.backend': 'pdm-backend',
  uv_build: 'uv-build',
};

export function isPureBackend(backend: string, requires: readonly Requirement[]): boolean {
  const only = PURE[backend];
  return only !== undefined && requires.every(({ name }) => name === only);
}

const SETUPTOOLS: ReadonlySet<string> = new Set(['setuptools.build_meta', 'setuptools.build_meta:__legacy__']);
const SETUPTOOLS_ONLY: ReadonlySet<string> = new Set(['setuptools', 'wheel']);

/**
 * Whether a backend is known to keep nothing of one package that another could notice, so that its host may build a package of our
 * own before it forks, and a fork several packages in which no other code runs. With a plugin nobody knows: its code would run there too.
 */
export function mayWarmUp(backend: string, requires: readonly Requirement[]): boolean {
  return (
    isPureBackend(backend, requires) ||
    (SETUPTOOLS.has(backend) && requires.every(({ name }) => SETUPTOOLS_ONLY.has(name)))
  );
}

/** Whether a backend is known to do nothing when it is imported that depends on the folder, so that its host may import it beforehand. */
export function isKnownBackend(backend: string): boolean {
  return Object.hasOwn(PURE, backend) || SETUPTOOLS.has(backend);
}

/** Everything that is done for the wanted dists. */
export function buildSteps(format: 'sdist' | 'wheel' | 'both', direct: boolean): readonly Step[] {
  const sdist: Step[] = format === 'wheel' && direct ? [] : ['requires_sdist', 'sdist'];
  const wheel: Step[] = format === 'sdist' ? [] : ['requires_wheel', 'wheel'];
  return ['stage', ...sdist, ...wheel, 'clear'];
}

/** The hook that a step calls, by its name in PEP 517; a step of our own by ours. */
export function hookOf(step: Step): string {
  switch (step) {
    case 'requires_sdist':
    case 'requires_wheel':
      return `get_requires_for_build_${step.slice('requires_'.length)}`;
    case 'sdist':
    case 'wheel':
      return `build_${step}`;
    default:
      return step;
  }
}

/** The first steps of `steps` that are one request: all, or no more than one hook of the backend. */
export function nextSteps(steps: readonly Step[], together: boolean): readonly Step[] {
  if (together) return steps;
  const isHook = (step: Step) => step !== 'stage' && step !== 'clear';
  const second = steps.findIndex((step, index) => isHook(step) && steps.slice(0, index).some(isHook));
  return second < 0 ? steps : steps.slice(0, second);
}
