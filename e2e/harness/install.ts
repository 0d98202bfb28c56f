/** Once per run: packs the packages and installs the tarballs with Nx, as a user would, into a folder that all workspaces copy. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Everything the tests keep between runs. */
export const kept = join(repository, '.tools');
export const toolPrograms = join(kept, 'venv', process.platform === 'win32' ? 'Scripts' : 'bin');
/** A workspace's package.json and node_modules, ready to be copied. */
export const template = join(kept, 'e2e-template');

/** The tarballs. */
export const packed = join(repository, 'dist', 'packages');

export default function install(): void {
  run('node', [join(repository, 'scripts', 'pack.mjs')], repository);
  const tarballs = readdirSync(packed).map((file) => join(packed, file));
  const nxVersion = JSON.parse(readFileSync(join(repository, 'node_modules', 'nx', 'package.json'), 'utf8'))
    .version as string;
  const digest = createHash('sha256').update(nxVersion);
  for (const tarball of tarballs) digest.update(readFileSync(tarball));
  const identity = digest.digest('hex');
  const stamp = join(template, 'installed.sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === identity) return;
  rmSync(template, { recursive: true, force: true });
  mkdirSync(template, { recursive: true });
  writeFileSync(join(template, 'package.json'), JSON.stringify({ name: 'workspace', private: true }));
  run(
    'npm',
    ['install', '--save-dev', '--no-audit', '--no-fund', '--loglevel=error', `nx@${nxVersion}`, ...tarballs],
    template,
  );
  writeFileSync(stamp, identity);
}

function run(command: string, args: string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}
