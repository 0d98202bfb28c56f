/** Starting a program and collecting what it says: argument lists only, never a shell. */
export interface ToolResult {
  /** `undefined` when it could not be started or was ended by a signal */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** why it could not be started, such as `ENOENT` */
  readonly startError: NodeJS.ErrnoException | undefined;
}

export interface ToolOptions {
  /** absolute */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** is given what the program prints, as it comes, on top of its being collected */
  readonly onOutput?: (chunk: Buffer) => void;
}

/**
 * Runs a program to its end.
 * @returns its answer, also when it failed or could not be started; nothing is thrown
 */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const spawn = require('cross-spawn') as typeof import('cross-spawn'); // not before a tool runs: what is kept needs none, and is hashed in each command
  return new Promise((resolve) => {
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      into.push(chunk);
      options.onOutput?.(chunk);
    };
    child.stdout?.on('data', collect(stdout));
    child.stderr?.on('data', collect(stderr));
    const finish = (status: number | undefined, startError?: NodeJS.ErrnoException) =>
      resolve({
        status,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
        startError,
      });
    child.once('error', (error: NodeJS.ErrnoException) => finish(undefined, error));
    child.once('close', (code) => finish(code ?? undefined));
  });
}

/** The last lines of what a tool said, for an error's details. */
export function lastLines(text: string, count = 30): string {
  return text.trimEnd().split(/\r?\n/).slice(-count).join('\n');
}
