// Making the project graph (`nx show projects`, no daemon) against a plugin that does the least possible, and against @nxlv/python.
import { installed, median, timedNx, withPlugin, workspaceOf } from '../harness/workspaces.mjs';

const ROUNDS = 5;
const NXLV = '23.1.1';
const ours = 'nx-wheelhouse';

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
  for (const start of ['cold', 'warm']) {
    const measured = inTurn(roots, start);
    small = measured[ours];
    yield floorRow(`1,000 packages, ${start}`, measured[ours], measured.floor, 'floor plugin');
    yield floorRow(`1,000 packages, ${start}`, measured[ours], measured.same, 'the same answer from a file');
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

/** The time of a plugin is what a command takes more than with the floor plugin. */
function againstNxlv(modules) {
  const rival = installed(['nx@23.3.2', '@nx/devkit@23.3.2', `@nxlv/python@${NXLV}`]);
  const nxlv = (options) => ({ plugin: '@nxlv/python', options: { packageManager: 'uv', ...options } });
  const projectJson = () => ({ projectType: 'library', targets: { build: { executor: '@nxlv/python:build' } } });
  const roots = {
    here: workspaceOf(200, modules, ours),
    floor: workspaceOf(200, modules, 'floor'),
    declared: workspaceOf(200, rival, nxlv({}), projectJson),
    imports: workspaceOf(200, rival, nxlv({ inferDependencies: true }), projectJson),
    rivalFloor: workspaceOf(200, rival, 'floor'),
  };
  const times = inTurn(roots, 'cold');
  const own = Math.max(0.001, times.here.seconds - times.floor.seconds);
  return [
    ['declared', 'declared edges', 5],
    ['imports', 'with its import inference', 20],
  ].map(([name, what, least]) => {
    const theirs = times[name].seconds - times.rivalFloor.seconds;
    return {
      subject: `200 packages, plugin's time, ${what}`,
      here: shown(own),
      reference: `${shown(theirs)} (@nxlv/python ${NXLV})`,
      ratio: `${(theirs / own).toFixed(1)} ×`,
      wanted: `≥ ${least} ×`,
      isMet: theirs >= least * own,
    };
  });
}

/** @returns by name the medians of time and memory */
function inTurn(roots, start, rounds = ROUNDS) {
  const runs = Object.fromEntries(Object.keys(roots).map((name) => [name, []]));
  for (const root of Object.values(roots)) timedNx(root, ['show', 'projects'], 'cold');
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
