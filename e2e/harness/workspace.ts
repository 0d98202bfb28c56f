/** A fresh Nx workspace with the packed plugin, and the real `nx` in it. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { kept, template, toolPrograms } from './install.js';

export interface RunResult {
  readonly status: number;
  /** standard output and standard error, as they came */
  readonly output: string;
  readonly stdout: string;
}

/** What one run of Nx did with each task. */
export type TaskVerdict = 'executed' | 'local cache' | 'remote cache' | 'failed';

export interface WorkspaceOptions {
  /** the folder's name, for paths with spaces and other characters */
  readonly name?: string;
  /** files to write first, by path */
  readonly files?: Readonly<Record<string, string>>;
  /** on top of the plugin's entry */
  readonly nxJson?: Readonly<Record<string, unknown>>;
  /** without git, when false */
  readonly git?: boolean;
}

export class Workspace {
  /** environment variables for everything that is run here */
  readonly env: Record<string, string> = {};

  constructor(
    readonly root: string,
    private readonly scratch: string,
  ) {
    // A cache of its own: workspaces of equal git history would share one.
    this.env.NX_CACHE_DIRECTORY = join(scratch, 'nx-cache');
    this.env.NX_WORKSPACE_DATA_DIRECTORY = join(scratch, 'nx-data');
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  append(path: string, text: string): void {
    this.write(path, this.read(path) + text);
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  remove(path: string): void {
    rmSync(this.path(path), { recursive: true, force: true });
  }

  /** Names in a folder, sorted. */
  list(path: string): string[] {
    return readdirSync(this.path(path)).sort();
  }

  /** Runs a program here and fails when it does. */
  async run(command: string, ...args: string[]): Promise<string> {
    const { status, output } = await this.tryRun(command, ...args);
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${output}`);
    return output;
  }

  tryRun(command: string, ...args: string[]): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: this.root,
        env: this.#environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      let stdout = '';
      // Decoded by the stream: a character may come in two chunks.
      child.stdout.setEncoding('utf8');
      child.stderr.setEncoding('utf8');
      child.stdout.on('data', (chunk) => {
        output += chunk;
        stdout += chunk;
      });
      child.stderr.on('data', (chunk) => (output += chunk));
      child.once('error', reject);
      child.once('close', (status) => resolve({ status: status ?? -1, output, stdout }));
    });
  }

  /** `nx ...`, as typed: `workspace.nx('run-many -t build')`. Fails when Nx does. */
  nx(commandLine: string, ...more: string[]): Promise<string> {
    return this.run(process.execPath, this.#nxProgram(), ...commandLine.split(' '), ...more);
  }

  tryNx(commandLine: string, ...more: string[]): Promise<RunResult> {
    return this.tryRun(process.execPath, this.#nxProgram(), ...commandLine.split(' '), ...more);
  }

  /** What Nx prints for programs (`--json`): standard output only, so that no warning gets into it. */
  async json<T>(commandLine: string): Promise<T> {
    const { status, output, stdout } = await this.tryNx(`${commandLine} --json`);
    if (status !== 0) throw new Error(`nx ${commandLine} --json ended with ${status}\n${output}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs tasks and tells what became of each. */
  async tasks(commandLine: string): Promise<Record<string, TaskVerdict>> {
    return verdictsOf((await this.tryNx(`${commandLine} --output-style=static`)).output);
  }

  git(...args: string[]): Promise<string> {
    return this.run('git', ...args);
  }

  async commit(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  /** A clone of what is committed, with caches of its own, as another machine would have. */
  async clone(): Promise<Workspace> {
    const other = emptyWorkspace({});
    rmSync(other.root, { recursive: true });
    await this.git('clone', '--quiet', this.root, other.root);
    linkTree(join(template, 'node_modules'), other.path('node_modules'));
    return other;
  }

  dispose(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }

  #nxProgram(): string {
    return this.path('node_modules', 'nx', 'dist', 'bin', 'nx.js');
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${toolPrograms}:${process.env.PATH}`,
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_WHEELHOUSE_CACHE_DIRECTORY: join(kept, 'wheelhouse-cache'),
      NO_COLOR: '1',
      FORCE_COLOR: undefined, // Nx sets it for the task that runs these tests; with both, Node prints a warning
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@index.example',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@index.example',
      ...this.env,
    };
  }
}

/** Makes a workspace whose nx.json lists the plugin, in a git repository with one commit. */
export async function aWorkspace(options: WorkspaceOptions = {}): Promise<Workspace> {
  const workspace = emptyWorkspace(options);
  cpSync(join(template, 'package.json'), workspace.path('package.json'));
  cpSync(join(template, 'package-lock.json'), workspace.path('package-lock.json'));
  linkTree(join(template, 'node_modules'), workspace.path('node_modules'));
  workspace.write(
    'nx.json',
    JSON.stringify({ plugins: ['nx-wheelhouse'], analytics: false, ...options.nxJson }, null, 2),
  );
  workspace.write(
    '.gitignore',
    [
      'node_modules/',
      '.nx/',
      'dist/',
      '.wheelhouse/',
      '.venv/',
      '__pycache__/',
      '*.egg-info/',
      '.pytest_cache/',
      '',
    ].join('\n'),
  );
  for (const [path, text] of Object.entries(options.files ?? {})) workspace.write(path, text);
  if (options.git !== false) {
    await workspace.git('init', '--quiet', '--initial-branch=main');
    await workspace.commit('Start');
  }
  return workspace;
}

function emptyWorkspace({ name = 'workspace' }: WorkspaceOptions): Workspace {
  const scratch = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-e2e-'));
  mkdirSync(join(scratch, name), { recursive: true });
  return new Workspace(join(scratch, name), scratch);
}

/** A copy by hard links: node_modules is read only, and copying its bytes would take most of a test's time. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkSync(source, target);
  }
}

/** Reads Nx's own report (`--output-style=static`): a line a task, the cache's part in brackets. */
function verdictsOf(output: string): Record<string, TaskVerdict> {
  const verdicts: Record<string, TaskVerdict> = {};
  for (const line of output.split('\n')) {
    const match = /^(?:> nx run|✔ {2}nx run|✖ {2}nx run) ([^\s]+)(?:.* {2}\[(.*)\])?/.exec(line.trim());
    if (!match) continue;
    const [, task = '', note = ''] = match;
    if (note.includes('remote cache')) verdicts[task] = 'remote cache';
    else if (note.includes('cache')) verdicts[task] = 'local cache';
    else if (line.includes('✖')) verdicts[task] = 'failed';
    else verdicts[task] ??= 'executed';
  }
  return verdicts;
}
