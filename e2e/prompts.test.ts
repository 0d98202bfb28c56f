/** The questions of `nx g python-package`: asked in a terminal, never where nobody answers. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const terminal = join(import.meta.dirname, 'harness', 'in_terminal.py');
const QUESTIONS = ['Which folder should the package be made in?', 'Which licence should it have?'] as const;

// Python has no pseudo-terminal on Windows.
describe.skipIf(process.platform === 'win32')('nx g python-package', () => {
  let workspace: Workspace;
  afterEach(() => workspace?.dispose());

  const inTerminal = (answers: readonly (readonly [string, string])[], ...args: string[]) => {
    const nx = workspace.path('node_modules', 'nx', 'dist', 'bin', 'nx.js');
    return workspace.tryRun('python', terminal, JSON.stringify(answers), process.execPath, nx, ...args);
  };
  // Nx takes these for a sign that nobody is there.
  const asAPerson = { CI: 'false', GITHUB_ACTIONS: '', NX_INTERACTIVE: '' };

  test('asks for what was not said, and takes the answers', async () => {
    workspace = await aWorkspace();
    Object.assign(workspace.env, asAPerson);
    // The licence that is offered stands there already: a person takes it away first.
    const instead = `${'\x7f'.repeat('MIT'.length)}Apache-2.0\r`;
    const answers = [
      [QUESTIONS[0], 'libs/alpha\r'],
      [QUESTIONS[1], instead],
    ] as const;
    const { output, status } = await inTerminal(answers, 'g', 'python-package', '--skipLock');
    expect(status, output).toBe(0);
    expect(workspace.read('libs/alpha/pyproject.toml')).toContain('license = "Apache-2.0"');
    expect(workspace.read('libs/alpha/LICENSE')).toContain('Apache License');
  });

  test('takes what is offered on Enter, and asks nothing that was said', async () => {
    workspace = await aWorkspace();
    Object.assign(workspace.env, asAPerson);
    const { output, status } = await inTerminal(
      [[QUESTIONS[1], '\r']],
      'g',
      'python-package',
      'libs/beta',
      '--skipLock',
    );
    expect(status, output).toBe(0);
    expect(output).not.toContain(QUESTIONS[0]);
    expect(workspace.read('libs/beta/pyproject.toml')).toContain('license = "MIT"');
    const said = await inTerminal([], 'g', 'python-package', 'libs/gamma', '--license=none', '--skipLock');
    expect(said.status, said.output).toBe(0);
    for (const question of QUESTIONS) expect(said.output).not.toContain(question);
  });

  test('asks nothing in CI, though there is a terminal: it makes do, or says what is missing', async () => {
    workspace = await aWorkspace();
    workspace.env.CI = 'true';
    const made = await inTerminal([], 'g', 'python-package', 'libs/alpha', '--skipLock');
    expect(made.status, made.output).toBe(0);
    expect(made.output).not.toContain(QUESTIONS[1]);
    expect(workspace.read('libs/alpha/pyproject.toml')).toContain('license = "MIT"');
    const missing = await inTerminal([], 'g', 'python-package', '--skipLock');
    expect(missing.status).not.toBe(0);
    expect(missing.output).toContain('directory');
    expect(missing.output).not.toContain(QUESTIONS[0]);
  });
});
