/** Answers of Python's own implementations, for tests: one process per batch, JSON in and out. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

const interpreterOf = (environment: string) =>
  join(
    repository,
    '.tools',
    environment,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );

/** The interpreter of the tools' environment. */
export const python = interpreterOf('venv');

/** The one beside poetry, pdm and pip-compile. */
export const lockPython = interpreterOf('lock-tools');

/**
 * Runs a function of Python over a list.
 * @param source defines `answer(item)`; what it returns must be JSON
 * @param interpreter the program, that of the tools' environment unless it is another's answer that counts
 * @returns one answer per item
 */
export function askPython<Item, Answer>(source: string, items: readonly Item[], interpreter = python): Answer[] {
  const program = `${source}\nimport json, sys\nprint(json.dumps([answer(item) for item in json.load(sys.stdin)]))`;
  const { status, stdout, stderr } = spawnSync(interpreter, ['-I', '-c', program], {
    input: JSON.stringify(items),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Answer[];
}

type Digests = Readonly<Record<string, string>>;

/** What Python reads of the archives that it made. */
export interface MadeArchives {
  /** digests by path of the good wheel */
  readonly good: Digests;
  /** by file name, the same of each mutant of it, null where zipfile cannot read it */
  readonly wheels: Readonly<Record<string, Digests | null>>;
  /** by file name, the paths in each mutant of the good sdist, null where tarfile cannot read it */
  readonly sdists: Readonly<Record<string, readonly string[] | null>>;
}

/** Makes dists with zipfile and tarfile (make_archives.py). */
export function makeArchives(folder: string, { seed, mutants }: { seed: number; mutants: number }): MadeArchives {
  const program = join(repository, 'packages', 'python-packaging', 'testing', 'make_archives.py');
  const { status, stdout, stderr } = spawnSync(python, ['-I', program, folder, String(seed), String(mutants)], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as MadeArchives;
}

/** The interpreter of the tools, and those of CPython 3.8 and newer that a version manager keeps beside the one it was made with; the oldest first. */
export function interpreters(): string[] {
  const base = realpathSync(python);
  const versions = dirname(dirname(dirname(base)));
  const minor = (version: string) => Number(/^(?:cpython-)?3\.(\d+)/.exec(version)?.[1] ?? 0);
  return readdirSync(versions)
    .filter((version) => minor(version) >= 8)
    .sort((a, b) => minor(a) - minor(b))
    .map((version) => join(versions, version, 'bin', 'python3'))
    .filter((program) => existsSync(program))
    .map((program) => (realpathSync(program) === base ? python : program));
}
