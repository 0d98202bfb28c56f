/** Test suites that others publish in their sdists: brought from the index, checked by hash, unpacked and used where they are. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { python, repository } from './reference.js';

const here = join(repository, 'packages', 'python-packaging', 'testing');
const kept = join(repository, '.tools', 'published');

/**
 * Brings one of the sdists of published.txt.
 * @returns the folder in which it is unpacked
 */
function publishedSdist(name: string): string {
  const pin = readFileSync(join(here, 'published.txt'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}==`));
  if (pin === undefined) throw new Error(`${name} is not in published.txt`);
  mkdirSync(kept, { recursive: true });
  const program = join(repository, 'e2e', 'harness', 'download_sdists.py');
  const filename = run(python, [program, kept], { input: pin }).trim().split(' ').at(-1) as string;
  extract({ file: join(kept, filename), cwd: kept, sync: true });
  return join(kept, filename.replace(/\.tar\.gz$/, ''));
}

/** A question that the tests of `packaging` put to it; the answer is null where it refuses. */
export interface Question {
  readonly kind: string;
  readonly question: unknown;
  readonly answer: unknown;
}

/** Runs the tests of `packaging` and writes down what they ask (record_questions.py). */
export function questionsOfPackaging(): readonly Question[] {
  const folder = publishedSdist('packaging');
  const tests = ['version', 'specifiers', 'requirements', 'markers', 'utils', 'metadata'];
  const file = join(kept, 'questions.jsonl');
  const options = ['-q', '-o', 'addopts=', '-o', 'filterwarnings=', '-p', 'no:cacheprovider', '-p', 'record_questions'];
  // It puts a wrong cache into a set and asks for the wrong answer.
  options.push('--deselect', 'tests/test_specifiers.py::test_specifierset_contains_reads_cached_bounds');
  run(python, ['-m', 'pytest', ...options, ...tests.map((name) => join('tests', `test_${name}.py`))], {
    cwd: folder,
    env: { ...process.env, PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1', RECORDED_QUESTIONS: file },
  });
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Question);
}

/** The official TOML test suite, as the sdist of tomlkit carries it. */
export function tomlTestFiles(kind: 'valid' | 'invalid'): readonly string[] {
  const folder = join(publishedSdist('tomlkit'), 'tests', 'toml-test', 'tests', kind);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.toml'))
    .sort()
    .map((path) => join(folder, path));
}

function run(program: string, args: readonly string[], options: object): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}
