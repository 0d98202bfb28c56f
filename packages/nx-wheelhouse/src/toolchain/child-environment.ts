/** The environment variables that tools, build backends and tests are started with. */
import { NAMES_REPOSITORY } from '../git.js';

/** Variables that carry a credential for some index; what we start has no business with them. */
const CREDENTIALS =
  /^(NX_WHEELHOUSE_(TOKEN|USERNAME|PASSWORD)_.*|NX_WHEELHOUSE_TOKEN|TWINE_.*|UV_PUBLISH_.*|FLIT_(USERNAME|PASSWORD|INDEX_URL)|HATCH_INDEX_.*|PDM_PUBLISH_.*|POETRY_(PYPI_TOKEN|HTTP_BASIC)_.*|ANACONDA_API_TOKEN|PREFIX_API_KEY|QUETZ_API_KEY|ARTIFACTORY_TOKEN|CLOUDSMITH_API_KEY|ACTIONS_ID_TOKEN_REQUEST_(TOKEN|URL)|.*_ID_TOKEN|BUILDKITE_AGENT_ACCESS_TOKEN|CIRCLE_OIDC_TOKEN(_V2)?|NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN|NX_CLOUD_ACCESS_TOKEN)$/i;

/** Variables that would make a Python process see other modules than those of its own environment. */
const FOREIGN_PYTHON =
  /^(PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PYTHONUSERBASE|VIRTUAL_ENV|CONDA_PREFIX|__PYVENV_LAUNCHER__)$/;

/**
 * Our own environment without credentials, without what leaks another Python environment in, and without what names a repository to git:
 * in a hook of git that is the one around the workspace, and not the one of a stage, a dependency or a test's own folder.
 * @param additions set on top
 */
export function childEnvironment(additions: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => isHandedOn(name));
  return { ...Object.fromEntries(kept), ...additions };
}

function isHandedOn(name: string): boolean {
  return !CREDENTIALS.test(name) && !FOREIGN_PYTHON.test(name) && !NAMES_REPOSITORY.test(name);
}

/** 2020-02-02T00:00:00Z, in seconds: the moment that reproducible Python dists commonly carry, and the one hatchling defaults to. */
const REPRODUCIBLE_EPOCH = '1580601600';

const SAME_FOR_ALL_BUILDS = {
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUTF8: '1',
  PYTHONNOUSERSITE: '1',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
};

/**
 * What a build backend is started with: nothing in it differs between two users, places or days.
 *
 * The epoch is a constant and not the time of the last commit: a rebase, a shallow clone or an uncommitted change would give the
 * same sources other bytes. A `SOURCE_DATE_EPOCH` of the user's wins, and is part of the task's hash.
 * @see reproducible-builds.org, "SOURCE_DATE_EPOCH"
 */
export function buildEnvironment(additions: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return childEnvironment({
    SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH || REPRODUCIBLE_EPOCH,
    ...SAME_FOR_ALL_BUILDS,
    ...additions,
  });
}

/**
 * Whether what a user sets under a name is what a build sees there. PATH is said not to be: builds get one of their own with the user's
 * behind it, which is another in every shell, and of what it leads to the interpreter and the compilers are told apart anyway.
 */
export function reachesBuilds(name: string): boolean {
  return isHandedOn(name) && !Object.hasOwn(SAME_FOR_ALL_BUILDS, name) && name.toUpperCase() !== 'PATH';
}
