/** What the parts of the interpreter need of each other. */
import type { ReadFiles } from './files.js';
import type { Python } from './pythons.js';
import type { Block, Expression } from './syntax.js';
import type { PyValue, Scope } from './values.js';

export interface CallArguments {
  readonly positional: readonly PyValue[];
  readonly named: ReadonlyMap<string, PyValue>;
  /** why there may be more arguments than these */
  readonly lost: string | undefined;
}

/** How a block was left, where it was not at its end. `lost`: it may have been left anywhere. */
export type Signal =
  | { readonly kind: 'return'; readonly value: PyValue }
  | { readonly kind: 'break' | 'continue' | 'raise' | 'lost' };

export interface Runtime {
  readonly files: ReadFiles;
  /**
   * `undefined`: only what is certain is followed. Else open conditions are presumed to be this, environment variables not to be set, and what
   * is not known leaves a hole in texts and nothing in lists.
   */
  readonly presumes: boolean | undefined;
  /** those that the package may be built with */
  readonly pythons: readonly Python[];
  /** how often `doubt` was called */
  readonly doubts: number;
  /** whether a `try` around what is executed now might catch an exception */
  readonly isCaught: boolean;
  /** Executes the body of a `try` that has handlers. */
  catching<T>(body: () => T): T;
  /** Counts steps of work, one by default. @throws {TooMuchWork} */
  step(count?: number): void;
  /** Notes that something was met that might also have raised an exception. */
  doubt(): void;
  evaluate(expression: Expression, scope: Scope): PyValue;
  execute(block: Block, scope: Scope): Signal | undefined;
  /** Gives up what the branches, of which one or none is executed, may change. @returns `lost` where they may leave their function */
  giveUp(branches: readonly Block[], scope: Scope, reason: string): Signal | undefined;
  /** The file whose top level a scope is, `''` for any other. */
  fileOf(scope: Scope): string;
  call(callee: PyValue, args: CallArguments, scope: Scope, line: number): PyValue;
  /** Executes a text in a scope, as `exec` does. @returns whether it can be followed to its end */
  run(text: string, scope: Scope): boolean;
  /** @returns the names of a file's top level, `undefined` where there is no such file or it is not followed */
  namesOfFile(path: string): ReadonlyMap<string, PyValue> | undefined;
  /** @returns a name of a module of the package's folder, `undefined` for a module from elsewhere */
  memberOfModule(module: string, name: string): PyValue | undefined;
}

/** Stands in a presumed text for what is not known of it. */
export const HOLE = '\uE001';

/** What a function of the builtins or of a module gives; `undefined` where it, or an argument, is not followed. */
export type Call = (args: CallArguments, runtime: Runtime, scope: Scope, line: number) => PyValue | undefined;

export const NO_ARGUMENTS: CallArguments = { positional: [], named: new Map(), lost: undefined };
