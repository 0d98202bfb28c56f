// Other ways to build all packages of a workspace, as their users call them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUvWorkspace, requirementsOf } from './backends.mjs';
import { installed, timedNx, workspaceOf } from './workspaces.mjs';

const NXLV = '23.1.1';

export const uvVersion = () => uv(['--version'], process.cwd()).trim().split(' (')[0];

/**
 * `uv build`, with an environment for each package, or with one made beforehand.
 * @returns {number} seconds
 */
export function uvBuild(root, mix, { isolation }) {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-rival-'));
  try {
    const options = ['--quiet', '--out-dir', join(folder, 'out')];
    if (!isolation) {
      uv(['venv', '--quiet', join(folder, 'venv')], root);
      const python = join(folder, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
      uv(['pip', 'install', '--quiet', '--python', python, ...requirementsOf(mix)], root);
      options.push('--no-build-isolation', '--python', python);
    }
    const calls = isUvWorkspace(mix)
      ? [['build', '--all-packages', ...options]]
      : readdirSync(join(root, 'packages')).map((name) => ['build', join('packages', name), ...options]);
    uv(calls[0].includes('--all-packages') ? ['--version'] : calls[0], root); // its cache is warm, as our environments are
    const start = performance.now();
    for (const call of calls) uv(call, root);
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let nxlvModules;

/** @returns {{ seconds: number, version: string }} `nx run-many -t build` with the executor of @nxlv/python, dependencies as declared */
export function nxlvBuild(count) {
  nxlvModules ??= installed(['nx@23.3.2', '@nx/devkit@23.3.2', `@nxlv/python@${NXLV}`]);
  const options = { lockedVersions: false, bundleLocalDependencies: false, publish: true };
  const root = workspaceOf(count, nxlvModules, { plugin: '@nxlv/python', options: { packageManager: 'uv' } }, () => ({
    projectType: 'library',
    targets: {
      build: {
        executor: '@nxlv/python:build',
        outputs: ['{projectRoot}/dist'],
        options: { outputPath: '{projectRoot}/dist', ...options },
        cache: true,
      },
    },
  }));
  uv(['lock', '--quiet'], root);
  return { seconds: timedNx(root, ['run-many', '-t', 'build'], 'cold').seconds, version: NXLV };
}

function uv(args, cwd) {
  const { status, stdout, stderr, error } = spawnSync('uv', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  if (status !== 0) throw new Error(`uv ${args.join(' ')} ended with ${status}\n${stderr}`);
  return stdout;
}
