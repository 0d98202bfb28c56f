// The memory of a process and all that it has started, while it runs.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const PERIOD = 250;

/**
 * Runs a program and looks four times a second at what its process tree holds. What several share counts once, by its part (PSS).
 * @returns {Promise<number | undefined>} the most there was, in megabytes; `undefined` where the platform does not tell
 */
export async function peakMemory(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  let peak;
  const sampling = setInterval(() => {
    const now = memoryOfTree(child.pid);
    if (now !== undefined) peak = Math.max(peak ?? 0, now);
  }, PERIOD);
  const status = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  clearInterval(sampling);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return peak;
}

function memoryOfTree(root) {
  try {
    const parents = new Map(
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((pid) => [Number(pid), parentOf(pid)]),
    );
    const isInside = (pid) => pid === root || (parents.get(pid) > 1 && isInside(parents.get(pid)));
    const kilobytes = [...parents.keys()].filter(isInside).map(proportionalSize);
    return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
  } catch {
    return undefined;
  }
}

function parentOf(pid) {
  return Number(/^PPid:\s+(\d+)/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1] ?? 0);
}

function proportionalSize(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(readOrNothing(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** A process may have ended since it was listed. */
function readOrNothing(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
