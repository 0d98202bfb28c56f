/** Packages on their way to a channel that is a folder. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CondaTarget, condaFileStem, condaPackage, readWholeWheel } from '@nx-wheelhouse/python-packaging';
import { expect } from 'vitest';
import { condaArchive } from '../../src/conda/archive.js';
import { buildConda, type CondaBuildOptions } from '../../src/conda/build.js';
import { directoryChannel } from '../../src/conda/channels/directory.js';
import { condaFolder } from '../../src/conda/conda-record.js';
import { type CondaPublishOptions, publishConda } from '../../src/conda/publish.js';
import { recordedWheel } from '../../src/conda/recorded-wheel.js';
import { packageOfProject } from '../../src/workspace/package-of-project.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { builtWorkspace, runIn, type TestWheel, temporaryFolder } from './tools.js';

/** A wheel with each kind of thing that a wheel can hold. */
export const EVERYTHING: TestWheel = {
  name: 'My_Pkg.Demo',
  version: '1.2.0rc1',
  metadata: [
    'Summary: A package with everything',
    'License-Expression: MIT',
    'License-File: LICENSE',
    'Requires-Python: >=3.6',
    'Project-URL: Homepage, https://index.example/home',
    'Project-URL: Source, https://index.example/source',
    '',
    'The description.',
  ],
  files: {
    'demo/__init__.py': 'def main(): print("main runs")\ndef gui(): print("gui runs")\n',
    'demo/data.txt': 'data',
    'DIST.dist-info/licenses/LICENSE': 'licence text',
    'DIST.dist-info/entry_points.txt':
      '[console_scripts]\ndemo = demo:main [extra]\n[gui_scripts]\ndemo-gui = demo:gui\n',
    'DIST.data/scripts/demo-script': '#!python\nimport demo, sys\nprint("script runs", sys.prefix)\n',
    'DIST.data/scripts/demo.sh': '#!/bin/sh\necho shell runs\n',
    'DIST.data/data/etc/demo.conf': 'conf',
    'DIST.data/headers/demo.h': '#define DEMO\n',
  },
};

/** Commands, scripts and data of `EVERYTHING` are where they belong and work, whichever client installed it. */
export function expectEverythingRuns(prefix: string): void {
  expect(runIn(prefix, 'demo')).toBe('main runs');
  expect(runIn(prefix, 'demo-gui')).toBe('gui runs');
  expect(runIn(prefix, 'demo-script')).toBe(`script runs ${prefix}`);
  expect(runIn(prefix, 'demo.sh')).toBe('shell runs');
  expect(statSync(join(prefix, 'bin/demo-script')).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(prefix, 'etc/demo.conf'), 'utf8')).toBe('conf');
}

export const build = async (workspace: Workspace, project: string, options: CondaBuildOptions = {}) =>
  (await buildConda(workspace, project, options)).record;

export async function buildOne(pkg: TestWheel, options: CondaBuildOptions = {}) {
  const workspace = builtWorkspace([pkg]);
  const record = await build(workspace, pkg.name, options);
  return { workspace, record, folder: join(workspace.root, condaFolder(`libs/${pkg.name}`)) };
}

export async function publish(workspace: Workspace, folder: string, options: Partial<CondaPublishOptions> = {}) {
  const projects = [...workspace.packages.values()].map(({ project }) => project);
  const channel = directoryChannel(folder, workspace.root);
  return publishConda(workspace, projects, channel, {
    dryRun: false,
    verifyTimeoutMs: 1000,
    installFrom: undefined,
    raiseBuildNumber: false,
    ...options,
  });
}

/** Builds packages and puts them on a fresh channel. @returns its folder */
export async function channelWith(packages: readonly TestWheel[], options: CondaBuildOptions = {}): Promise<string> {
  const workspace = builtWorkspace(packages);
  for (const { name } of packages) await build(workspace, name, options);
  const folder = join(temporaryFolder(), 'channel');
  const { outcomes } = await publish(workspace, folder);
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return folder;
}

/** Puts a package into a channel's folder that no build of ours makes so. */
export async function putByHand(
  channel: string,
  subdir: string,
  wheel: TestWheel,
  target: CondaTarget,
  depends: readonly string[],
): Promise<void> {
  const workspace = builtWorkspace([wheel]);
  const { path } = recordedWheel(workspace, packageOfProject(workspace, wheel.name));
  const options = { name: wheel.name, buildNumber: 0, depends, modified: undefined };
  const conda = condaPackage(await readWholeWheel(path), target, options);
  mkdirSync(join(channel, subdir), { recursive: true });
  writeFileSync(join(channel, subdir, `${condaFileStem(conda)}.conda`), await condaArchive(conda));
}
