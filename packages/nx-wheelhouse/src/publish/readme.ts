/** Whether an index can show a readme: rendered by the library that PyPI and `twine check` use. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from '../toolchain/child-environment.js';
import { lastLines } from '../toolchain/run-tool.js';
import type { Inspected } from './inspect.js';

/** reStructuredText is what an index takes a readme for that does not say what it is. Plain text and Markdown always render. */
const RENDER = `
import io, json, sys
from readme_renderer import rst
for name, text in json.load(sys.stdin).items():
    warnings = io.StringIO()
    if rst.render(text, stream=warnings) is None:
        print(json.dumps([name, warnings.getvalue().strip()]))
`;

/**
 * @param pythonWithTools gives a Python that has twine's libraries; called only where there is something to render
 * @returns by file name why its readme cannot be shown
 */
export async function unrenderableReadmes(
  packages: readonly Inspected[],
  pythonWithTools: () => Promise<string>,
): Promise<ReadonlyMap<string, string>> {
  const texts: Record<string, string> = {};
  for (const [filename, content] of packages.flatMap(({ contents }) => [...contents])) {
    if (typeof content === 'string') continue;
    const { description, descriptionContentType = 'text/x-rst' } = content.metadata;
    if (description?.trim() && /^text\/x-rst\b/i.test(descriptionContentType)) texts[filename] = description;
  }
  if (Object.keys(texts).length === 0) return new Map();
  const child = spawn(await pythonWithTools(), ['-I', '-c', RENDER], { env: childEnvironment() });
  child.stdin.end(JSON.stringify(texts));
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('close', resolve)),
  ]);
  if (status !== 0) {
    const fix = 'check that the tools of the plugin can be installed';
    throw new UserError('The readmes could not be rendered.', {}, fix, lastLines(stderr, 5));
  }
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line) as [string, string]));
}
