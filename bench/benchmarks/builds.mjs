// Building whole workspaces through Nx, against the rivals on the same packages in the same run, and against an executor that does nothing.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { provisionTools, repository } from '../../scripts/tools.mjs';
import { MIXES, requirementsOf } from '../harness/backends.mjs';
import { nxlvBuild, uvBuild, uvVersion } from '../harness/build-rivals.mjs';
import {
  attempt,
  BUILD,
  dists,
  expectDists,
  failedRow,
  floorRow,
  forget,
  inTurn,
  output,
  ROUNDS,
  removeDists,
  timed,
} from '../harness/build-rows.mjs';
import { peakMemory } from '../harness/memory.mjs';
import { python } from '../harness/python.mjs';
import { median, nxEnvironment, nxProgram, timedNx, withPlugin, workspaceOf } from '../harness/workspaces.mjs';

/** Packages of the large workspace, as many times as the ordinary one has. */
const LARGE = 5;

/** The rows with their packages' backends and what we hold ourselves to, in times faster than each rival. */
const COLD = {
  hatchling: { isolated: 15, shared: 4, nxlv: 30 },
  setuptools: { isolated: 20, shared: 2.5 },
  flit: { isolated: undefined },
  'poetry-core': { isolated: undefined },
  'pdm-backend': { isolated: undefined },
  mixed: { isolated: undefined },
};

const ROWS = {
  ...Object.fromEntries(Object.keys(COLD).map((mix) => [mix, coldRows])),
  uv_build,
  engine,
  cached,
  change,
  large,
};

/**
 * @param {Record<string, string>} options `packages`: how many, 200; `rival-packages`: with how many the slow rivals are timed, 40;
 * `rows`: those wanted, by commas
 */
export default async function* run(options) {
  const count = Number(options.packages ?? 200);
  const bench = { count, rivals: Math.min(count, Number(options['rival-packages'] ?? 40)), modules: undefined };
  const wanted = options.rows?.split(',') ?? Object.keys(ROWS);
  const unknown = wanted.find((row) => !(row in ROWS));
  if (unknown) throw new Error(`There is no row ${unknown}. There are: ${Object.keys(ROWS).join(', ')}`);
  process.env.PATH = [provisionTools(), process.env.PATH].join(delimiter);
  process.env.UV_PYTHON = python;
  process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = join(repository, '.tools', 'wheelhouse-cache');
  bench.modules = withPlugin();
  for (const row of wanted) yield* ROWS[row](bench, row);
}

// --- cold: no dist, nothing that Nx has kept, as after `nx reset`; the tools' own caches are warm ---------------------------------------------

async function* coldRows(bench, mix) {
  const here = coldBuild(bench, mix, bench.count);
  const rivals = workspaceOf(bench.rivals, bench.modules, 'nx-wheelhouse', undefined, mix);
  const { isolated, shared, nxlv } = COLD[mix];
  const each = mix === 'setuptools' ? 'for each package' : '--all-packages';
  const uv = (isolation) => timed(`uv build, ${mix}`, () => uvBuild(rivals, mix, { isolation }));
  yield rivalRow(
    bench,
    mix,
    here,
    `${uvVersion()} build ${each}`,
    attempt(() => uv(true)),
    isolated,
  );
  if ('shared' in COLD[mix]) {
    const name = `${uvVersion()} build --no-build-isolation`;
    yield rivalRow(
      bench,
      mix,
      here,
      name,
      attempt(() => uv(false)),
      shared,
    );
  }
  if (nxlv) {
    const made = attempt(() => timed('@nxlv/python', () => nxlvBuild(bench.rivals).seconds));
    yield rivalRow(bench, mix, here, '@nxlv/python build', made, nxlv);
  }
}

/** @returns {number} seconds of the whole command */
function coldBuild({ modules }, mix, count) {
  timedNx(workspaceOf(MIXES[mix].length, modules, 'nx-wheelhouse', undefined, mix), BUILD, 'cold'); // environments are there
  const root = workspaceOf(count, modules, 'nx-wheelhouse', undefined, mix);
  const build = (start, what) => {
    forget(root);
    return timed(`nx ${BUILD.join(' ')}, ${count} × ${mix}, ${what}`, () => timedNx(root, BUILD, start).seconds);
  };
  build('first', 'the first of all');
  const times = Array.from({ length: ROUNDS }, () => build('cold', 'cold'));
  expectDists(root, count);
  return median(times);
}

/** Rivals that take minutes are timed with fewer packages, which is to their advantage where they grow faster than the number. */
function rivalRow({ count, rivals }, mix, here, name, theirs, least) {
  if (theirs instanceof Error) return failedRow(`${count} × ${mix}, cold`, name, theirs);
  const own = (here / count) * 1000;
  const other = (theirs / rivals) * 1000;
  const ratio = other / own;
  return {
    subject: `${count} × ${mix} (${requirementsOf(mix).join(', ')}), cold, whole command`,
    here: `${here.toFixed(1)} s, ${own.toFixed(1)} ms a package`,
    reference: `${other.toFixed(1)} ms a package of ${rivals}, ${name}`,
    ratio: `${ratio.toFixed(1)} ×`,
    wanted: least === undefined ? 'measured' : `≥ ${least} ×`,
    isMet: least === undefined || ratio >= least,
  };
}

async function* uv_build({ count, modules }) {
  const rootOf = (plugin) => workspaceOf(count, modules, plugin, undefined, 'uv_build');
  const roots = { here: rootOf('nx-wheelhouse'), floor: rootOf('floor') };
  const { here, floor } = inTurn(roots, forget, `${count} × uv_build`, 'cold');
  expectDists(roots.here, count);
  const uv = timed('uv build, uv_build', () => uvBuild(roots.floor, 'uv_build', { isolation: true }));
  yield floorRow(`${count} × uv_build, cold (${uvVersion()} alone: ${uv.toFixed(1)} s)`, here, floor, 1.3);
}

async function* engine({ count, modules }) {
  const root = workspaceOf(count, modules, 'nx-wheelhouse');
  const manifests = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/pyproject.toml`);
  const program = join(repository, 'bench', 'harness', 'engine.mjs');
  const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-engine-'));
  const result = join(scratch, 'seconds');
  const measure = [join(repository, 'bench', 'harness', 'measure.py'), process.execPath, program, root, result];
  const rounds = Array.from({ length: ROUNDS }, () => {
    forget(root);
    const whole = timed('engine alone', () => JSON.parse(output(python, [...measure, ...manifests])));
    return { ...whole, others: Number(readFileSync(result, 'utf8')) };
  });
  rmSync(scratch, { recursive: true });
  const each = (what, packages) => (median(rounds.map((round) => round[what])) / packages) * 1000;
  const own = each('others', count - 1);
  const whole = [each('wall', count), each('processor', count)].map((one) => one.toFixed(1));
  const hooks = median(Array.from({ length: ROUNDS }, () => limitOf(root)));
  const limit = hooks / Math.min(2, availableParallelism());
  yield {
    subject: `engine alone, ${count} × hatchling, all but the first`,
    here: `${own.toFixed(1)} ms a package (of the whole process ${whole[0]} ms, ${whole[1]} ms of processor time)`,
    reference: `${limit.toFixed(1)} ms, ${hooks.toFixed(1)} ms of processor time on 2 processors (warm hooks in one process)`,
    ratio: `${(own / limit).toFixed(2)} × its time`,
    wanted: '≤ 2 ×',
    isMet: own <= 2 * limit,
  };
}

/** @returns {number} milliseconds of processor time a package */
function limitOf(root) {
  const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-limit-'));
  try {
    output('uv', ['venv', '--quiet', join(scratch, 'venv')]);
    const inside = join(scratch, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    output('uv', ['pip', 'install', '--quiet', '--python', inside, 'hatchling']);
    const program = join(repository, 'bench', 'harness', 'hook_limit.py');
    const args = [program, 'hatchling.build', join(root, 'packages'), scratch];
    return timed('warm hooks', () => Number(output(inside, args).split(' ')[0]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// --- cached, and changed ---------------------------------------------------------------------------------------------------

async function* cached({ count, modules }) {
  for (const size of [count, count * LARGE]) {
    const roots = { here: workspaceOf(size, modules, 'nx-wheelhouse'), floor: workspaceOf(size, modules, 'floor') };
    for (const root of Object.values(roots)) timedNx(root, BUILD, 'cold');
    for (const [what, prepare] of Object.entries({
      'fully cached': () => {},
      'dists deleted and restored': removeDists,
    })) {
      const { here, floor } = inTurn(roots, prepare, `${size}, ${what}`);
      yield floorRow(`${size} × hatchling, ${what}`, here, floor, 1.1);
    }
    expectDists(roots.here, size);
  }
}

async function* change({ count, modules }) {
  const roots = { here: workspaceOf(count, modules, 'nx-wheelhouse'), floor: workspaceOf(count, modules, 'floor') };
  for (const root of Object.values(roots)) timedNx(root, BUILD, 'cold');
  const records = () => dists(roots.here).map((path) => readFileSync(path).toString('base64'));
  const before = records();
  const edit = (root) => appendFileSync(join(root, 'packages', 'pkg-0000', 'src', 'pkg_0000', 'm1.py'), '\n# more\n');
  const { here, floor } = inTurn(roots, edit, 'one line changed');
  const after = records();
  const rebuilt = after.filter((text, index) => text !== before[index]).length;
  yield {
    subject: `one line changed at the bottom of ${count}: ${rebuilt} of ${count} packages have new dists`,
    here: `${here.toFixed(2)} s`,
    reference: `${floor.toFixed(2)} s (do-nothing batch executor)`,
    ratio: `+ ${(here - floor).toFixed(2)} s`,
    wanted: '1 package, ≤ + 1 s',
    isMet: rebuilt === 1 && here - floor <= 1,
  };
}

async function* large(bench) {
  const small = coldBuild(bench, 'hatchling', bench.count) / bench.count;
  const size = bench.count * LARGE;
  const root = workspaceOf(size, bench.modules, 'nx-wheelhouse');
  const seconds = timed(`${size} × hatchling, the first of all`, () => timedNx(root, BUILD, 'first').seconds);
  expectDists(root, size);
  forget(root);
  const peak = await peakMemory(process.execPath, [nxProgram(root), ...BUILD], { cwd: root, env: nxEnvironment(root) });
  const ratio = seconds / size / small;
  yield {
    subject: `${size} × hatchling, cold: linear`,
    here: `${seconds.toFixed(1)} s, ${((seconds / size) * 1000).toFixed(1)} ms a package`,
    reference: `${(small * 1000).toFixed(1)} ms a package of ${bench.count}`,
    ratio: `${ratio.toFixed(2)} × its time`,
    wanted: '≤ 1.1 ×',
    isMet: ratio <= 1.1,
  };
  yield {
    subject: `${size} × hatchling, cold: memory of the whole process tree (PSS)`,
    here: peak === undefined ? 'unknown' : `${peak.toFixed(0)} MB`,
    reference: '',
    ratio: '',
    wanted: '≤ 400 MB',
    isMet: peak !== undefined && peak <= 400,
  };
}
