/** Whether an index can show a readme: rendered by the library that PyPI and `twine check` use, in one process for many. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from './child-environment.js';

/** The parts of core metadata that are a readme. */
export interface Readme {
  readonly description?: string | undefined;
  readonly descriptionContentType?: string | undefined;
}

const SCRIPT = join(__dirname, '..', '..', 'python', 'render_readmes.py');

export class ReadmeRenderer {
  readonly #waiting = new Map<number, (warnings: string | undefined | UserError) => void>();
  #process: Promise<ChildProcess> | undefined;
  #requests = 0;

  /** @param python gives a Python that has the library; called only where there is something to render */
  constructor(private readonly python: () => Promise<string>) {}

  /**
   * Plain text and Markdown always render; what does not say what it is is taken for reStructuredText.
   * @returns why a readme cannot be shown, `undefined` where it can
   * @throws {UserError} when there is no renderer
   */
  async problem({ description, descriptionContentType = 'text/x-rst' }: Readme): Promise<string | undefined> {
    if (!description?.trim() || !/^text\/x-rst\b/i.test(descriptionContentType)) return undefined;
    this.#process ??= this.#start();
    const child = await this.#process;
    const id = ++this.#requests;
    const answer = new Promise<string | undefined | UserError>((resolve) => this.#waiting.set(id, resolve));
    if (child.exitCode !== null || child.signalCode !== null) this.#end();
    child.stdin?.write(`${JSON.stringify({ id, text: description })}\n`);
    const warnings = await answer;
    if (warnings instanceof UserError) throw warnings;
    return warnings;
  }

  /** Ends the process, if there is one. */
  async close(): Promise<void> {
    const child = await this.#process?.catch(() => undefined);
    child?.stdin?.end();
  }

  async #start(): Promise<ChildProcess> {
    const child = spawn(await this.python(), ['-I', SCRIPT], {
      env: childEnvironment({ PYTHONUTF8: '1' }),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    child.stdin.on('error', () => {}); // its end is told by `close`
    child.once('error', () => this.#end());
    child.once('close', () => this.#end());
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, warnings } = JSON.parse(line) as { id: number; warnings: string | null };
      this.#waiting.get(id)?.(warnings ?? undefined);
      this.#waiting.delete(id);
    });
    return child;
  }

  #end(): void {
    const fix = 'check that the tools of the plugin can be installed';
    const error = new UserError('The readmes could not be rendered: the renderer has ended.', {}, fix);
    for (const resolve of this.#waiting.values()) resolve(error);
    this.#waiting.clear();
  }
}
