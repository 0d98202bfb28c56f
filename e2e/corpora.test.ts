/**
 * Four real repositories, laid out from what matters of them (manifests, locks, import lines), against the truth about them: packages,
 * declared edges, imports of siblings that nobody declares. They are kept beside this repository and are no part of it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const corpora = process.env.NX_WHEELHOUSE_CORPORA ?? join(repository, '..', 'shared', 'corpora');

/** How many of each there are, so that a truth that shrank would be noticed. */
const TRUTHS = [
  { corpus: 'opentelemetry-python-contrib', packages: 73, declared: 210, imported: 2 },
  { corpus: 'openllmetry', packages: 35, declared: 87, imported: 2 },
  { corpus: 'dbt-adapters', packages: 9, declared: 17, imported: 1 },
  { corpus: 'autogluon', packages: 7, declared: 17, imported: 6 },
];

describe.skipIf(!existsSync(corpora)).each(TRUTHS)(
  'the graph of $corpus',
  ({ corpus, packages, declared, imported }) => {
    let workspace: Workspace;
    let verdict: string;
    beforeAll(async () => {
      workspace = await aWorkspace();
      const nxJson = workspace.read('nx.json');
      const archive = join(corpora, `${corpus}.json.gz`);
      node(join(corpora, 'materialise.mjs'), archive, workspace.root);
      // One of them is an Nx workspace with plugins of its own.
      workspace.write('nx.json', nxJson);
      await workspace.commit('The corpus');
      await workspace.nx('graph --file=graph.json');
      const truth = join(corpora, `${corpus}.truth.json`);
      verdict = node(join(corpora, 'compare.mjs'), workspace.path('graph.json'), truth, archive);
    });
    afterAll(() => workspace?.dispose());

    test('has every package and every declared edge, and no false one', () => {
      expect(verdict).toContain(`${packages}/${packages} packages, ${declared}/${declared} declared edges, 0 false`);
    });

    test('has every edge that only an import makes', () => {
      expect(verdict).toContain(`${imported}/${imported} undeclared-but-imported edges`);
    });
  },
);

/** @returns what the program prints, whatever it ends with: its own words are the best message */
function node(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return stdout + stderr;
}
