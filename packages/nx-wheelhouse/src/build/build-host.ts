/** The Node side of python/build_host.py: one long-lived Python process per build environment that does the steps of builds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildEnvironment } from '../toolchain/child-environment.js';
import { type Environment, pathWith } from '../toolchain/environments.js';
import type { StagedFile } from './stage.js';

/** The steps of a build, in their order; see python/wheelhouse_host/steps.py. */
export type Step = 'stage' | 'requires_sdist' | 'sdist' | 'requires_wheel' | 'wheel' | 'clear' | 'restate';

export interface StepsRequest {
  /** done in one process */
  readonly steps: readonly Step[];
  /** as `build-backend` states it: `module` or `module:object` */
  readonly backend: string;
  readonly backendPath: readonly string[];
  /** what the hooks are called with (PEP 517, "Config settings"); `null` for nothing */
  readonly configSettings: Readonly<Record<string, string | readonly string[]>> | null;
  /** the requirements that the environment was made from */
  readonly provided: readonly string[];
  /** the build's folder, absolute; it holds `dist/` */
  readonly folder: string;
  /** the package's folder in the stage */
  readonly project: string;
  readonly files: readonly StagedFile[];
  /** a file that everything the backend prints is appended to, absolute */
  readonly log: string;
  /** whether the backend is known to write the members of an sdist in an order that is always the same */
  readonly ordered: boolean;
  /** for `restate`: the new text of `Requires-Dist` fields by the old one, by file name */
  readonly replacements: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** whether the sdist is unpacked for the wheel to be built from */
  readonly unpack: boolean;
  /** whether the host may build a package of its own in its own process first, and several packages in one, see mayWarmUp */
  readonly warmUp: boolean;
  /** whether the host may import the backend itself, see isKnownBackend */
  readonly preloadsBackend: boolean;
  /** bytes that each process may have for data, `null` for what there is; held to on Linux */
  readonly memoryLimit: number | null;
  /** milliseconds after which the steps are given up and their process is ended, `null` for never; waiting does not count */
  readonly timeout: number | null;
}

export type StepsAnswer =
  | {
      readonly ok: true;
      /** fewer than asked for where a step found requirements missing, or the backend made no file */
      readonly done: readonly Step[];
      /** the names of the files in `dist/`, as the backend gave them */
      readonly made: { readonly sdist?: string; readonly wheel?: string };
      /** what the last step done asks for on top of what is provided */
      readonly missing: readonly string[];
    }
  | {
      readonly ok: false;
      readonly error: string;
      /** the one that failed, where the process could still tell */
      readonly step?: Step;
      /** the place in the source tree that the error came from, where it came from there */
      readonly file?: string | null;
      readonly line?: number | null;
      /** whether the host itself has ended, and with it all else that it was at */
      readonly hostEnded?: true;
    };

/** A request that is not answered yet. */
interface Waiting {
  readonly timeout: number | null;
  readonly resolve: (answer: StepsAnswer) => void;
  timer?: NodeJS.Timeout;
}

/** How long what is left in the output of an ended host is waited for: a process that has left its group may hold it open for good. */
const ENDED_OUTPUT_MS = 1000;

const SCRIPT = join(__dirname, '..', '..', 'python', 'build_host.py');

/** One Python process. Requests may overlap; each is answered, also when the process dies. */
export class BuildHost {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  readonly #epoch: number;
  #requests = 0;
  #end: string | undefined;

  constructor(environment: Environment) {
    const env = buildEnvironment({ PATH: pathWith(environment), VIRTUAL_ENV: environment.folder });
    this.#epoch = Number(env.SOURCE_DATE_EPOCH);
    this.#process = spawn(environment.python, ['-s', '-B', SCRIPT], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
      // A process group of its own: ending the host ends every compiler a backend has started.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        this.#fail(reason);
        resolve();
      };
      this.#process.once('error', (error) => end(`the build host could not be started: ${error.message}`));
      this.#process.once('exit', () => {
        // A host that was killed leaves its children behind, and those hold its output open.
        this.#killGroup();
        setTimeout(() => this.#process.stdout?.destroy(), ENDED_OUTPUT_MS).unref();
      });
      this.#process.once('close', (code, signal) => end(`the build host ended (${signal ?? `exit code ${code}`})`));
    });
    this.#process.stdin?.on('error', () => {}); // a dead host is told by `close`
    if (this.#process.stdout)
      createInterface({ input: this.#process.stdout }).on('line', (line) => this.#receive(line));
  }

  /** Whether requests are still taken. */
  get isAlive(): boolean {
    return this.#end === undefined;
  }

  call(request: StepsRequest): Promise<StepsAnswer> {
    if (this.#end !== undefined) return Promise.resolve({ ok: false, error: this.#end, hostEnded: true });
    const id = ++this.#requests;
    return new Promise((resolve) => {
      this.#waiting.set(id, { timeout: request.timeout, resolve });
      this.#write({ id, epoch: this.#epoch, ...request });
    });
  }

  /** Ends the process and everything it has started. Done when it has ended. */
  close(): Promise<void> {
    if (this.isAlive) this.#killGroup();
    return this.#ended;
  }

  #killGroup(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#process.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // All of it has ended by itself.
    }
  }

  #write(message: object): void {
    this.#process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #receive(line: string): void {
    const { id, ...answer } = JSON.parse(line) as { id: number } & ({ started: true } | StepsAnswer);
    if ('started' in answer) this.#startClock(id);
    else this.#settle(id, answer);
  }

  #startClock(id: number): void {
    const waiting = this.#waiting.get(id);
    if (!waiting?.timeout) return;
    const { timeout } = waiting;
    waiting.timer = setTimeout(() => {
      this.#write({ cancel: id });
      this.#settle(id, { ok: false, error: `not done within ${timeout / 1000} s, and ended` });
    }, timeout);
  }

  #settle(id: number, answer: StepsAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    waiting?.resolve(answer);
  }

  #fail(reason: string): void {
    this.#end = reason;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { ok: false, error: reason, hostEnded: true });
  }
}
