/** Which readmes of the dists to be published no index can show. */
import { ReadmeRenderer } from '../toolchain/readme-renderer.js';
import type { Inspected } from './inspect.js';

/**
 * @param pythonWithTools gives a Python that has twine's libraries; called only where there is something to render
 * @returns by file name why its readme cannot be shown
 */
export async function unrenderableReadmes(
  packages: readonly Inspected[],
  pythonWithTools: () => Promise<string>,
): Promise<ReadonlyMap<string, string>> {
  const renderer = new ReadmeRenderer(pythonWithTools);
  const problems = new Map<string, string>();
  try {
    for (const [filename, content] of packages.flatMap(({ contents }) => [...contents])) {
      const problem = typeof content === 'string' ? undefined : await renderer.problem(content.metadata);
      if (problem !== undefined) problems.set(filename, problem);
    }
  } finally {
    await renderer.close();
  }
  return problems;
}
