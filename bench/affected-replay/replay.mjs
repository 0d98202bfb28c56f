#!/usr/bin/env node
// Replays the last commits of a repository: which tasks `nx affected` selects and executes, against what the oracle says must run.
//   node bench/affected-replay/replay.mjs REPOSITORY [--commits=100] [--mode=task-grained|legacy] [--verbose] [--command]
// Without --mode both modes. The commits are replayed as they are, but for files of Nx and npm, in whose place a minimal nx.json with this
// plugin stands. By default one process asks Nx's own functions what would be selected, and the hash of every task says what comes from
// the cache, see selection.cjs. With --command the nx command itself runs for every commit, with builds and tests replaced by ones that
// succeed at once, and its cache decides. The answers are the same; the command takes some ten times as long.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from '../../scripts/pack.mjs';
import { setUp } from '../../scripts/setup.mjs';
import { byFolder, compare, describe, report } from './comparison.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    commits: { type: 'string', default: '100' },
    mode: { type: 'string' },
    command: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const [source] = positionals;
if (source === undefined) throw new Error('usage: replay.mjs REPOSITORY [--commits=N] [--mode=task-grained|legacy]');

const MODES = ['task-grained', 'legacy'];
const modes = values.mode === undefined ? MODES : [values.mode];
if (!modes.every((mode) => MODES.includes(mode))) throw new Error(`--mode is one of ${MODES.join(', ')}`);

const here = dirname(fileURLToPath(import.meta.url));
const programs = setUp();
const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-replay-'));
const workspace = join(scratch, 'workspace');
const environment = {
  ...process.env,
  PATH: [programs, process.env.PATH].join(delimiter),
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  NX_ISOLATE_PLUGINS: 'false',
  NX_CACHE_DIRECTORY: join(scratch, 'nx-cache'),
  NX_WORKSPACE_DATA_DIRECTORY: join(scratch, 'nx-data'),
  GIT_AUTHOR_NAME: 'Replay',
  GIT_AUTHOR_EMAIL: 'replay@index.example',
  GIT_COMMITTER_NAME: 'Replay',
  GIT_COMMITTER_EMAIL: 'replay@index.example',
};
async function replay() {
  const revisions = layOut();
  const oracle = join(here, 'oracle');
  const required = run(join(programs, 'python'), [oracle, workspace, ...revisions])
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const replayed of values.command ? modes.map((mode) => [mode]) : [modes]) {
    const nx = values.command ? new Command(replayed[0]) : new Selection();
    const rows = new Map(replayed.map((mode) => [mode, []]));
    git('checkout', '--quiet', revisions[0]);
    await nx.start(revisions[0]);
    for (const [index, must] of required.entries()) {
      const [base, head] = revisions.slice(index, index + 2);
      git('checkout', '--quiet', head);
      const { projects, verdicts } = await nx.affected(base, head);
      for (const mode of replayed) {
        const row = compare(must, byFolder(verdicts.get(mode), projects), projects);
        rows.get(mode).push(row);
        if (!values.verbose && row.under.length === 0) continue;
        console.log(`${mode}: ${git('log', '-1', '--format=%s', head).trim().slice(0, 70)}: ${describe(row)}`);
      }
    }
    nx.end();
    for (const mode of replayed) report(source, mode, rows.get(mode));
  }
}

/** Asks the functions of Nx, in a process that stays. */
class Selection {
  #process = spawn(process.execPath, [join(here, 'selection.cjs')], {
    cwd: workspace,
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  #lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  /** by mode the hashes that are in its cache */
  #cached = new Map(MODES.map((mode) => [mode, new Set()]));

  async start(revision) {
    const { hashes } = await this.#ask(revision, revision);
    for (const cached of this.#cached.values()) for (const hash of Object.values(hashes)) cached.add(hash);
  }

  async affected(base, head) {
    const { projects, hashes, selected } = await this.#ask(base, head);
    const verdicts = MODES.map((mode) => {
      const cached = this.#cached.get(mode);
      const own = selected[mode].filter((id) => /:(build|test)$/.test(id));
      const found = own.map((id) => [id, cached.has(hashes[id]) ? 'cached' : 'executed']);
      for (const id of own) cached.add(hashes[id]);
      return [mode, new Map(found)];
    });
    return { projects: new Map(Object.entries(projects)), verdicts: new Map(verdicts) };
  }

  async #ask(base, head) {
    this.#process.stdin.write(`${JSON.stringify({ base, head })}\n`);
    // What Nx prints is not for us.
    for (let line = await this.#lines.next(); !line.done; line = await this.#lines.next()) {
      if (line.value.startsWith('{')) return JSON.parse(line.value);
    }
    throw new Error('selection.cjs has ended');
  }

  end() {
    this.#process.stdin.end();
  }
}

/** Runs `nx affected`, and reads what it prints. */
class Command {
  constructor(mode) {
    this.mode = mode;
    environment.NX_LEGACY_AFFECTED = String(mode === 'legacy');
    for (const folder of [environment.NX_CACHE_DIRECTORY, environment.NX_WORKSPACE_DATA_DIRECTORY]) {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  start() {
    nx('run-many', '-t', 'build', 'test');
  }

  affected(base, head) {
    const output = nx('affected', '-t', 'build', 'test', `--base=${base}`, `--head=${head}`);
    return { projects: readProjects(), verdicts: new Map([[this.mode, verdictsOf(output)]]) };
  }

  end() {}
}

/** A linear history of the commits without the files of Nx and npm, with the plugin set up. @returns the revisions, oldest first */
function layOut() {
  run('git', ['clone', '--quiet', '--no-checkout', '--shared', resolve(source), workspace], scratch);
  const template = join(scratch, 'template');
  mkdirSync(template);
  writeFileSync(join(template, 'package.json'), '{ "name": "replay", "private": true }\n');
  const nxVersion = JSON.parse(readFileSync(join(here, '../../node_modules/nx/package.json'), 'utf8')).version;
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', `nx@${nxVersion}`, ...pack()], template);
  stubExecutors(join(template, 'node_modules', 'nx-wheelhouse', 'dist', 'executors'));
  run('mv', [join(template, 'node_modules'), join(workspace, 'node_modules')]);
  writeFileSync(join(workspace, '.git', 'info', 'exclude'), 'node_modules\n');

  const ours = {
    'nx.json': '{ "plugins": ["nx-wheelhouse"], "analytics": false }\n',
    'package.json': '{ "name": "replay", "private": true }\n',
  };
  const blobs = Object.entries(ours).map(([path, text]) => {
    writeFileSync(join(scratch, path), text);
    return [path, git('hash-object', '-w', join(scratch, path)).trim()];
  });
  const commits = git('log', '--first-parent', `--max-count=${Number(values.commits) + 1}`, '--format=%H %s')
    .trim()
    .split('\n')
    .reverse();
  const revisions = [];
  for (const line of commits) {
    const [commit, ...subject] = line.split(' ');
    git('read-tree', commit);
    const left = [...foreignFiles(), ...lostFiles()];
    if (left.length > 0) git('rm', '--quiet', '--cached', '--', ...left);
    for (const [path, blob] of blobs) git('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`);
    const parents = revisions.length > 0 ? ['-p', revisions.at(-1)] : [];
    revisions.push(git('commit-tree', git('write-tree').trim(), ...parents, '-m', subject.join(' ')).trim());
  }
  git('checkout', '--quiet', '--force', '--detach', revisions[0]);
  return revisions;
}

/** Files of the index that set up Nx or npm. */
function foreignFiles() {
  const names = /(^|\/)(nx\.json|project\.json|package\.json|package-lock\.json|yarn\.lock|pnpm-.*\.yaml)$/;
  return git('ls-files', '-z')
    .split('\0')
    .filter((path) => names.test(path));
}

/** Files of the index whose content the clone does not have, because they were too large for it. */
function lostFiles() {
  const entries = git('ls-files', '-z', '-s')
    .split('\0')
    .filter((entry) => entry !== '' && !entry.startsWith('160000'))
    .map((entry) => ({ blob: entry.split(' ')[1], path: entry.slice(entry.indexOf('\t') + 1) }));
  const input = entries.map(({ blob }) => `${blob}\n`).join('');
  const found = run('git', ['cat-file', '--batch-check'], workspace, input).split('\n');
  return entries.filter((_, index) => found[index]?.endsWith(' missing')).map(({ path }) => path);
}

function stubExecutors(folder) {
  const batch = `exports.default = async function* (graph) {
  const now = Date.now();
  for (const task of Object.keys(graph.tasks)) yield { task, result: { success: true, terminalOutput: '', startTime: now, endTime: now } };
};\n`;
  // The interpreter stays as it is, and need not be asked for every commit.
  for (const name of ['fingerprint', 'uv-fingerprint']) {
    writeFileSync(join(folder, '..', 'toolchain', `${name}.js`), "console.log('the same');\n");
  }
  for (const name of ['dist', 'test']) {
    writeFileSync(join(folder, name, 'batch.js'), batch);
    writeFileSync(join(folder, name, 'executor.js'), 'exports.default = async () => ({ success: true });\n');
  }
}

/** The projects as Nx wrote them down in its last run, by name. */
function readProjects() {
  const graph = JSON.parse(readFileSync(join(environment.NX_WORKSPACE_DATA_DIRECTORY, 'project-graph.json'), 'utf8'));
  return new Map(
    Object.values(graph.nodes).map(({ name, data }) => [
      name,
      { root: data.root, targets: Object.keys(data.targets ?? {}) },
    ]),
  );
}

/** @returns by task whether it was executed or came from the cache */
function verdictsOf(output) {
  const verdicts = new Map();
  for (const line of output.split('\n')) {
    const match = /^(?:> |✔ {2}|✖ {2})nx run (\S+:(?:build|test))(.*)$/.exec(line.trim());
    if (!match) continue;
    const [, task, note] = match;
    if (note.includes('cache')) verdicts.set(task, 'cached');
    else if (!verdicts.has(task)) verdicts.set(task, 'executed');
  }
  return verdicts;
}

function nx(...args) {
  const program = join(workspace, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  return run(process.execPath, [program, ...args, '--output-style=static'], workspace);
}

function git(...args) {
  return run('git', args, workspace);
}

function run(command, args, cwd = workspace, input = '') {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    input,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ').slice(0, 200)} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

try {
  await replay();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
