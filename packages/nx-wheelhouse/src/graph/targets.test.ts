/** What the targets of a package declare. */
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { createNodesOf } from './plugin.js';

afterAll(removeFolders);

test('a build declares the file of its version only where no manifest states it', async () => {
  const root = folderWith({
    'stated/pyproject.toml': project('stated'),
    'computed/pyproject.toml': '[project]\nname = "computed"\ndynamic = ["version"]\n',
  });
  const nodes = await createNodesOf(['computed/pyproject.toml', 'stated/pyproject.toml'], undefined, root);
  const outputs = nodes.map(([, { projects = {} }]) => Object.values(projects)[0]?.targets?.build?.outputs);
  expect(outputs).toEqual([
    [
      '{projectRoot}/dist',
      '{workspaceRoot}/.wheelhouse/computed/dist.json',
      '{workspaceRoot}/.wheelhouse/computed/dist-version.txt',
    ],
    ['{projectRoot}/dist', '{workspaceRoot}/.wheelhouse/stated/dist.json'],
  ]);
});

test.skipIf(process.platform === 'win32')(
  'which files are executable is part of the hash of the build that packs them',
  async () => {
    const root = folderWith({
      'a/pyproject.toml': project('a', { readme: '../shared/run.sh' }),
      'a/run.sh': '',
      'b/pyproject.toml': project('b'),
      'b/run.sh': '',
      'shared/run.sh': '',
    });
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    execFileSync('git', ['add', '.'], { cwd: root });
    const hashes = async () => {
      const nodes = await createNodesOf(['a/pyproject.toml', 'b/pyproject.toml'], undefined, root);
      return nodes.map(([, { projects = {}, externalNodes = {} }]) => {
        const inputs = Object.values(projects)[0]?.targets?.build?.inputs ?? [];
        const names = inputs.flatMap((input) =>
          typeof input === 'object' && 'externalDependencies' in input ? input.externalDependencies : [],
        );
        return names.map((name) => externalNodes[name]?.data.hash);
      });
    };
    const none = await hashes();
    expect(none).toEqual([[], []]);
    chmodSync(join(root, 'a/run.sh'), 0o755);
    const one = await hashes();
    expect(one).toEqual([[expect.any(String)], []]);
    chmodSync(join(root, 'shared/run.sh'), 0o755);
    const two = await hashes();
    expect(two).toEqual([[expect.any(String)], []]);
    expect(two).not.toEqual(one);
    chmodSync(join(root, 'b/run.sh'), 0o755);
    expect(await hashes()).toEqual([two[0], [expect.any(String)]]);
    execFileSync('git', ['add', '.'], { cwd: root });
    expect((await hashes())[0]).toEqual(two[0]);
  },
);
