// A program: builds all packages of a workspace with the engine alone, without Nx. Leaves in a file the seconds that all but the first
// took, as hook_limit.py counts: what only the first has to do (start, imports, the manifests) is no part of what a package takes.
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import builder from '../../packages/nx-wheelhouse/dist/build/build.js';
import planning from '../../packages/nx-wheelhouse/dist/build/plan.js';
import reading from '../../packages/nx-wheelhouse/dist/workspace/read.js';

const [root, result, ...manifests] = process.argv.slice(2);
const workspace = reading.readWorkspace(root, manifests);
const noConstraints = { file: undefined, requirements: [] };
const engine = new builder.Builder(workspace, noConstraints);
try {
  const [first, ...others] = [...workspace.packages.values()].map(({ project }) => project);
  const build = (project) => engine.build(planning.planBuild(workspace, project, {}, noConstraints));
  await build(first);
  const start = performance.now();
  await Promise.all(others.map(build));
  writeFileSync(result, String((performance.now() - start) / 1000));
} finally {
  await engine.close();
}
