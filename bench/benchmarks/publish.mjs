// Publishing: all checks, the upload and the look at what the index lists, against bare uploads of the same files by uv and twine.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import installing from '../../packages/nx-wheelhouse/dist/publish/install-check.js';
import retrying from '../../packages/nx-wheelhouse/dist/publish/retry.js';
import interpreters from '../../packages/nx-wheelhouse/dist/toolchain/interpreter.js';
import { provisionTools, repository } from '../../scripts/tools.mjs';
import { startIndex } from '../harness/index-server.mjs';
import { publishPackages } from '../harness/publisher.mjs';
import { python } from '../harness/python.mjs';
import { median } from '../harness/workspaces.mjs';

const PACKAGES = 200;
const SLOW_FILES = 80;
const SLOW_MS = 500;
const ROUNDS = 3;

export default async function benchmark() {
  process.env.PATH = [provisionTools(), process.env.PATH].join(delimiter);
  const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-bench-'));
  try {
    const packages = makePackages(join(scratch, 'many'), PACKAGES, {});
    const { row, index } = await wholeBatch(scratch, packages);
    try {
      const rows = [row, await installation(scratch, packages, index), await resuming(packages, index)];
      return [...rows, await slowIndex(scratch, packages.slice(0, SLOW_FILES / 2)), await bigWheel(scratch)];
    } finally {
      index.stop();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Both into an index that has nothing, in turn. */
async function wholeBatch(scratch, packages) {
  const [ours, theirs] = [[], []];
  let last;
  for (let round = 0; round < ROUNDS; round += 1) {
    last?.stop();
    last = await startIndex(join(scratch, `ours-${round}`));
    ours.push(await timed(() => publishPackages(accessTo(last), packages)));
    const other = await startIndex(join(scratch, `theirs-${round}`));
    theirs.push(await timed(() => uvPublish(other, packages)));
    other.stop();
  }
  const ratio = median(ours) / median(theirs);
  const row = {
    subject: `${PACKAGES} packages, ${packages.length * 2} files: checks before, upload, hashes after`,
    here: seconds(median(ours)),
    reference: `${seconds(median(theirs))}, ${version('uv')} publish: upload only`,
    ratio: `${ratio.toFixed(2)} × its time`,
    wanted: '≤ 1.5 ×',
    isMet: ratio <= 1.5,
  };
  return { row, index: last };
}

async function installation(scratch, packages, index) {
  const interpreter = await interpreters.findInterpreter({
    request: python,
    folder: scratch,
    requiresPython: undefined,
  });
  const releases = packages.map(({ project, name, version: number, dists }) => {
    return { project, name, version: number, sha256: dists.map(({ sha256 }) => sha256) };
  });
  const check = { environments: 'one', runScripts: false };
  const time = await timed(async () => {
    const problems = await installing.checkInstallation(releases, accessTo(index), interpreter, check);
    if (problems.size > 0) throw new Error([...problems.values()][0]);
  });
  return absolute(`joint installation and import of ${PACKAGES}`, seconds(time), '≤ 5 s', time <= 5000);
}

async function resuming(packages, index) {
  const before = await index.gets();
  const time = await timed(() => publishPackages(accessTo(index), packages));
  const gets = (await index.gets()) - before;
  const isMet = time <= 1000 && gets <= PACKAGES;
  return absolute(`the same ${PACKAGES} again`, `${seconds(time)}, ${gets} GETs`, `≤ 1 s, ${PACKAGES} GETs`, isMet);
}

async function slowIndex(scratch, packages) {
  const times = {};
  for (const [name, send] of Object.entries({ ours: publishHere, uv: uvPublish, twine: twineUpload })) {
    const index = await startIndex(join(scratch, `slow-${name}`), SLOW_MS);
    times[name] = await timed(() => send(index, packages));
    index.stop();
  }
  const ratio = Math.min(times.uv, times.twine) / times.ours;
  return {
    subject: `${SLOW_FILES} files to an index that takes ${SLOW_MS / 1000} s for each`,
    here: seconds(times.ours),
    reference: `${seconds(times.uv)} ${version('uv')}, ${seconds(times.twine)} twine`,
    ratio: `${ratio.toFixed(1)} ×`,
    wanted: '4 ×',
    isMet: ratio >= 4,
  };
}

async function bigWheel(scratch) {
  const packages = makePackages(join(scratch, 'big'), 1, { bulk: 100_000_000 });
  const index = await startIndex(join(scratch, 'big-index'));
  const program = fileURLToPath(new URL('../harness/publisher.mjs', import.meta.url));
  const args = [program, JSON.stringify(accessTo(index)), JSON.stringify(packages)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  index.stop();
  if (status !== 0) throw new Error(stderr);
  const megabytes = Number(stdout) / 1000;
  return absolute('memory with a wheel of 100 MB', `${megabytes.toFixed(0)} MB`, '≤ 130 MB', megabytes <= 130);
}

function absolute(subject, here, wanted, isMet) {
  return { subject, here, reference: '', ratio: '', wanted, isMet };
}

function makePackages(folder, count, extra) {
  const names = Array.from({ length: count }, (_, number) => `package-${String(number).padStart(4, '0')}`);
  const packages = names.map((name) => ({ name, version: '1.0', ...extra }));
  mkdirSync(folder);
  const program = join(repository, 'packages', 'nx-wheelhouse', 'testing', 'publish', 'make_dists.py');
  run(python, ['-I', program, folder], { input: JSON.stringify(packages) });
  const files = readdirSync(folder);
  return packages.map(({ name, version: number }) => {
    const stem = `${name.replaceAll('-', '_')}-${number}`;
    const dists = files
      .filter((file) => file.startsWith(`${stem}-`) || file === `${stem}.tar.gz`)
      .map((filename) => distOf(join(folder, filename)));
    return { project: name, name, version: number, dists, after: [] };
  });
}

function distOf(path) {
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return {
    filename: basename(path),
    kind: path.endsWith('.whl') ? 'wheel' : 'sdist',
    path,
    sha256,
    size: statSync(path).size,
  };
}

function accessTo({ uploadUrl, listingUrl, token }) {
  const repositoryOfOurs = { kind: 'local', name: 'bench', uploadUrl, listingUrl };
  const credential = { username: '__token__', password: token };
  return { repository: repositoryOfOurs, credential, patience: retrying.PATIENCE };
}

function publishHere(index, packages) {
  return publishPackages(accessTo(index), packages);
}

function uvPublish({ uploadUrl, token }, packages) {
  const args = ['publish', '--quiet', '--no-config', '--trusted-publishing', 'never', '--publish-url', uploadUrl];
  run('uv', [...args, ...pathsOf(packages)], { env: { ...process.env, UV_PUBLISH_TOKEN: token } });
}

function twineUpload({ uploadUrl, token }, packages) {
  const args = ['upload', '--non-interactive', '--disable-progress-bar', '--repository-url', uploadUrl];
  const env = { ...process.env, TWINE_USERNAME: '__token__', TWINE_PASSWORD: token };
  run('twine', [...args, ...pathsOf(packages)], { env });
}

function pathsOf(packages) {
  return packages.flatMap(({ dists }) => dists.map(({ path }) => path));
}

function version(program) {
  return run(program, ['--version'], {}).trim().split(' (')[0];
}

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
