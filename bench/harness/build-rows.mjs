// Timing whole builds of workspaces in turn, and the rows that come of it.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, timedNx } from './workspaces.mjs';

/** How often each is timed. */
export const ROUNDS = 3;
export const BUILD = ['run-many', '-t', 'build'];

/** Both in turn, so that what else the machine does meets both alike. */
export function inTurn(roots, prepare, what, start = 'warm') {
  const times = { here: [], floor: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, root] of Object.entries(roots)) {
      prepare(root);
      times[name].push(timed(`${name}, ${what}`, () => timedNx(root, BUILD, start).seconds));
    }
  }
  return { here: median(times.here), floor: median(times.floor) };
}

export function floorRow(subject, here, floor, most) {
  return {
    subject,
    here: `${here.toFixed(2)} s`,
    reference: `${floor.toFixed(2)} s (do-nothing batch executor)`,
    ratio: `${(here / floor).toFixed(2)} × its time`,
    wanted: `≤ ${most} ×`,
    isMet: here <= most * floor,
  };
}

export function failedRow(subject, name, error) {
  return {
    subject,
    here: '',
    reference: `${name}: ${error.message.split('\n')[0]}`,
    ratio: '',
    wanted: 'it runs',
    isMet: false,
  };
}

/** A rival that does not run costs its row and no other. */
export function attempt(work) {
  try {
    return work();
  } catch (error) {
    console.error(error.message);
    return error;
  }
}

export function timed(what, work) {
  const start = performance.now();
  const result = work();
  const time = new Date().toISOString().slice(11, 19);
  console.error(`${time} ${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

export function forget(root) {
  rmSync(join(root, '.nx'), { recursive: true, force: true });
  rmSync(join(root, '.wheelhouse'), { recursive: true, force: true });
  removeDists(root);
}

export function removeDists(root) {
  for (const name of readdirSync(join(root, 'packages'))) {
    rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });
  }
}

/** The wheel of each package. */
export function dists(root) {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const folder = join(root, 'packages', name, 'dist');
    return readdirSync(folder)
      .filter((file) => file.endsWith('.whl'))
      .map((file) => join(folder, file));
  });
}

export function expectDists(root, count) {
  const { length } = dists(root);
  if (length !== count) throw new Error(`There are ${length} wheels, not ${count}.`);
}

export function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stderr}`);
  return stdout;
}
