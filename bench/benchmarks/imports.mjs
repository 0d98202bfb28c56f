// Finding the imports of 10,000 Python files: with nothing kept, and with what the last graph has kept. Python's own parser beside it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import listing from '../../packages/nx-wheelhouse/dist/workspace/files.js';
import keeping from '../../packages/nx-wheelhouse/dist/workspace/kept/kept-imports.js';
import reading from '../../packages/nx-wheelhouse/dist/workspace/python-imports.js';
import { python } from '../harness/python.mjs';

const FILES = 10_000;
const ROUNDS = 5;

export default function run() {
  const root = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-bench-'));
  try {
    const paths = writeSources(root);
    for (const args of [
      ['init', '--quiet'],
      ['add', '--all'],
    ])
      spawnSync('git', args, { cwd: root });
    const files = listing.listFiles(root);
    const cache = join(root, '.nx');
    const times = { cold: [], warm: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rmSync(cache, { recursive: true, force: true });
      for (const start of ['cold', 'warm']) {
        const begin = performance.now();
        const kept = new keeping.KeptImports(cache);
        const { imports: found } = reading.readImports(root, paths, files, kept);
        kept.save();
        times[start].push((performance.now() - begin) / 1000);
        if (found.size !== FILES) throw new Error(`the imports of ${found.size} files were found, not of ${FILES}`);
      }
    }
    const theirs = timeOfAst(root, paths);
    return [
      ['cold', 1],
      ['warm', 0.15],
    ].map(([start, most]) => {
      const here = Math.min(...times[start]);
      return {
        subject: `imports of ${FILES.toLocaleString('en')} files, ${start}`,
        here: `${here.toFixed(2)} s`,
        reference: `${theirs.toFixed(2)} s (Python's ast)`,
        ratio: `${(theirs / here).toFixed(1)} ×`,
        wanted: `≤ ${most} s`,
        isMet: here <= most,
      };
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function writeSources(root) {
  return Array.from({ length: FILES }, (_, number) => {
    const path = `p${number % 500}/m${number}.py`;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const functions = Array.from(
      { length: 12 },
      (_, f) => `def f${f}(x: int = ${number}) -> int:\n    """Scale."""\n    return x * ${f}\n`,
    );
    writeFileSync(join(root, path), `import os\nfrom p${number % 499} import m${number}\n\n${functions.join('\n')}`);
    return path;
  });
}

function timeOfAst(root, paths) {
  const program = `import ast, json, sys, time
start = time.perf_counter()
for path in json.load(sys.stdin):
    with open(path, "rb") as file:
        [node for node in ast.walk(ast.parse(file.read())) if isinstance(node, (ast.Import, ast.ImportFrom))]
print(time.perf_counter() - start)`;
  const { stdout, status, stderr } = spawnSync(python, ['-I', '-c', program], {
    cwd: root,
    input: JSON.stringify(paths),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
