/** Builds a recipe.yaml with rattler-build: for native code, and for whatever a person has written by hand. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../errors/user-error.js';
import { buildEnvironment } from '../toolchain/child-environment.js';
import { lastLines } from '../toolchain/run-tool.js';
import { type Package, pathIn, type Workspace } from '../workspace/workspace.js';
import type { ArchiveForm } from './build.js';
import { localChannelFolder } from './channels/open-channel.js';
import type { IndexJson, RecordedPackage } from './conda-record.js';
import { runCondaTool } from './conda-tools.js';
import { type CondaBuild, type FinishedPackage, finishedPackage, writeCondaPackages } from './write-packages.js';

export interface RecipeBuildOptions {
  /** names, URLs, or folders relative to the workspace root, the first before the others */
  readonly channels: readonly string[] | undefined;
  readonly test: boolean;
}

type Built = readonly [path: string, index: IndexJson, about: RecordedPackage['about']];

/** @throws {UserError} without a recipe.yaml, or when it fails */
export async function buildFromRecipe(
  workspace: Workspace,
  pkg: Package,
  archive: ArchiveForm,
  options: RecipeBuildOptions,
): Promise<CondaBuild> {
  const recipe = pathIn(pkg.root, 'recipe.yaml');
  if (!existsSync(join(workspace.root, recipe))) {
    throw new UserError(
      'There is no recipe.yaml to build from; a meta.yaml is built by conda-build only.',
      { project: pkg.project, file: recipe },
      `write one with \`nx g nx-wheelhouse:conda-recipe ${pkg.project} --form=recipe.yaml\``,
    );
  }
  const output = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-recipe-'));
  try {
    const finished: FinishedPackage[] = [];
    for (const format of archive === 'both' ? (['conda', 'tar.bz2'] as const) : [archive]) {
      const built = await runBuild(workspace, pkg, recipe, join(output, format), format, options);
      finished.push(
        ...built.map(([path, index, about]) => finishedPackage(basename(path), readFileSync(path), index, about)),
      );
    }
    const index = finished[0]?.record.index;
    if (index === undefined)
      throw new UserError('The recipe built no package.', { file: recipe }, 'see its conditions');
    const about = { name: index.name, version: index.version, buildNumber: index.build_number, wheelSha256: undefined };
    return { record: writeCondaPackages(workspace.root, pkg, about, finished), notes: [] };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

async function runBuild(
  { root }: Workspace,
  pkg: Package,
  recipe: string,
  output: string,
  format: 'conda' | 'tar.bz2',
  { channels, test }: RecipeBuildOptions,
): Promise<readonly Built[]> {
  mkdirSync(output, { recursive: true });
  const order = {
    recipe: join(root, recipe),
    output,
    channels: channels?.map((channel) => channelUrl(root, channel)) ?? defaultChannels(root),
    format,
    tests: test,
  };
  const { status, stdout, stderr } = await runCondaTool(
    'conda_recipe_build.py',
    [JSON.stringify(order)],
    root,
    buildEnvironment(),
  );
  if (status === 0) return JSON.parse(stdout) as readonly Built[];
  throw new UserError(
    'rattler-build failed.',
    { project: pkg.project, file: recipe },
    'see what it says above',
    lastLines(stderr, 60),
  );
}

function defaultChannels(root: string): string[] {
  const local = localChannelFolder(root);
  return [...(existsSync(local) ? [pathToFileURL(local).href] : []), 'conda-forge'];
}

/** A folder is one that starts as paths do; anything else is the name or the address of a channel. */
function channelUrl(root: string, channel: string): string {
  return /^\.{0,2}[\\/]/.test(channel) ? pathToFileURL(resolve(root, channel)).href : channel;
}
