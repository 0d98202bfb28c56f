/** Which packages name certain words in their code: git looks them up, in all files at once. */
import { spawnSync } from 'node:child_process';
import { folderOf, type Workspace } from '../workspace.js';

export interface Mentions {
  /** @param folder a package's; what stands in no package's folder is mentioned for all */
  isMentioned(word: string, folder: string): boolean;
}

/** Files that can call a program or import a module. */
const CODE = ['*.py', '*.pyi', '*.pyx', '*.ipynb', '*.sh', '*.bash', '*.mk', 'Makefile', 'justfile', '*.js', '*.ts'];

/** @returns `undefined` where there is no git, or no repository: then nothing is known */
export function mentionsIn({ root, packages }: Workspace, words: readonly string[]): Mentions | undefined {
  const patterns = words.flatMap((word) => ['-e', word]);
  const args = ['grep', '--untracked', '-I', '-z', '-w', '-F', '--no-color', ...patterns, '--', ...CODE];
  const { status, stdout } = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  if (status !== 0 && status !== 1) return undefined;
  const found = new Map<string, Set<string>>();
  const whole = words.map((word) => [word, new RegExp(`(?<!\\w)${word}(?!\\w)`)] as const);
  for (const line of stdout.split('\n')) {
    const end = line.indexOf('\0');
    if (end < 0) continue;
    const owner = packageOf(line.slice(0, end), packages);
    // Comments such as `# ruff: noqa` call nothing.
    const code = line.slice(end + 1).replace(/(^|\s)#.*$/, '');
    for (const [word, pattern] of whole) {
      if (pattern.test(code)) found.set(word, (found.get(word) ?? new Set()).add(owner));
    }
  }
  return { isMentioned: (word, folder) => found.get(word)?.has(folder) === true || found.get(word)?.has('.') === true };
}

/** The innermost package a file lies in; `.` for none. */
function packageOf(path: string, packages: Workspace['packages']): string {
  for (let folder = folderOf(path); folder !== '.'; folder = folderOf(folder)) if (packages.has(folder)) return folder;
  return '.';
}
