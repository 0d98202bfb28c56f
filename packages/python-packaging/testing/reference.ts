/** Answers of Python's own implementations, for tests: one process per batch, JSON in and out. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

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
 * @returns one answer per item
 */
export function askPython<Item, Answer>(source: string, items: readonly Item[]): Answer[] {
  const program = `${source}\nimport json, sys\nprint(json.dumps([answer(item) for item in json.load(sys.stdin)]))`;
  const { status, stdout, stderr } = spawnSync(python, ['-I', '-c', program], {
    input: JSON.stringify(items),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Answer[];
}
