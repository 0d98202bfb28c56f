// Making the project graph (`nx show projects`, no daemon) against a plugin that does the least possible, and against @nxlv/python.
import { installed, median, timedNx, withPlugin, workspaceOf } from '../harness/workspaces.mjs';

const ROUNDS = 5;
const NXLV = '23.1.1';
const ours = 'nx-wheelhouse';

export default function run() {
  const modules = withPlugin();
  return [...againstFloor(modules), ...againstNxlv(modules)];
}

function againstFloor(modules) {
  const rows = [];
  const roots = { here: workspaceOf(1000, modules, ours), floor: workspaceOf(1000, modules, 'floor') };
  for (const start of ['cold', 'warm']) {
    const { here, floor } = inTurn(roots, start);
    rows.push({
      subject: `1,000 packages, ${start}`,
      here: shown(here),
      reference: `${shown(floor)} (floor plugin)`,
      ratio: `${(here / floor).toFixed(2)} × its time`,
      wanted: '≤ 1.15 ×',
      isMet: here <= 1.15 * floor,
    });
  }
  const large = { here: workspaceOf(5000, modules, ours), floor: workspaceOf(5000, modules, 'floor') };
  const { here, floor } = inTurn(large, 'warm', 1);
  rows.push({
    subject: '5,000 packages, warm',
    here: shown(here),
    reference: `${shown(floor)} (floor plugin)`,
    ratio: `${(here / floor).toFixed(2)} × its time`,
    wanted: '≤ 1.15 ×',
    isMet: here <= 1.15 * floor,
  });
  return rows;
}

/** The time of a plugin is what a command takes more than with the floor plugin. */
function againstNxlv(modules) {
  const rival = installed([`nx@23.3.2`, `@nxlv/python@${NXLV}`]);
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
  const own = Math.max(0.001, times.here - times.floor);
  return [
    ['declared', 'declared edges', 5],
    ['imports', 'with its import inference', 20],
  ].map(([name, what, least]) => {
    const theirs = times[name] - times.rivalFloor;
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

function inTurn(roots, start, rounds = ROUNDS) {
  const times = Object.fromEntries(Object.keys(roots).map((name) => [name, []]));
  for (const root of Object.values(roots)) timedNx(root, ['show', 'projects'], 'cold');
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, root] of Object.entries(roots))
      times[name].push(timedNx(root, ['show', 'projects'], start).seconds);
  }
  return Object.fromEntries(Object.entries(times).map(([name, seconds]) => [name, median(seconds)]));
}

function shown(seconds) {
  return `${seconds.toFixed(2)} s`;
}
