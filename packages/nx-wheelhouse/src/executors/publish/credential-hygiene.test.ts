/** A token is shown and kept nowhere, whatever a server says and whoever sends the files. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useRealTools } from '../../../testing/builds.js';
import { startFaultServer } from '../../../testing/publish/fault-server.js';
import { PublishWorkspace } from '../../../testing/publish/publish-workspace.js';
import { temporaryFolder } from '../../../testing/publish/tools.js';
import { type RunningIndex, startLocalIndex } from '../../local-index/server.js';

// Its base64 has characters that another alphabet has otherwise.
const SECRET = 's3cret/with+signs>>>>>=';
const FORMS = [SECRET, `__token__:${SECRET}`].flatMap((text) => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString('base64'),
  Buffer.from(text).toString('base64').replace(/=+$/, ''),
]);

const workspace = new PublishWorkspace();
let elsewhere: string;
let index: RunningIndex;
let printed = '';
beforeEach(async () => {
  useRealTools();
  elsewhere = temporaryFolder();
  writeFileSync(join(elsewhere, 'token'), SECRET);
  index = await startLocalIndex(elsewhere);
  workspace.open.push({ close: () => void index.close() });
  printed = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
  }
});
afterEach(() => {
  rmSync(elsewhere, { recursive: true, force: true });
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What every process of this machine was started with; empty where it does not tell. */
function commandLines(): string {
  if (!existsSync('/proc/self/cmdline')) return '';
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readIfThere(`/proc/${pid}/cmdline`)).join('\n');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

function allFiles(folder: string): string {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return paths
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

test.each(['builtin', 'uv', 'twine'])('with %s', async (uploader) => {
  const seen: string[] = [];
  const server = await startFaultServer(index, () => {
    seen.push(commandLines());
    return 'echo';
  });
  workspace.open.push(server);
  const summary = join(workspace.root, 'summary.md');
  vi.stubEnv('GITHUB_STEP_SUMMARY', summary);
  vi.stubEnv(`NX_WHEELHOUSE_TOKEN_${new URL(server.uploadUrl).host.replace(/[.:]/g, '_')}`, `${SECRET}\n`);
  workspace.builtPackage('aaa');
  const results = await workspace.publishAll({ repository: server.uploadUrl, uploader });
  const terminalOutput = results.map(({ result }) => result.terminalOutput).join();
  expect(terminalOutput).toMatch(/400.*sorry.*\[hidden\]/);
  expect(server.authorizations.at(-1)).toBeDefined();
  expect(readFileSync(join(workspace.root, '.wheelhouse', 'publish.json'), 'utf8')).toContain('[hidden]');
  const places = { terminalOutput, printed, commandLines: seen.join(), files: allFiles(workspace.root) };
  expect(places.files).toContain('sorry');
  for (const [place, text] of Object.entries(places)) {
    for (const form of FORMS) expect(text.includes(form), `${form} in ${place}`).toBe(false);
  }
});
