// The rate of a function over a list of texts, here and in Python, taken in turn in one run.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { python } from './python.mjs';

const ROUNDS = 5;

/**
 * Takes the best of several rounds on both sides: what else the machine does can only slow a round down.
 * @param {readonly string[]} texts all different, so that no cache helps
 * @param {(text: string) => unknown} ours
 * @param {string} theirs Python that defines `work(text)`
 * @returns {{ ours: number, theirs: number }} texts a second
 */
export function ratesOf(texts, ours, theirs) {
  const best = { ours: 0, theirs: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    best.ours = Math.max(best.ours, rateHere(texts, ours));
    best.theirs = Math.max(best.theirs, rateInPython(texts, theirs));
  }
  return best;
}

function rateHere(texts, work) {
  const start = performance.now();
  for (const text of texts) work(text);
  return (texts.length / (performance.now() - start)) * 1000;
}

function rateInPython(texts, source) {
  const program = `${source}
import json, sys, time
texts = json.load(sys.stdin)
start = time.perf_counter()
for text in texts:
    work(text)
print(len(texts) / (time.perf_counter() - start))`;
  const { status, stdout, stderr } = spawnSync(python, ['-I', '-c', program], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

/** A row of the table, for rates that are to be compared with those of `packaging`. */
export function rateRow(subject, rates, least, reference) {
  return {
    subject,
    here: `${shown(rates.ours)}/s`,
    reference: `${shown(rates.theirs)}/s (${reference})`,
    ratio: `${(rates.ours / rates.theirs).toFixed(1)} ×`,
    wanted: `≥ ${shown(least)}/s`,
    isMet: rates.ours >= least,
  };
}

function shown(rate) {
  return Math.round(rate).toLocaleString('en');
}
