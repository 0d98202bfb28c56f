// Generated uv workspaces, and Nx in them: the same packages for every plugin that is compared.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pack } from '../../scripts/pack.mjs';
import { repository } from '../../scripts/tools.mjs';
import { backendOf, isUvWorkspace, manifestOf } from './backends.mjs';

const LAYERS = 8;
const MODULES = 10;
const TESTS = 3;
/** The least that a plugin can do: the same graph, and builds that do nothing. */
const FLOOR = join(repository, 'bench', 'floor-plugin');

const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
let made = 0;

function nextNumber() {
  made += 1;
  return made;
}

/** The same answer as the plugin gives, read from a file: what Nx itself needs for that many targets and inputs. */
const ANSWER = 'answer.json';
const SAME = `const floor = require('./floor-plugin/index.js');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
exports.name = 'same';
exports.createNodes = ['packages/*/pyproject.toml', (_files, _options, { workspaceRoot }) =>
  JSON.parse(readFileSync(join(workspaceRoot, '${ANSWER}'), 'utf8'))];
exports.createDependencies = floor.createDependencies;
`;
const WRITE_ANSWER = `const [root] = process.argv.slice(1);
const { createNodes: [, createNodes] } = require('nx-wheelhouse');
const { writeFileSync, readdirSync } = require('node:fs');
const manifests = ['pyproject.toml', ...readdirSync('packages').map((name) => 'packages/' + name + '/pyproject.toml')];
createNodes(manifests, undefined, { workspaceRoot: root }).then((answer) => writeFileSync('${ANSWER}', JSON.stringify(answer)));
`;

/** Has every Node process of a run say, when it ends, how much memory it had at most. */
const TELL_MEMORY = `process.on('exit', () => require('node:fs').writeFileSync(
  require('node:path').join(process.env.BENCH_MEMORY, String(process.pid)), String(process.resourceUsage().maxRSS)));
`;

/**
 * A folder with node_modules, made once for each list of packages.
 * @param {readonly string[]} npmPackages beside Nx
 */
export function installed(npmPackages) {
  const folder = join(scratch, `modules-${nextNumber()}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--silent', '--no-audit', '--no-fund', '--legacy-peer-deps', ...npmPackages];
  run('npm', args, folder);
  return join(folder, 'node_modules');
}

/** Nx as this repository has it, and the packed plugin. */
export function withPlugin() {
  const nx = run(process.execPath, ['-p', 'require("nx/package.json").version'], repository).trim();
  return installed([`nx@${nx}`, ...pack()]);
}

/**
 * @param {number} count packages in eight layers, each with two siblings of the layer below, ten modules and three tests
 * @param {string} nodeModules
 * @param {object} plugin the entry of nx.json; `floor` for the least there can be, `same` for the plugin's answer from a file
 * @param {(name: string) => object} [projectJson] what stands beside each manifest
 * @param {keyof MIXES} [mix] the backends
 */
export function workspaceOf(count, nodeModules, plugin, projectJson, mix = 'hatchling') {
  const root = join(scratch, `workspace-${nextNumber()}`);
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  if (isUvWorkspace(mix)) write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["packages/*"]\n');
  write('.gitignore', 'node_modules\n.nx\n.wheelhouse\ndist\n');
  write('package.json', '{ "name": "bench", "private": true }\n');
  const local = { floor: './floor-plugin/index.js', same: './same.js' };
  if (local[plugin]) cpSync(FLOOR, join(root, 'floor-plugin'), { recursive: true });
  if (plugin === 'same') write('same.js', SAME);
  write('nx.json', JSON.stringify({ analytics: false, plugins: [local[plugin] ?? plugin] }));
  for (let index = 0; index < count; index += 1) {
    for (const [path, text] of Object.entries(packageFiles(index, count, mix))) write(path, text);
    const name = nameOf(index);
    if (projectJson) write(`packages/${name}/project.json`, JSON.stringify({ name, ...projectJson(name) }));
  }
  run('cp', ['-al', nodeModules, join(root, 'node_modules')], scratch);
  run('git', ['init', '--quiet'], root);
  run('git', ['add', '--all'], root);
  run('git', ['-c', 'user.name=b', '-c', 'user.email=b@index.example', 'commit', '--quiet', '-m', 'Start'], root);
  if (plugin === 'same')
    run(process.execPath, ['-e', WRITE_ANSWER, root], root, { ...process.env, NX_CACHE_PROJECT_GRAPH: 'false' });
  return root;
}

function nameOf(index) {
  return `pkg-${String(index).padStart(4, '0')}`;
}

function packageFiles(index, count, mix) {
  const size = Math.ceil(count / LAYERS);
  const below = Math.floor(index / size) * size - size;
  const siblings = below < 0 ? [] : [...new Set([below + (index % size), below + ((index * 7) % size)])].map(nameOf);
  const name = nameOf(index);
  const module = name.replace('-', '_');
  const folder = `packages/${name}`;
  const manifests = manifestOf(backendOf(mix, index), name, siblings);
  const files = {
    ...Object.fromEntries(Object.entries(manifests).map(([file, text]) => [`${folder}/${file}`, text])),
    [`${folder}/README.md`]: `# ${name}\n`,
  };
  for (let number = 0; number < MODULES; number += 1) {
    const imports = siblings.map((sibling) => `from ${sibling.replace('-', '_')} import m1\n`).join('');
    const functions = Array.from(
      { length: 6 },
      (_, f) =>
        `def f${f}(value: int, factor: int = ${number + f}) -> int:\n    """Scale it."""\n    return value * factor + ${index}\n`,
    ).join('\n\n');
    files[`${folder}/src/${module}/${number === 0 ? '__init__' : `m${number}`}.py`] =
      `import os\n${imports}\n\n${functions}`;
  }
  for (let number = 0; number < TESTS; number += 1) {
    files[`${folder}/tests/test_${number}.py`] = `from ${module} import m1\n\n\ndef test_it():\n    assert m1.f0(1)\n`;
  }
  return files;
}

/**
 * Runs Nx once, without daemon.
 * @param {'first' | 'cold' | 'warm'} start first: nothing that Nx or a plugin has kept of the workspace; cold: as after `nx reset`
 * @param {Record<string, string>} [variables] of the environment, besides
 * @returns {{ seconds: number, megabytes: number, stdout: string, stderr: string }} the memory of the process that needed most
 */
export function timedNx(root, args, start, variables = {}) {
  // The same folder each time: the plugin keeps which interpreter it has found for as long as no variable differs.
  const memory = join(scratch, 'memory');
  mkdirSync(memory, { recursive: true });
  // File by file: a process of the last run may still be telling.
  for (const process of readdirSync(memory)) rmSync(join(memory, process), { force: true });
  const teller = join(scratch, 'tell-memory.cjs');
  writeFileSync(teller, TELL_MEMORY);
  const env = { ...nxEnvironment(root), NODE_OPTIONS: `--require ${teller}`, BENCH_MEMORY: memory, ...variables };
  const forgotten = {
    first: [env.NX_WORKSPACE_DATA_DIRECTORY, join(env.NX_WHEELHOUSE_CACHE_DIRECTORY, 'graphs')],
    cold: [env.NX_WORKSPACE_DATA_DIRECTORY],
    warm: [],
  }[start];
  for (const folder of forgotten) rmSync(folder, { recursive: true, force: true });
  const begin = performance.now();
  const { stdout, stderr } = outputOf(process.execPath, [nxProgram(root), ...args], root, env);
  const seconds = (performance.now() - begin) / 1000;
  const kilobytes = readdirSync(memory).map((process) => Number(readFileSync(join(memory, process), 'utf8')));
  return { seconds, megabytes: Math.max(...kilobytes) / 1024, stdout, stderr };
}

export function nxProgram(root) {
  return join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
}

/** Without daemon, with all that Nx keeps in the workspace, and a tool cache that nobody else uses unless one is chosen. */
export function nxEnvironment(root) {
  return {
    NX_WHEELHOUSE_CACHE_DIRECTORY: join(root, '.nx', 'tool-cache'),
    ...process.env,
    NX_DAEMON: 'false',
    NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx', 'data'),
    NX_CACHE_DIRECTORY: join(root, '.nx', 'cache'),
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function run(command, args, cwd, env) {
  return outputOf(command, args, cwd, env).stdout;
}

function outputOf(command, args, cwd, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return { stdout, stderr };
}
