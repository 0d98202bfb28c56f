/** Which packages name certain words in their code: git looks them up, in all files at once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askGit } from '../../git.js';
import { CODE } from '../code-files.js';
import { isTestFile } from '../test-files.js';
import { folderOf, foldersUpFrom, type Workspace } from '../workspace.js';

export interface Mentions {
  /** @param folder a package's; what stands in no package's folder is mentioned for all */
  isMentioned(word: string, folder: string): boolean;
  /** The same for code that dependents run, too: a package's tests are left out. */
  isMentionedToDependents(word: string, folder: string): boolean;
}

/**
 * @param words a word counts where no letter or digit follows, so that `mypy` is in `mypy_extensions`; of those that begin at one place the
 * first in this order
 * @param code which files are looked through, as git's patterns
 * @returns `undefined` where there is no git, or no repository: then nothing is known
 */
export function mentionsIn(
  { root, packages }: Workspace,
  words: readonly string[],
  code: readonly string[] = CODE,
): Mentions | undefined {
  const anyWord = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pattern = `(^|[^A-Za-z0-9_])(${anyWord})([^A-Za-z0-9]|$)`;
  const args = ['grep', '--untracked', '-I', '-z', '--no-color', '-E', '-e', pattern, '--', ...code];
  const stdout = askGit(root, args, { isAnswer: (status) => status === 0 || status === 1 }); // 1: nothing found
  if (stdout === undefined) return undefined;
  const found = new Map<string, Set<string>>();
  const inTests = new Map<string, Set<string>>();
  const inCode = new RegExp(`(?<![A-Za-z0-9_])(${anyWord})(?![A-Za-z0-9])`, 'g');
  for (const line of stdout.split('\n')) {
    const end = line.indexOf('\0');
    if (end < 0) continue;
    const path = line.slice(0, end);
    const owner = packageOf(path, packages);
    const places = owner !== '.' && isTestFile(path.slice(owner.length + 1)) ? inTests : found;
    // Comments such as `# ruff: noqa` call nothing.
    const code = line.slice(end + 1).replace(/(^|\s)#.*$/, '');
    for (const [, word = ''] of code.matchAll(inCode)) places.set(word, (places.get(word) ?? new Set()).add(owner));
  }
  const unseen = new Map<string, boolean>();
  const isMentionedToDependents = (word: string, folder: string) => {
    if (found.get(word)?.has(folder) || found.get(word)?.has('.')) return true;
    if (!unseen.has(folder)) unseen.set(folder, isInRepositoryOfItsOwn(root, folder));
    return unseen.get(folder) === true;
  };
  return {
    isMentionedToDependents,
    isMentioned: (word, folder) => inTests.get(word)?.has(folder) === true || isMentionedToDependents(word, folder),
  };
}

/** `git grep` looks into no submodule together with what is untracked: of a package there nothing is known, so it mentions all. */
function isInRepositoryOfItsOwn(root: string, folder: string): boolean {
  return foldersUpFrom(folder).some((one) => one !== '.' && existsSync(join(root, one, '.git')));
}

/** The innermost package a file lies in; `.` for none. */
function packageOf(path: string, packages: Workspace['packages']): string {
  for (let folder = folderOf(path); folder !== '.'; folder = folderOf(folder)) if (packages.has(folder)) return folder;
  return '.';
}
