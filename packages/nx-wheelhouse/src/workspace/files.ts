/** Which files a workspace consists of: git's view of it (tracked, or untracked and not ignored), or a walk where there is no git. */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, lstatSync, openSync, readFileSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askGit, gitEnvironment, treeTellsModes } from '../git.js';
import { linkText, listByWalk } from './walk.js';
import { pathIn } from './workspace.js';

export interface WorkspaceFiles {
  /** relative to the workspace root, `/` separators, sorted */
  readonly paths: readonly string[];
  /** those of `paths` that are symbolic links, and what is written in them */
  readonly symlinks: ReadonlyMap<string, string>;
  /** git's names of the contents (blobs) of those files that are as git has them; the content of any other must be read to be known */
  readonly blobs: ReadonlyMap<string, string>;
  /** those that git takes for executable; without git none, whatever the tree says */
  readonly executables: ReadonlySet<string>;
  /** folders that are repositories of their own, submodules or not: their files are listed too, as their own git tells them */
  readonly repositories: readonly string[];
  /** by which the same files are known without a look at each; none where git does not list them */
  readonly summary?: ListSummary | undefined;
}

interface ListSummary {
  /** of git's list, which names the content of each file that is as git has it */
  readonly digest: string;
  /** of what the list leaves open: files that git does not have or not so, links, repositories inside */
  readonly open: WorkspaceFiles;
}

/** What stands in a path for bytes that are no UTF-8: nothing opens the file by it. */
export const LOST_BYTES = '\uFFFD';

const SUBMODULE_MODE = '160000';
const EXECUTABLE_MODE = '100755';

/** One run lists everything: `?` is untracked, `H` as git has it, `C` changed or deleted since, `M` of a merge that is not done. */
const LIST_ALL = ['ls-files', '-z', '-t', '--stage', '--cached', '--modified', '--others', '--exclude-standard'];
/** How an entry begins that tells all of its file: a plain one, as git has it. */
const CLEAN = 'H 100';
/** Nobody else may read the list, or write it: the folder for temporary files is everybody's. */
const OWNER_ONLY = 0o600;

/**
 * Lists the files of a folder.
 * @param root absolute
 * @param below only files below this folder, relative to `root` (`.`: all)
 */
export function listFiles(root: string, below = '.'): WorkspaceFiles {
  const folder = join(root, below);
  const files = filesOrWalk(folder, listOfGit(folder));
  return below === '.' ? files : within(below, files);
}

/**
 * The same for all files, while something else is done: git writes its list to a file, and so waits for nobody.
 * @param root absolute
 */
export async function listFilesInBackground(root: string): Promise<WorkspaceFiles> {
  try {
    return filesOrWalk(root, await listOfGitByFile(root));
  } catch {
    return listFiles(root); // nowhere to put the list
  }
}

async function listOfGitByFile(root: string): Promise<string | undefined> {
  const list = join(tmpdir(), `nx-wheelhouse-${randomUUID()}`);
  const output = openSync(list, 'wx', OWNER_ONLY);
  try {
    const status = await new Promise((resolve) => {
      const git = spawn('git', [...LIST_ALL, '--', '.'], {
        cwd: root,
        env: gitEnvironment(),
        stdio: ['ignore', output, 'ignore'],
        windowsHide: true,
      });
      git.once('error', resolve).once('close', resolve);
    }).finally(() => closeSync(output));
    return status === 0 ? readFileSync(list, 'utf8') : undefined;
  } finally {
    unlinkSync(list);
  }
}

/**
 * @param folder absolute
 * @param path of one file in it, where not all are wanted
 * @returns paths relative to that folder; `undefined` where there is no git or no repository
 */
export function listByGit(folder: string, path = '.'): WorkspaceFiles | undefined {
  const list = listOfGit(folder, path);
  return list === undefined ? undefined : filesListed(folder, list);
}

function listOfGit(folder: string, path = '.'): string | undefined {
  return askGit(folder, ['--literal-pathspecs', ...LIST_ALL, '--', path]);
}

/**
 * What is as git has it is only read when it is asked for: a graph that is kept goes by the summary.
 * @param list entries that end in NUL
 */
function filesListed(root: string, list: string): WorkspaceFiles {
  const entries = list.split('\0').slice(0, -1);
  const openEntries = entries.filter((entry) => !entry.startsWith(CLEAN));
  const open = openFiles(root, openEntries);
  let read: Pick<WorkspaceFiles, 'paths' | 'blobs' | 'executables'> | undefined;
  const files = () => {
    read ??= withClean(open, new Set(openEntries.map((entry) => partsOf(entry).path)), entries);
    return read;
  };
  return {
    ...open,
    get paths() {
      return files().paths;
    },
    get blobs() {
      return files().blobs;
    },
    get executables() {
      return files().executables;
    },
    get summary() {
      return { digest: createHash('sha1').update(list).digest('hex'), open };
    },
  };
}

/** @param changed paths of open entries, each of which may be that of a clean one too */
function withClean(
  { paths, blobs, executables }: WorkspaceFiles,
  changed: ReadonlySet<string>,
  entries: readonly string[],
) {
  const all = { paths: [...paths], blobs: new Map(blobs), executables: new Set(executables) };
  for (const entry of entries) {
    if (!entry.startsWith(CLEAN)) continue;
    const { mode, path, blob } = partsOf(entry);
    if (changed.has(path)) continue;
    all.paths.push(path);
    all.blobs.set(path, blob);
    if (mode === EXECUTABLE_MODE) all.executables.add(path);
  }
  all.paths.sort();
  return all;
}

/** Entries that leave something open, which has to be looked at. */
function openFiles(root: string, entries: readonly string[]): WorkspaceFiles {
  const symlinks = new Map<string, string>();
  const blobs = new Map<string, string>();
  const paths = new Set<string>();
  const executables = new Set<string>();
  const repositories: string[] = [];
  let tellsModes: boolean | undefined;
  const isExecutable = (kind: FileKind | undefined, mode: string) => {
    const [inTree, inIndex] = [kind === 'executable', mode === EXECUTABLE_MODE];
    if (inTree === inIndex) return inTree;
    tellsModes ??= treeTellsModes(root);
    return tellsModes ? inTree : inIndex;
  };
  const addRepository = (folder: string) => {
    const inside = listRepository(root, folder);
    if (inside === undefined) return;
    repositories.push(folder, ...inside.repositories);
    for (const path of inside.paths) paths.add(path);
    for (const [path, target] of inside.symlinks) symlinks.set(path, target);
    for (const [path, blob] of inside.blobs) blobs.set(path, blob);
    for (const path of inside.executables) executables.add(path);
  };
  for (const entry of entries) {
    const { tag, mode, path } = partsOf(entry);
    // A repository that this one does not track ends in a slash.
    if (mode === SUBMODULE_MODE || path.endsWith('/')) {
      if (tag !== 'C') addRepository(path.replace(/\/$/, '')); // a changed one is listed a second time, as a file is
      continue;
    }
    // What has changed or is new may be anything by now, or gone; a changed link was listed before as git has it.
    const kind = tag === 'H' ? 'link' : kindOf(join(root, path));
    if (kind === undefined && !path.includes(LOST_BYTES)) paths.delete(path);
    else paths.add(path);
    if (kind === 'link') symlinks.set(path, linkText(join(root, path)));
    else symlinks.delete(path);
    if (kind !== undefined && kind !== 'link' && isExecutable(kind, mode)) executables.add(path);
    else executables.delete(path);
  }
  return { paths: [...paths].sort(), symlinks, blobs, executables, repositories };
}

/** Of `H 100644 <blob> 0\t<path>` or `? <path>`: cut by hand, for there is one of each file in each graph. */
function partsOf(entry: string): { tag: string; mode: string; blob: string; path: string } {
  const [tag, tab] = [entry[0] ?? '', entry[0] === '?' ? -1 : entry.indexOf('\t')];
  if (tab < 0) return { tag, mode: '', blob: '', path: entry.slice(2) };
  const blobAt = entry.indexOf(' ', 2) + 1;
  const blob = entry.slice(blobAt, entry.indexOf(' ', blobAt));
  return { tag, mode: entry.slice(2, blobAt - 1), blob, path: entry.slice(tab + 1) };
}

/** Those of a submodule, or of a clone inside of the repository; none where it is not checked out. */
function listRepository(root: string, folder: string): WorkspaceFiles | undefined {
  if (folder === '' || folder === '.' || !existsSync(join(root, folder, '.git'))) return undefined;
  const files = listByGit(join(root, folder));
  return files && within(folder, files);
}

function within(folder: string, { paths, symlinks, blobs, executables, repositories }: WorkspaceFiles): WorkspaceFiles {
  const at = (path: string) => pathIn(folder, path);
  return {
    paths: paths.map(at),
    symlinks: new Map([...symlinks].map(([path, target]) => [at(path), target])),
    blobs: new Map([...blobs].map(([path, blob]) => [at(path), blob])),
    executables: new Set([...executables].map(at)),
    repositories: repositories.map(at),
  };
}

type FileKind = 'file' | 'executable' | 'link';

/** @returns `undefined` for what is not there, or a folder */
function kindOf(path: string): FileKind | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return 'link';
    return stats.isDirectory() ? undefined : stats.mode & 0o100 ? 'executable' : 'file';
  } catch {
    return undefined; // deleted, or below what is no folder any more
  }
}

/** A folder that git ignores as a whole lists as empty. */
function filesOrWalk(root: string, list: string | undefined): WorkspaceFiles {
  if (list) return filesListed(root, list);
  const { paths, symlinks } = listByWalk(root);
  return { paths, symlinks, blobs: new Map(), executables: new Set(), repositories: [] };
}

/** Whether a file is one of the workspace's. */
export function isListed({ paths }: Pick<WorkspaceFiles, 'paths'>, path: string): boolean {
  return paths[lowerBound(paths, path)] === path;
}

/** Those of sorted paths that lie below a folder. */
export function pathsBelow(sorted: readonly string[], folder: string): readonly string[] {
  if (folder === '.') return sorted;
  return sorted.slice(lowerBound(sorted, `${folder}/`), lowerBound(sorted, `${folder}0`)); // '0' follows '/' in ASCII
}

function lowerBound(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
