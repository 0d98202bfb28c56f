/**
 * Lets git answer in a stage as it does in the tree, for backends that make the version from it (setuptools-scm, hatch-vcs, pdm, ...).
 *
 * A stage gets a `.git` file that leads to a git directory of our own, which is made like that of a linked worktree: HEAD and index are
 * copies, commits and tags are those of the repository. Nothing is written into the repository itself.
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { askGit } from '../git.js';

export class RepositoryViews {
  readonly #views = new Map<string, string>();

  /** @param folder for the git directories, absolute; it need not exist */
  constructor(private readonly folder: string) {}

  /**
   * @param tree a package's folder, absolute
   * @returns the `.git` file for a stage, and where in it, from the package's folder; without git, or in no repository, `undefined`
   * @throws {UserError} where git cannot tell what has changed
   */
  linkFor(tree: string): { readonly up: string; readonly text: string } | undefined {
    const found = askGit(tree, ['rev-parse', '--absolute-git-dir', '--git-common-dir', '--show-cdup']);
    const [directory, common, up] = found?.split('\n') ?? [];
    if (directory === undefined || common === undefined || up === undefined) return undefined;
    const view = this.#views.get(directory) ?? this.#make(tree, directory, resolve(tree, common));
    this.#views.set(directory, view);
    return { up, text: `gitdir: ${view}\n` };
  }

  #make(tree: string, directory: string, common: string): string {
    const view = join(this.folder, String(this.#views.size));
    mkdirSync(view, { recursive: true });
    writeFileSync(join(view, 'commondir'), `${common}\n`);
    copyFileSync(join(directory, 'HEAD'), join(view, 'HEAD'));
    const index = join(view, 'index');
    if (!existsSync(join(directory, 'index'))) return view;
    copyFileSync(join(directory, 'index'), index);
    const top = resolve(tree, askGit(tree, ['rev-parse', '--show-cdup'])?.trim() ?? '');
    const ask = (args: string[], input = ''): string => {
      const answer = askGit(top, args, { env: { GIT_INDEX_FILE: index }, input, encoding: 'latin1', isAnswer });
      if (answer !== undefined) return answer;
      // What is not known to have changed would be passed off as unchanged, and a version made of that.
      throw new UserError(
        'Git does not tell which files have changed.',
        {},
        `see what \`git ${args[0]}\` says in ${top}, and mend the repository`,
      );
    };
    ask(['update-index', '--no-split-index', '-q', '--refresh']);
    // A stage lacks the files of others, and holds copies where the tree has links. What the tree says of a file counts: one that
    // is unchanged there is not looked at, one that is changed there differs or is missing in the stage too.
    const changed = new Set(ask(['diff-files', '--name-only', '-z']).split('\0'));
    const unchanged = ask(['ls-files', '-z'])
      .split('\0')
      .filter((path) => !changed.has(path));
    ask(['update-index', '-z', '--skip-worktree', '--stdin'], unchanged.join('\0'));
    return view;
  }
}

/** 1 says that files have changed, as those of a conflict have. */
function isAnswer(status: number | null): boolean {
  return status === 0 || status === 1;
}

/** Where the workspace lies in its repository: a path with `/` at its end, empty at the top and outside of any repository. */
export function prefixInRepository(workspaceRoot: string): string {
  return askGit(workspaceRoot, ['rev-parse', '--show-prefix'])?.replace(/\n$/, '') ?? '';
}

/**
 * What a version made from git depends on: the commit, the branch (`release-branch-semver` of setuptools-scm goes by its name), the tags
 * before it, how many commits there are where the history is cut off, whether files have changed since.
 * @returns one line; without git, or in no repository, the same for everyone
 */
export function repositoryState(folder: string): string {
  const ask = (...args: string[]) => askGit(folder, args)?.trim();
  const [isShallow, ...head] =
    ask('rev-parse', '--is-shallow-repository', 'HEAD', '--symbolic-full-name', 'HEAD')?.split('\n') ?? [];
  const commits = isShallow === 'true' ? `the last ${ask('rev-list', '--count', 'HEAD')}` : 'all commits';
  const tags =
    ask('for-each-ref', '--merged=HEAD', '--format=%(refname) %(objectname)', 'refs/tags')?.split('\n') ?? [];
  const isDirty = ask('status', '--porcelain', '--untracked-files=no') !== '';
  return [...head, commits, ...tags.filter(Boolean), isDirty ? 'changed' : 'clean'].join(', ');
}
