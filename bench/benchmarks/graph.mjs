// Making the project graph (`nx show projects`, no daemon) against a plugin that does the least possible, and against @nxlv/python.
import { installed, median, timedNx, withPlugin, workspaceOf } from '../harness/workspaces.mjs';

const ROUNDS = 5;
const NXLV = '23.1.1';
const ours = 'nx-wheelhouse';
/** How a run begins, see `timedNx`. */
const STARTS = { first: 'the first of all', cold: 'after `nx reset`', warm: 'warm' };

export default function* run() {
  const modules = withPlugin();
  yield* againstFloor(modules);
  yield* againstNxlv(modules);
}

function* againstFloor(modules) {
  const roots = Object.fromEntries(
    [ours, 'floor', 'same'].map((plugin) => [plugin, workspaceOf(1000, modules, plugin)]),
  );
  let small;
  for (const [start, what] of Object.entries(STARTS)) {
    const measured = inTurn(roots, start);
    small = measured[ours];
    yield floorRow(`1,000 packages, ${what}`, measured[ours], measured.floor, 'floor plugin');
    yield floorRow(`1,000 packages, ${what}`, measured[ours], measured.same, 'the same answer from a file');
  }
  const large = { [ours]: workspaceOf(5000, modules, ours), floor: workspaceOf(5000, modules, 'floor') };
  const measured = inTurn(large, 'warm', 1);
  const growth = measured[ours].seconds / small.seconds;
  yield floorRow('5,000 packages, warm', measured[ours], measured.floor, 'floor plugin');
  yield {
    subject: 'from 1,000 to 5,000 packages, warm',
    here: shown(measured[ours].seconds),
    reference: `${shown(small.seconds)} (1,000)`,
    ratio: `${growth.toFixed(1)} × its time`,
    wanted: '≤ 5 ×',
    isMet: growth <= 5,
  };
  yield {
    subject: '5,000 packages, memory of the process that needs most',
    here: `${measured[ours].megabytes.toFixed(0)} MB`,
    reference: `${measured.floor.megabytes.toFixed(0)} MB (floor plugin)`,
    ratio: `${(measured[ours].megabytes / measured.floor.megabytes).toFixed(2)} ×`,
    wanted: '≤ 400 MB',
    isMet: measured[ours].megabytes <= 400,
  };
}

function floorRow(subject, here, floor, name) {
  return {
    subject,
    here: shown(here.seconds),
    reference: `${shown(floor.seconds)} (${name})`,
    ratio: `${(here.seconds / floor.seconds).toFixed(2)} × its time`,
    wanted: '≤ 1.15 ×',
    isMet: here.seconds <= 1.15 * floor.seconds,
  };
}

/** With `declared` @nxlv/python makes nothing but edges: its projects are project.json files, which Nx itself reads. */
function* againstNxlv(modules) {
  const rival = installed(['nx@23.3.2', '@nx/devkit@23.3.2', `@nxlv/python@${NXLV}`]);
  const nxlv = (options) => ({ plugin: '@nxlv/python', options: { packageManager: 'uv', ...options } });
  const projectJson = () => ({ projectType: 'library', targets: { build: { executor: '@nxlv/python:build' } } });
  const here = workspaceOf(200, modules, ours);
  const theirs = [
    ['declared edges', 5, workspaceOf(200, rival, nxlv({}), projectJson)],
    ['with its import inference', 20, workspaceOf(200, rival, nxlv({ inferDependencies: true }), projectJson)],
  ];
  for (const [start, when] of Object.entries(STARTS)) {
    for (const [what, least, root] of theirs) {
      const times = pluginTimes({ [ours]: here, '@nxlv/python': root }, start);
      const ratio = times['@nxlv/python'] / times[ours];
      yield {
        subject: `200 packages, plugin's time, ${what}, ${when}`,
        here: shown(times[ours]),
        reference: `${shown(times['@nxlv/python'])} (@nxlv/python ${NXLV})`,
        ratio: `${ratio.toFixed(1)} ×`,
        wanted: `≥ ${least} ×`,
        isMet: ratio >= least,
      };
    }
  }
}

/**
 * What plugins themselves take, as Nx measures it: to be loaded, to make projects and to make edges. In the process of Nx, so that none
 * of it is waiting for another process.
 * @param {Record<string, string>} roots of workspaces, by the plugin that is measured there
 * @returns by plugin the median, in seconds
 */
function pluginTimes(roots, start) {
  const runs = Object.fromEntries(Object.keys(roots).map((plugin) => [plugin, []]));
  for (const root of Object.values(roots)) timedNx(root, ['show', 'projects'], 'first');
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [plugin, root] of Object.entries(roots)) {
      const measuring = { NX_ISOLATE_PLUGINS: 'false', NX_PERF_LOGGING: 'true' };
      const { stderr } = timedNx(root, ['show', 'projects'], start, measuring);
      const parts = [...stderr.matchAll(/^Time taken for '(.+)' ([\d.]+)ms$/gm)]
        .filter(([, part]) =>
          [`Load Nx Plugin: ${plugin}`, `${plugin}:createNodes`, `${plugin}:createDependencies`].includes(part),
        )
        .map(([, , milliseconds]) => Number(milliseconds));
      if (parts.length < 2) throw new Error(`Nx does not tell the times of ${plugin}:\n${stderr}`);
      runs[plugin].push(parts.reduce((sum, part) => sum + part, 0) / 1000);
    }
  }
  return Object.fromEntries(Object.entries(runs).map(([plugin, times]) => [plugin, median(times)]));
}

/** @returns by name the medians of time and memory */
function inTurn(roots, start, rounds = ROUNDS) {
  const runs = Object.fromEntries(Object.keys(roots).map((name) => [name, []]));
  for (const root of Object.values(roots)) timedNx(root, ['show', 'projects'], 'first');
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, root] of Object.entries(roots)) runs[name].push(timedNx(root, ['show', 'projects'], start));
  }
  const medianOf = (all, field) => median(all.map((run) => run[field]));
  return Object.fromEntries(
    Object.entries(runs).map(([name, all]) => [
      name,
      { seconds: medianOf(all, 'seconds'), megabytes: medianOf(all, 'megabytes') },
    ]),
  );
}

function shown(seconds) {
  return `${seconds.toFixed(2)} s`;
}
