// A program: builds all packages of a workspace with the engine alone, without Nx.
import builder from '../../packages/nx-wheelhouse/dist/build/build.js';
import planning from '../../packages/nx-wheelhouse/dist/build/plan.js';
import reading from '../../packages/nx-wheelhouse/dist/workspace/read.js';

const [root, ...manifests] = process.argv.slice(2);
const workspace = reading.readWorkspace(root, manifests);
const noConstraints = { file: undefined, requirements: [] };
const engine = new builder.Builder(workspace, noConstraints);
try {
  const projects = [...workspace.packages.values()].map(({ project }) => project);
  await Promise.all(projects.map((one) => engine.build(planning.planBuild(workspace, one, {}, noConstraints))));
} finally {
  await engine.close();
}
