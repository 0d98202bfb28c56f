/** A mistake its maker can mend: printed as title, place and fix, without a stack. Every other error is a bug and keeps its stack. */

/** Where the mistake was made. `file` is relative to the workspace root, `line` counts from 1. */
export interface ErrorPlace {
  readonly project?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

export class UserError extends Error {
  override readonly name = 'UserError';

  /**
   * @param title what is wrong, one line
   * @param place where it is
   * @param fix what to do about it
   * @param details what a tool said, for example the last lines of a build backend's output
   */
  constructor(
    readonly title: string,
    readonly place: ErrorPlace,
    readonly fix: string,
    readonly details = '',
  ) {
    super([title, ...describePlace(place), ...(details ? [details] : []), `Fix: ${fix}`].join('\n'));
    // Nx prints the stack of what an executor throws; a user's mistake has none worth reading.
    this.stack = this.message;
  }

  /** The same mistake, with a place for what it does not say itself. */
  at(place: ErrorPlace): UserError {
    return new UserError(this.title, { ...place, ...this.place }, this.fix, this.details);
  }
}

function describePlace({ project, file, line }: ErrorPlace): string[] {
  const where = file === undefined ? undefined : line === undefined ? file : `${file}:${line}`;
  const parts = [project === undefined ? undefined : `project ${project}`, where].filter((part) => part !== undefined);
  return parts.length > 0 ? [`  at ${parts.join(', ')}`] : [];
}

/**
 * What to print for anything that was thrown: a user's mistake as its message, a bug with its stack.
 * @param error whatever a `catch` caught
 */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
