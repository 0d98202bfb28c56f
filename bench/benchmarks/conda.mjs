// Conda packages: made from wheels, against whl2conda; listed in a channel; and a run that is wholly cached, against any other such run.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import condaBuild from '../../packages/nx-wheelhouse/dist/conda/build.js';
import directory from '../../packages/nx-wheelhouse/dist/conda/channels/directory.js';
import reading from '../../packages/nx-wheelhouse/dist/workspace/read.js';
import { provisionTools } from '../../scripts/tools.mjs';
import { python } from '../harness/python.mjs';
import { median, timedNx, withPlugin, workspaceOf } from '../harness/workspaces.mjs';

const PACKAGES = 200;
const WHL2CONDA = 'whl2conda==26.7.2';
/** Each is a process of some hundred milliseconds. */
const SAMPLE = 10;
const ROUNDS = 5;

export default async function benchmark() {
  process.env.PATH = [provisionTools(), process.env.PATH].join(delimiter);
  process.env.UV_PYTHON = python;
  const modules = withPlugin();
  const root = workspaceOf(PACKAGES, modules, { plugin: 'nx-wheelhouse', options: { conda: true } });
  timedNx(root, ['run-many', '-t', 'conda-build'], 'cold');
  const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-bench-'));
  try {
    return [await making(root, scratch), await listing(root, scratch), await cached(root, modules)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function making(root, scratch) {
  const folders = readdirSync(join(root, 'packages'));
  const workspace = reading.readWorkspace(
    root,
    folders.map((name) => `packages/${name}/pyproject.toml`),
  );
  const ours = await timed(async () => {
    for (const { project } of workspace.packages.values()) await condaBuild.buildConda(workspace, project, {});
  });
  const whl2conda = programOf(scratch);
  const sample = folders.slice(0, SAMPLE).map((name) => {
    const dist = join(root, 'packages', name, 'dist');
    return join(
      dist,
      readdirSync(dist).find((file) => file.endsWith('.whl')),
    );
  });
  const theirs = await timed(() => {
    for (const wheel of sample) run(whl2conda, ['convert', wheel, '--out-dir', join(scratch, 'out'), '--overwrite']);
  });
  const [here, there] = [ours / PACKAGES, theirs / SAMPLE];
  return {
    subject: `${PACKAGES} wheels to .conda, in one process`,
    here: `${here.toFixed(1)} ms a package`,
    reference: `${there.toFixed(0)} ms (${WHL2CONDA.replace('==', ' ')}, a process each)`,
    ratio: `${(there / here).toFixed(0)} ×`,
    wanted: '≤ 30 ms',
    isMet: here <= 30,
  };
}

function programOf(scratch) {
  const venv = join(scratch, 'whl2conda');
  run('uv', ['venv', '--quiet', '--python', python, venv]);
  run('uv', ['pip', 'install', '--quiet', '--python', join(venv, 'bin', 'python'), WHL2CONDA]);
  return join(venv, 'bin', 'whl2conda');
}

/** Ours is a process too, which also looks whether each package is one that a client can use. */
async function listing(root, scratch) {
  const channel = join(scratch, 'channel');
  mkdirSync(join(channel, 'noarch'), { recursive: true });
  for (const name of readdirSync(join(root, 'packages'))) {
    cpSync(join(root, '.wheelhouse', 'packages', name, 'dist-conda', 'noarch'), join(channel, 'noarch'), {
      recursive: true,
    });
  }
  const times = { here: [], there: [] };
  await directory.indexChannel(channel, root); // makes the environment
  for (let round = 0; round < ROUNDS; round += 1) {
    times.here.push(await timed(() => directory.indexChannel(channel, root)));
    times.there.push(await timed(() => run(python, ['-c', BARE, channel])));
  }
  const [here, there] = [median(times.here), median(times.there)];
  return {
    subject: `a channel of ${PACKAGES} packages, listed anew`,
    here: `${here.toFixed(0)} ms`,
    reference: `${there.toFixed(0)} ms (index_fs of py-rattler by itself)`,
    ratio: `${(here / there).toFixed(2)} × its time`,
    wanted: '≤ 500 ms',
    isMet: here <= 500,
  };
}

const BARE = `
import asyncio, os, sys
from rattler.index import index_fs
asyncio.run(index_fs(sys.argv[1], write_zst=True, write_shards=False, force=True))
os._exit(0)`;

/** Against two tasks of the same shape: one makes a file, the other is hashed from it and makes another. */
async function cached(root, modules) {
  const task = (command, more) => ({
    executor: 'nx:run-commands',
    cache: true,
    options: { command, cwd: '{projectRoot}' },
    ...more,
  });
  const floor = workspaceOf(PACKAGES, modules, 'floor', () => ({
    targets: {
      build: task('mkdir -p dist && cp pyproject.toml dist/a.whl', { outputs: ['{projectRoot}/dist'] }),
      'conda-build': task('mkdir -p conda && cp dist/a.whl conda', {
        dependsOn: ['build'],
        inputs: [{ dependentTasksOutputFiles: '**/*.whl' }],
        outputs: ['{projectRoot}/conda'],
      }),
    },
  }));
  const times = { here: [], floor: [] };
  const command = ['run-many', '-t', 'conda-build'];
  for (const one of [root, floor]) timedNx(one, command, 'warm');
  for (let round = 0; round < ROUNDS; round += 1) {
    times.here.push(timedNx(root, command, 'warm').seconds);
    times.floor.push(timedNx(floor, command, 'warm').seconds);
  }
  const [here, there] = [median(times.here), median(times.floor)];
  return {
    subject: `conda-build of ${PACKAGES} packages, all from the cache`,
    here: `${here.toFixed(2)} s`,
    reference: `${there.toFixed(2)} s (shell commands of the same shape, floor plugin)`,
    ratio: `${(here / there).toFixed(2)} × its time`,
    wanted: '≤ 1.15 ×',
    isMet: here <= 1.15 * there,
  };
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
