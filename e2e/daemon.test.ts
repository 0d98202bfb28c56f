/** What Nx's daemon reads again after an edit: the files that the plugin opens are written down by a module loaded before it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPackage, uvWorkspace } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const NAMES = ['hub', 'middle', 'leaf'];

/** Loaded into every process of Nx by NODE_OPTIONS; a line for each read of a file. */
const RECORDER = `const fs = require('node:fs');
const { appendFileSync, readFileSync, readFile } = fs;
const note = (path) => appendFileSync(process.env.READS, String(path) + '\\n');
fs.readFileSync = (path, ...rest) => (note(path), readFileSync(path, ...rest));
fs.readFile = (path, ...rest) => (note(path), readFile(path, ...rest));
const promises = fs.promises;
const read = promises.readFile;
promises.readFile = (path, ...rest) => (note(path), read(path, ...rest));
`;

interface Graph {
  readonly graph: { readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>> };
}

describe('in the daemon', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace({
      files: {
        ...uvWorkspace(NAMES),
        ...aPackage('libs/hub', 'hub'),
        ...aPackage('libs/middle', 'middle', { dependencies: ['hub'] }),
        ...aPackage('libs/leaf', 'leaf', { dependencies: ['middle', 'idna'] }),
        'recorder.cjs': RECORDER,
      },
    });
    await workspace.run('uv', 'lock', '--quiet', '--upgrade-package', 'idna==3.9');
    await workspace.commit('Lock');
    workspace.write('.git/reads', '');
    workspace.env.READS = workspace.path('.git/reads');
    workspace.env.NODE_OPTIONS = `--require ${JSON.stringify(workspace.path('recorder.cjs'))}`;
    workspace.env.NX_DAEMON = 'true';
    await workspace.nx('show projects');
  });
  afterAll(async () => {
    await workspace?.tryNx('daemon --stop');
    workspace?.dispose();
  });

  /** Python's files that were read since the last look, once Nx has answered; each once, relative to the workspace. */
  const reads = async () => {
    await workspace.nx('show projects');
    const paths = [...new Set(workspace.read('.git/reads').split('\n'))];
    workspace.write('.git/reads', '');
    return paths
      .filter((path) => path.startsWith(`${workspace.root}/`) && !path.includes('/node_modules/'))
      .map((path) => path.slice(workspace.root.length + 1))
      .filter((path) => /\.(py|toml|lock|cfg|txt)$/.test(path))
      .sort();
  };

  test.each<[string, string, (text: string) => string]>([
    ['a module', 'libs/hub/src/hub/__init__.py', (text) => `import os\n${text}`],
    ['a test', 'libs/leaf/tests/test_leaf.py', (text) => `import hub\n${text}`],
    ['a pyproject.toml', 'libs/hub/pyproject.toml', (text) => `${text}# a comment\n`],
    ['the lock', 'uv.lock', (text) => text.replace('revision', '# a comment\nrevision')],
  ])('an edit of %s reads that file', async (_, path, edit) => {
    const before = workspace.read(path);
    expect(edit(before)).not.toBe(before);
    await reads();
    workspace.write(path, edit(before));
    // The daemon hears of an edit from the system, which may be after it was asked.
    let found = await reads();
    while (found.length === 0) found = await reads();
    expect(found).toEqual([path]);
  });

  test('after `nx reset` nothing is read again', async () => {
    while ((await reads()).length > 0);
    await workspace.nx('reset');
    expect(await reads()).toEqual([]);
  });

  test('an edit leads to another graph', async () => {
    workspace.write('libs/hub/src/hub/late.py', 'import leaf\n');
    const needs = async () => {
      const { graph } = await workspace.json<Graph>('graph --print');
      return graph.dependencies.hub?.map(({ target }) => target);
    };
    await expect.poll(needs, { timeout: 300_000 }).toEqual(['leaf']);
  });
});
