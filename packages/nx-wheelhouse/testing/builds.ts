/** Real builds of the packages in a folder, with the repository's tools. */
import { readdirSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { Builder, type BuildResult } from '../src/build/build.js';
import { readBuildConstraints } from '../src/build/build-constraints.js';
import { type BuildOptions, planBuild } from '../src/build/plan.js';
import { MANIFEST_FILES } from '../src/workspace/manifest-files.js';
import { readWorkspace } from '../src/workspace/read.js';
import { toolPrograms, toolsFolder } from './tools.js';

/** Puts uv on PATH, and the tool cache where it stays between runs. */
export function useRealTools(): void {
  process.env.PATH = [toolPrograms, process.env.PATH].join(delimiter);
  process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = join(toolsFolder, 'wheelhouse-cache');
}

export async function buildPackage(root: string, project: string, options: BuildOptions = {}): Promise<BuildResult> {
  const [result] = await buildPackages(root, [project], options);
  if (result?.status === 'fulfilled') return result.value;
  throw result?.reason;
}

/** Builds some packages at once, as one run would. */
export async function buildPackages(
  root: string,
  projects: readonly string[],
  options: BuildOptions = {},
): Promise<PromiseSettledResult<BuildResult>[]> {
  const manifests = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    (MANIFEST_FILES as readonly string[]).includes(basename(path)),
  );
  const workspace = readWorkspace(root, manifests);
  const constraints = readBuildConstraints(root);
  const builder = new Builder(workspace, constraints);
  try {
    const build = async (project: string) => builder.build(planBuild(workspace, project, options, constraints));
    return await Promise.allSettled(projects.map(build));
  } finally {
    await builder.close();
  }
}
