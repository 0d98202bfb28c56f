// Answers, for one revision after another, what `nx affected` would select in both of its modes, and the hash of every task.
//   node selection.cjs   in the workspace; a line {"base", "head"} in for each answer, the tree being checked out at head
// It calls the functions that the command line calls, in one process, so that a commit costs a graph and no start of Nx. Whether a task
// is executed follows from its hash: a task of a hash that was there before comes from the cache.
const { createInterface } = require('node:readline');
const { join } = require('node:path');

// By path: what is used here is none of Nx's public interface.
const from = (path) => require(join(process.cwd(), 'node_modules', 'nx', 'dist', 'src', `${path}.js`));
const { createProjectGraphAsync } = from('project-graph/project-graph');
const { filterAffected } = from('project-graph/affected/affected-project-graph');
const { selectAffectedTasks } = from('project-graph/affected/affected-tasks');
const { calculateFileChanges } = from('project-graph/file-utils');
const { selectTasksForProjects } = from('tasks-runner/run-command');
const { createTaskGraph } = from('tasks-runner/create-task-graph');
const { createTaskPlanningContext } = from('hasher/task-planning-context');
const { createTaskHasher } = from('hasher/create-task-hasher');
const { getTaskSpecificEnv } = from('tasks-runner/task-env');
const { splitArgsIntoNxArgsAndOverrides, parseFiles } = from('utils/command-line-utils');
const { refreshWorkspaceContext } = from('utils/workspace-context');
const { projectHasTarget } = from('utils/project-graph-utils');
const { readNxJson } = from('config/nx-json');

const targets = ['build', 'test'];

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
}

async function answer({ base, head }) {
  refreshWorkspaceContext(process.cwd());
  const nxJson = readNxJson();
  const graph = await createProjectGraphAsync();
  const args = { targets, base, head, parallel: 1 };
  const { nxArgs } = splitArgsIntoNxArgsAndOverrides(args, 'affected', { printWarnings: false }, nxJson);
  const touched = calculateFileChanges(parseFiles(nxArgs).files, nxArgs);
  const having = (names) =>
    names.filter((name) => targets.some((target) => projectHasTarget(graph.nodes[name], target)));
  const planning = createTaskPlanningContext(graph, nxJson);
  return {
    projects: Object.fromEntries(
      Object.values(graph.nodes).map(({ name, data }) => [
        name,
        { root: data.root, targets: Object.keys(data.targets) },
      ]),
    ),
    hashes: await hashes(graph, nxJson, planning, having(Object.keys(graph.nodes))),
    selected: {
      'task-grained': await taskGrained(graph, nxJson, planning, touched, { base, head }),
      legacy: await legacy(graph, touched, nxArgs, having),
    },
  };
}

async function taskGrained(graph, nxJson, planning, touched, revisions) {
  const request = {
    targets,
    changedFiles: touched.map(({ file }) => file),
    fileChangeArgs: revisions,
    overrides: {},
    extraTargetDependencies: {},
    excludeTaskDependencies: false,
    exclude: [],
    selectivelyHashTsConfig: false,
  };
  const { taskSelection } = await selectAffectedTasks(graph, nxJson, planning, request, { touchedFiles: touched });
  return Object.keys(taskSelection.taskGraph.tasks);
}

async function legacy(graph, touched, nxArgs, having) {
  const affected = await filterAffected(graph, touched);
  const selection = selectTasksForProjects(graph, having(Object.keys(affected.nodes)), nxArgs, {}, {}, false);
  return Object.keys(selection.taskGraph.tasks);
}

async function hashes(graph, nxJson, planning, projects) {
  const taskGraph = createTaskGraph(graph, {}, projects, targets, undefined, {}, false);
  const tasks = Object.values(taskGraph.tasks);
  const hasher = createTaskHasher(graph, nxJson, {}, undefined, planning);
  const environments = Object.fromEntries(tasks.map((task) => [task.id, getTaskSpecificEnv(task, graph)]));
  const hashed = await hasher.hashTasks(tasks, taskGraph, environments);
  return Object.fromEntries(tasks.map(({ id }, index) => [id, hashed[index].value]));
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
