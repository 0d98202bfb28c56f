/**
 * Four real repositories, laid out from what matters of them (manifests, locks, import lines), against the truth about them: packages,
 * declared edges, imports of siblings that nobody declares. They are kept beside this repository and are no part of it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const corpora = process.env.NX_WHEELHOUSE_CORPORA ?? join(repository, '..', 'shared', 'corpora');

/** How many packages, declared edges and undeclared imports each of them has, so that a truth that shrank is noticed. */
const TRUTHS = [
  { corpus: 'opentelemetry-python-contrib', packages: 73, declared: 0, imported: 0 },
  { corpus: 'openllmetry', packages: 35, declared: 0, imported: 0 },
  { corpus: 'dbt-adapters', packages: 9, declared: 0, imported: 0 },
  { corpus: 'autogluon', packages: 7, declared: 0, imported: 0 },
];

describe.skipIf(!existsSync(corpora))('the graph of real repositories', () => {
  let workspace: Workspace;
  afterEach(() => workspace?.dispose());

  test.each(TRUTHS)('$corpus: nothing is missing, nothing is false', async (truth) => {
    workspace = await aWorkspace();
    const corpus = join(corpora, `${truth.corpus}.json.gz`);
    const nxJson = workspace.read('nx.json');
    node(join(corpora, 'materialise.mjs'), corpus, workspace.root);
    // One of them is an Nx workspace with plugins of its own.
    workspace.write('nx.json', nxJson);
    await workspace.commit('The corpus');
    await workspace.nx('graph --file=graph.json');
    const graph = workspace.path('graph.json');
    const verdict = node(join(corpora, 'compare.mjs'), graph, join(corpora, `${truth.corpus}.truth.json`), corpus);
    const { packages, declared, imported } = truth;
    expect(verdict).toContain(
      `${packages}/${packages} packages, ${declared}/${declared} declared edges, 0 false, ${imported}/${imported} undeclared-but-imported edges`,
    );
  });
});

/** @returns what the program prints, whatever it ends with: the reader's own words are the best message */
function node(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return stdout + stderr;
}
