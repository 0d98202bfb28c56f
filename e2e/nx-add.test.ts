/** `npx nx add nx-wheelhouse` from a real registry: how people come to the plugin. */
import { afterEach, describe, expect, test } from 'vitest';
import { type NpmRegistry, startNpmRegistry } from './harness/npm-registry.js';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

describe('nx add', () => {
  let workspace: Workspace;
  let registry: NpmRegistry;
  afterEach(() => {
    registry?.close();
    workspace?.dispose();
  });

  test('installs the plugin, registers it, and changes nothing the second time', async () => {
    registry = await startNpmRegistry();
    workspace = await aWorkspace({ files: aPackage('libs/alpha', 'alpha'), nxJson: { plugins: undefined } });
    removePlugin(workspace);
    workspace.write('.gitignore', 'node_modules/\n.nx/\n');
    await workspace.commit('Without the plugin');
    workspace.env.npm_config_registry = registry.url;

    await workspace.run('npx', 'nx', 'add', 'nx-wheelhouse');
    const { devDependencies } = JSON.parse(workspace.read('package.json'));
    expect(devDependencies['nx-wheelhouse']).toMatch(/^[~^]?\d+\.\d+\.\d+$/);
    expect(workspace.read('package-lock.json')).toContain('"node_modules/@nx-wheelhouse/python-packaging"');
    const nxJson = JSON.parse(workspace.read('nx.json'));
    expect(nxJson.plugins).toEqual(['nx-wheelhouse']);
    expect(nxJson.release.projects).toHaveLength(1);
    expect(workspace.read('.gitignore')).toMatch(/^node_modules\/\n\.nx\/\n[\s\S]*^\.wheelhouse\/$/m);
    expect(await workspace.tasks('run-many -t build test')).toEqual({
      'alpha:build': 'executed',
      'alpha:test': 'executed',
    });

    await workspace.commit('With the plugin');
    await workspace.run('npx', 'nx', 'add', 'nx-wheelhouse');
    expect(await workspace.git('status', '--short')).toBe('');
  });
});

/** What the template of all workspaces has installed from tarballs. */
function removePlugin(workspace: Workspace): void {
  const manifest = JSON.parse(workspace.read('package.json'));
  for (const name of Object.keys(manifest.devDependencies)) {
    if (/^(@nx-wheelhouse\/.*|nx-wheelhouse)$/.test(name)) delete manifest.devDependencies[name];
  }
  workspace.write('package.json', JSON.stringify(manifest, undefined, 2));
  workspace.remove('node_modules/nx-wheelhouse');
  workspace.remove('node_modules/@nx-wheelhouse');
  // Both speak of the tarballs. npm reads what is installed where they are missing.
  workspace.remove('package-lock.json');
  workspace.remove('node_modules/.package-lock.json');
}
