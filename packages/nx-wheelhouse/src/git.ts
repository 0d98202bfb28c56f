/** Asking git: about the repository that a folder lies in, whatever the environment says of another. */
import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';

/**
 * What git's hooks, and commands that git starts, have in their environment: which repository, index and work tree it is at. For a folder
 * below that work tree, a repository inside of it or a stage they name the wrong one. What is configured by variables stays
 * (`GIT_CONFIG_COUNT`: how CI says `safe.directory`), and so does what says where to look (`GIT_CEILING_DIRECTORIES`).
 * @see git-rev-parse, "--local-env-vars"; githooks
 */
export const NAMES_REPOSITORY =
  /^GIT_(DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|SHALLOW_FILE|GRAFT_FILE|QUARANTINE_PATH|INTERNAL_SUPER_PREFIX|(LITERAL|GLOB|NOGLOB|ICASE)_PATHSPECS)$/i;

/**
 * What git is started with. It takes no locks for what it would only note for the next time.
 * @param additions set on top
 */
export function gitEnvironment(additions: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NAMES_REPOSITORY.test(name));
  return { ...Object.fromEntries(kept), GIT_OPTIONAL_LOCKS: '0', ...additions };
}

/**
 * @param cwd absolute
 * @returns what git prints, `undefined` when it fails or there is none
 */
export function askGit(
  cwd: string,
  args: readonly string[],
  { env, input = '', encoding = 'utf8', isAnswer = (status) => status === 0 }: GitQuestion = {},
): string | undefined {
  const { status, stdout } = spawnSync('git', args, { ...OPTIONS, cwd, input, encoding, env: gitEnvironment(env) });
  return isAnswer(status) ? stdout : undefined;
}

interface GitQuestion {
  /** on top of the environment */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** `latin1` keeps the bytes of names that are no UTF-8, there and back */
  readonly encoding?: 'utf8' | 'latin1';
  /** which exit codes mean an answer */
  readonly isAnswer?: (status: number | null) => boolean;
}

const OPTIONS: SpawnSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  maxBuffer: 1 << 30,
  stdio: ['pipe', 'pipe', 'ignore'],
  windowsHide: true,
};

/**
 * Whether the work tree tells which files are executable (`core.fileMode`). On a file system without that bit, or one that gives it to
 * everything, git goes by its index.
 * @param folder absolute
 */
export function treeTellsModes(folder: string): boolean {
  return askGit(folder, ['config', '--type=bool', 'core.fileMode'])?.trim() !== 'false';
}

/**
 * Why git does not list a folder that lies in a repository: it belongs to somebody else ("dubious ownership"), or is damaged.
 * @param folder absolute
 * @returns git's words; `undefined` where it answers, there is no repository, or no git
 */
export function gitRefusal(folder: string): string | undefined {
  const { status, stderr } = spawnSync('git', ['ls-files', '--', '.'], {
    ...OPTIONS,
    cwd: folder,
    env: gitEnvironment({ LC_ALL: 'C' }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return status === null || status === 0 || stderr.includes('not a git repository') ? undefined : stderr.trim();
}
