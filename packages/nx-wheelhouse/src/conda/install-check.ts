/** The last proof: a real solver and installer puts a published package into a fresh prefix, and what it offers is tried there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsOf, importableModules, readWheel } from '@nx-wheelhouse/python-packaging';
import { lastLines } from '../toolchain/run-tool.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import type { Workspace } from '../workspace/workspace.js';
import type { CondaRecord } from './conda-record.js';
import { runCondaTool } from './conda-tools.js';
import { recordedWheel } from './recorded-wheel.js';

/**
 * Installs the package, imports its modules, and looks whether its commands could start. Commands are not run: what they do is not
 * known.
 * @param channels the one that the package has been put on before all others
 * @returns what does not work, a line each
 * @throws {UserError} when the wheel, which says what is offered, is not there as it was built
 */
export async function checkInstallation(
  workspace: Workspace,
  project: string,
  { name, version }: CondaRecord,
  channels: readonly string[],
): Promise<readonly string[]> {
  const wheel = await readWheel(recordedWheel(workspace, packageOfProject(workspace, project)).path);
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-install-'));
  try {
    const order = {
      prefix: join(folder, 'prefix'),
      // Of its own: a cache that others share may hold other bytes under this name.
      cache: join(folder, 'cache'),
      channels,
      spec: `${name} ==${version}`,
      imports: importableModules(wheel.files),
      commands: commandsOf(wheel.entryPoints).map((command) => [command.name, command.module, command.attribute]),
    };
    const { status, stdout, stderr } = await runCondaTool('conda_install.py', [JSON.stringify(order)], workspace.root);
    if (status !== 0) return [`it cannot be installed: ${lastLines(stderr, 12)}`];
    return (JSON.parse(stdout) as { readonly problems: readonly string[] }).problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
