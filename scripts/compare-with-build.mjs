#!/usr/bin/env node
// Builds real sdists (scripts/real-sdists.txt, pinned by hash) with the engine and with `python -m build`, and compares the wheels:
// list of files, contents, METADATA. `node scripts/compare-with-build.mjs [NAME...]`, after `npm run build`; a quarter of an hour for all.
//
// Not compared: RECORD, which repeats the rest in any order; the bytes of shared libraries and of the bills of materials that go with
// them, in which compilers note the build's folder; times and modes, which the engine makes the same everywhere.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setUp } from './setup.mjs';
import { repository } from './tools.mjs';

const programs = setUp();
const python = join(programs, 'python');
process.env.PATH = [programs, process.env.PATH].join(delimiter);
process.env.UV_PYTHON ??= python;
const engine = (path) =>
  import(join(repository, 'packages', 'nx-wheelhouse', 'dist', path)).then((one) => one.default ?? one);
const { Builder } = await engine('build/build.js');
const { planBuild } = await engine('build/plan.js');
const { readBuildConstraints } = await engine('build/build-constraints.js');
const { readWorkspace } = await engine('workspace/read.js');

const OPAQUE = /\.(so|pyd|dylib)$|\.dist-info\/(RECORD|sboms\/.*)$|^contourpy\/util\/_build_config\.py$/;
const sdists = join(repository, '.tools', 'sdists');
const work = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-compare-'));
try {
  const folders = unpack(download(process.argv.slice(2)));
  const ours = await buildWithEngine(folders);
  const reference = await inParallel(folders, buildWithReference);
  report(folders.map((folder, index) => compare(folder, ours.get(folder), reference[index])));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** @returns paths of the sdists, all or those of the named distributions */
function download(names) {
  const pins = readFileSync(join(repository, 'scripts', 'real-sdists.txt'), 'utf8')
    .trim()
    .split('\n');
  const wanted = names.length === 0 ? pins : pins.filter((pin) => names.includes(pin.split('==')[0]));
  const script = join(repository, 'e2e', 'harness', 'download_sdists.py');
  const { status, stdout, stderr } = spawnSync(python, [script, sdists], {
    input: wanted.join('\n'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => join(sdists, line.split(' ').at(-1)));
}

function unpack(archives) {
  mkdirSync(join(work, 'libs'));
  for (const archive of archives) run('tar', ['-xzf', archive, '--no-same-owner', '-C', join(work, 'libs')]);
  const folders = readdirSync(join(work, 'libs')).sort();
  for (const folder of folders) {
    const tree = join(work, 'libs', folder);
    // maturin refuses to write its own over one that is there.
    if (manifestOf(tree).includes('"maturin"')) rmSync(join(tree, 'PKG-INFO'), { force: true });
    if (asksGit(tree)) commit(tree);
  }
  return folders;
}

function manifestOf(folder) {
  const manifest = join(folder, 'pyproject.toml');
  return existsSync(manifest) ? readFileSync(manifest, 'utf8') : '';
}

/** Meson makes sdists in a git repository only, and setuptools-scm takes versions and files from one. */
function asksGit(folder) {
  return /mesonpy|setuptools[-_]scm|hatch-vcs/.test(manifestOf(folder));
}

/** Without what the making of the sdist wrote: no repository tracks it, and when a backend writes it anew the tree counts as changed. */
function commit(folder) {
  const identity = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@index.example'];
  const version = folder.slice(folder.lastIndexOf('-') + 1);
  const written = [...manifestOf(folder).matchAll(/^(?:write_to|version[-_]file)\s*=\s*"([^"]+)"/gm)].map(
    ([, file]) => `/${file}`,
  );
  run('git', ['-C', folder, 'init', '--quiet']);
  writeFileSync(join(folder, '.git', 'info', 'exclude'), ['/PKG-INFO', '*.egg-info/', ...written, ''].join('\n'));
  const commands = [
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'Sources'],
    ['tag', version],
  ];
  for (const command of commands) run('git', ['-C', folder, ...identity, ...command]);
}

/** @returns by folder: the backend, and the folder of the dists or what went wrong */
async function buildWithEngine(folders) {
  const manifests = folders.flatMap((folder) =>
    ['pyproject.toml', 'setup.cfg', 'setup.py']
      .map((file) => `libs/${folder}/${file}`)
      .filter((file) => existsSync(join(work, file))),
  );
  const workspace = readWorkspace(work, manifests);
  const constraints = readBuildConstraints(work);
  const builder = new Builder(workspace, constraints);
  try {
    const results = await Promise.all(
      folders.map(async (folder) => {
        const pkg = workspace.packages.get(`libs/${folder}`);
        if (pkg === undefined) return [folder, { backend: 'unknown', error: 'is no package to the engine' }];
        const { backend } = pkg.manifest.buildSystem;
        // A backend of the corpus is built from its sdist like everything else, not put in place of the one on the index.
        try {
          await builder.build({ ...planBuild(workspace, pkg.project, {}, constraints), siblings: [] });
          return [folder, { backend, dist: join(work, 'libs', folder, 'dist') }];
        } catch (error) {
          return [folder, { backend, error: error.message }];
        }
      }),
    );
    return new Map(results);
  } finally {
    await builder.close();
  }
}

async function buildWithReference(folder) {
  const source = join(work, 'reference', folder);
  mkdirSync(join(work, 'reference'), { recursive: true });
  run('cp', ['-r', join(work, 'libs', folder), source]);
  rmSync(join(source, 'dist'), { recursive: true, force: true });
  const out = join(work, 'out', folder);
  const { status, output } = await start(python, ['-m', 'build', '--installer', 'uv', '--outdir', out, source]);
  rmSync(source, { recursive: true, force: true });
  return status === 0 ? { dist: out } : { error: output.trim().split('\n').slice(-5).join('\n') };
}

function compare(folder, { backend, dist, error }, reference) {
  if (error !== undefined || reference.error !== undefined) {
    const bothFail = error !== undefined && reference.error !== undefined;
    return {
      folder,
      backend,
      verdict: bothFail ? 'neither builds' : 'differs',
      reasons: [error ?? `build: ${reference.error}`],
    };
  }
  const [ours, theirs] = [readWheels(dist), readWheels(reference.dist)];
  const reasons = [];
  for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const [mine, other] = [ours[name] ?? {}, theirs[name] ?? {}];
    if (!(name in ours) || !(name in theirs)) reasons.push(`${name} is made by one only`);
    for (const path of new Set([...Object.keys(mine), ...Object.keys(other)])) {
      if (!(path in mine)) reasons.push(`${path} is missing`);
      else if (!(path in other)) reasons.push(`${path} is too many`);
      else if (mine[path] !== other[path] && !OPAQUE.test(path)) reasons.push(`${path} has other contents`);
    }
  }
  return { folder, backend, verdict: reasons.length === 0 ? 'equal' : 'differs', reasons };
}

function readWheels(folder) {
  return JSON.parse(run(python, [join(repository, 'e2e', 'harness', 'read_wheels.py'), folder]));
}

function report(results) {
  const count = (list, verdict) => list.filter((one) => one.verdict === verdict).length;
  const backends = [...new Set(results.map(({ backend }) => backend))].sort();
  console.log('| backend | sdists | equal | differ | neither builds |\n| --- | --- | --- | --- | --- |');
  for (const backend of [...backends, undefined]) {
    const list = backend === undefined ? results : results.filter((one) => one.backend === backend);
    const row = [
      backend ?? 'all',
      list.length,
      ...['equal', 'differs', 'neither builds'].map((verdict) => count(list, verdict)),
    ];
    console.log(`| ${row.join(' | ')} |`);
  }
  for (const { folder, verdict, reasons } of results.filter((one) => one.verdict !== 'equal')) {
    console.log(
      `\n${folder}: ${verdict}\n${reasons
        .slice(0, 8)
        .map((reason) => `  ${reason.slice(0, 1500)}`)
        .join('\n')}`,
    );
  }
  process.exitCode = count(results, 'differs') === 0 ? 0 : 1;
}

async function inParallel(items, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stderr}`);
  return stdout;
}

function start(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('close', (status) => resolve({ status, output }));
  });
}
