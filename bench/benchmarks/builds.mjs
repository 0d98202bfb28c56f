// Building a workspace of packages with the engine, against `uv build --all-packages` on the same tree in the same run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import builder from '../../packages/nx-wheelhouse/dist/build/build.js';
import planning from '../../packages/nx-wheelhouse/dist/build/plan.js';
import reading from '../../packages/nx-wheelhouse/dist/workspace/read.js';
import { provisionTools } from '../../scripts/tools.mjs';
import { python } from '../harness/python.mjs';

const PACKAGES = 20;
const MODULES = 10;
/** How many times faster than uv, which makes an environment for each package, unless it has the backend inside. */
const BACKENDS = [
  { requires: 'hatchling', backend: 'hatchling.build', wanted: 15 },
  { requires: 'setuptools', backend: 'setuptools.build_meta', wanted: 15 },
  { requires: 'flit-core', backend: 'flit_core.buildapi', wanted: 15 },
];

export default async function run() {
  process.env.PATH = [provisionTools(), process.env.PATH].join(delimiter);
  process.env.UV_PYTHON = python;
  const rows = [];
  for (const { requires, backend, wanted } of BACKENDS) {
    const root = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-bench-'));
    try {
      const manifests = writeWorkspace(root, requires, backend);
      await buildAll(root, manifests); // environments are there on both sides: uv keeps what it downloads
      const ours = await timed(() => buildAll(root, manifests));
      const theirs = await timed(() => uvBuild(root));
      const ratio = theirs / ours;
      rows.push({
        subject: `${PACKAGES} packages of ${requires}, sdist and wheel`,
        here: `${(ours / PACKAGES).toFixed(1)} ms a package`,
        reference: `${(theirs / PACKAGES).toFixed(1)} ms, ${uv(['--version'], root).trim().split(' (')[0]} build --all-packages`,
        ratio: `${ratio.toFixed(1)} ×`,
        wanted: `${wanted} ×`,
        isMet: ratio >= wanted,
      });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  return rows;
}

function writeWorkspace(root, requires, backend) {
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["packages/*"]\n');
  write('.gitignore', 'dist\n.wheelhouse\nout\n');
  return Array.from({ length: PACKAGES }, (_, number) => {
    const [folder, module] = [`packages/p${number}`, `p${number}`];
    write(
      `${folder}/pyproject.toml`,
      `[project]\nname = "${module}"\nversion = "1.0"\ndescription = "One of many"\n[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n`,
    );
    write(`${folder}/src/${module}/__init__.py`, '"""One of many."""\n');
    for (let one = 0; one < MODULES; one += 1)
      write(`${folder}/src/${module}/m${one}.py`, 'def f(x):\n    return x\n'.repeat(20));
    return `${folder}/pyproject.toml`;
  });
}

async function buildAll(root, manifests) {
  const workspace = reading.readWorkspace(root, manifests);
  const engine = new builder.Builder(workspace);
  try {
    const plans = [...workspace.packages.values()].map(({ project }) =>
      planning.planBuild(workspace, project, {}, { file: undefined, requirements: [] }),
    );
    await Promise.all(plans.map((plan) => engine.build(plan)));
  } finally {
    await engine.close();
  }
}

function uvBuild(root) {
  uv(['build', '--all-packages', '--quiet', '--out-dir', 'out'], root);
}

function uv(args, cwd) {
  const { status, stdout, stderr } = spawnSync('uv', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
