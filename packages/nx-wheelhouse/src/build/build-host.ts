/** The Node side of python/build_host.py: one long-lived Python process per build environment that answers hook calls. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildEnvironment } from '../toolchain/child-environment.js';
import { type Environment, pathWith } from '../toolchain/environments.js';

type HookOperation = 'requires_sdist' | 'requires_wheel' | 'build_sdist' | 'build_wheel';

export interface HookCall {
  readonly operation: HookOperation;
  /** as `build-backend` states it: `module` or `module:object` */
  readonly backend: string;
  readonly backendPath: readonly string[];
  /** the source tree, absolute; the hook's working folder */
  readonly source: string;
  /** where dists go, absolute */
  readonly output: string;
  /** a folder that does not exist yet, to unpack the sdist into; `undefined`: it is not unpacked */
  readonly unpack: string | undefined;
  /** a file that everything the backend prints is appended to, absolute */
  readonly log: string;
}

export type HookAnswer =
  | { readonly ok: true; readonly value: string | readonly string[] }
  | {
      readonly ok: false;
      readonly error: string;
      /** the place in the source tree that the error came from, where it came from there */
      readonly file?: string | null;
      readonly line?: number | null;
    };

const SCRIPT = join(__dirname, '..', '..', 'python', 'build_host.py');

/** One Python process. Calls may overlap; each is answered, also when the process dies. */
export class BuildHost {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: HookAnswer) => void>();
  #calls = 0;
  #end: string | undefined;

  constructor(environment: Environment) {
    const env = buildEnvironment({ PATH: pathWith(environment), VIRTUAL_ENV: environment.folder });
    this.#process = spawn(environment.python, ['-s', '-B', SCRIPT], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
      // A process group of its own: ending the host ends every compiler a backend has started.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#process.once('error', (error) => this.#fail(`the build host could not be started: ${error.message}`));
    this.#process.once('close', (code, signal) =>
      this.#fail(`the build host ended (${signal ?? `exit code ${code}`})`),
    );
    this.#process.stdin?.on('error', () => {}); // a dead host is told by `close`
    if (this.#process.stdout)
      createInterface({ input: this.#process.stdout }).on('line', (line) => this.#receive(line));
  }

  call(request: HookCall): Promise<HookAnswer> {
    if (this.#end !== undefined) return Promise.resolve({ ok: false, error: this.#end });
    const id = ++this.#calls;
    const epoch = Number(buildEnvironment().SOURCE_DATE_EPOCH);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#process.stdin?.write(`${JSON.stringify({ id, epoch, ...request, unpack: request.unpack ?? null })}\n`);
    });
  }

  /** Lets the process end: no further calls. */
  close(): void {
    this.#process.stdin?.end();
  }

  /** Ends the process and everything it has started, now. */
  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined || this.#process.exitCode !== null) return;
    try {
      if (process.platform === 'win32') this.#process.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself between the question and the signal.
    }
  }

  #receive(line: string): void {
    const { id, ...answer } = JSON.parse(line) as HookAnswer & { id: number };
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #fail(reason: string): void {
    this.#end = reason;
    for (const resolve of this.#waiting.values()) resolve({ ok: false, error: reason });
    this.#waiting.clear();
  }
}
