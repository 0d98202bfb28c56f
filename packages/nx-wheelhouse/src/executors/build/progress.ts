/**
 * How far a run of many builds is: a line now and then, for whoever waits. What takes no time to wait for says nothing, and neither does
 * what comes from the cache; logs that are read afterwards get few.
 */

/** Seconds between two lines: where a person looks on, and in a log of CI. */
const SECONDS = { person: 5, log: 60 } as const;
const MOST_NAMES = 3;

export class Progress {
  readonly #atWork = new Set<string>();
  readonly #startedAt = Date.now();
  readonly #timer: NodeJS.Timeout;
  #ended = 0;
  #failed = 0;

  /**
   * @param total how many builds there are
   * @param write is given each line, with its end
   * @param isLog whether nobody looks on
   */
  constructor(
    private readonly total: number,
    write: (line: string) => void,
    isLog: boolean,
  ) {
    this.#timer = setInterval(() => write(this.#line()), SECONDS[isLog ? 'log' : 'person'] * 1000);
    this.#timer.unref();
  }

  /** It is this project's turn. */
  begun(project: string): void {
    this.#atWork.add(project);
  }

  ended(project: string, success: boolean): void {
    this.#atWork.delete(project);
    this.#ended++;
    if (!success) this.#failed++;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #line(): string {
    const seconds = Math.round((Date.now() - this.#startedAt) / 1000);
    const names = [...this.#atWork];
    const more = names.length - MOST_NAMES;
    const shown = [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
    const failed = this.#failed > 0 ? `, ${this.#failed} of them failed` : '';
    return `${this.#ended} of ${this.total} builds done${failed}, ${seconds} s${shown ? `; at work: ${shown}` : ''}\n`;
  }
}
