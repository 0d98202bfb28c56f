/** Follows a Python file statement by statement through constants. Nothing is executed: what is not constant becomes unknown. */
import { giveUp, giveUpScope } from './doubt.js';
import { evaluate } from './evaluate.js';
import { executeStatement } from './execute.js';
import { type ReadFiles, ROOT, withinFolder } from './files.js';
import { limitText, TooMuchWork } from './limits.js';
import { callMethod, loseAll } from './methods.js';
import { bindParameters } from './parameters.js';
import { parsePython } from './parse.js';
import { ALL_PYTHONS, type Python } from './pythons.js';
import { type CallArguments, HOLE, type Runtime, type Signal } from './runtime.js';
import { callSymbol, isHarmless } from './symbols.js';
import type { Block, Expression } from './syntax.js';
import { InvalidPython } from './tokens.js';
import { isDict, isList, isUnknown, type PyFunction, type PyValue, type Scope, toText, unknown } from './values.js';

const MAX_STEPS = 100_000;
const MAX_CALLS = 40;
const MAX_SPECULATIONS = 4;
const SETUP = /^(?:setuptools|distutils\.core|numpy\.distutils\.core|skbuild)\.setup$/;
/** A call of `setup()`: its keyword arguments, or why there may be others than these. */
export interface SetupCall {
  readonly named: ReadonlyMap<string, PyValue>;
  readonly lost: string | undefined;
  readonly line: number;
}

export class Interpreter implements Runtime {
  readonly setupCalls: SetupCall[] = [];
  /** the texts that were followed, of files and of what they execute */
  readonly executed = new Set<string>();
  private steps = 0;
  private depth = 0;
  doubts = 0;
  private speculations = 0;
  private catchers = 0;
  private readonly modules = new Map<string, Scope>();
  private readonly filesOf = new WeakMap<Scope, string>();

  /** @param presumes see `Runtime` */
  constructor(
    readonly files: ReadFiles,
    readonly presumes: boolean | undefined,
    readonly pythons: readonly Python[] = ALL_PYTHONS,
  ) {}

  /**
   * Follows a file of the package's folder.
   * @param name its `__name__`
   * @returns its names; `undefined` where there is no such file, or it does not fall into tokens
   * @throws {TooMuchWork}
   */
  module(file: string, name: string): Scope | undefined {
    const known = this.modules.get(file);
    if (known !== undefined) return known;
    const text = this.files.read(file);
    if (text === undefined) return undefined;
    const scope: Scope = {
      names: new Map<string, PyValue>([
        ['__name__', name],
        ['__file__', `${ROOT}/${file}`],
      ]),
      outer: undefined,
    };
    this.modules.set(file, scope);
    this.filesOf.set(scope, file);
    return this.run(text, scope) ? scope : undefined;
  }

  run(text: string, scope: Scope): boolean {
    limitText(text.length);
    this.executed.add(text);
    try {
      this.execute(parsePython(text), scope);
      return true;
    } catch (error) {
      if (error instanceof InvalidPython) return false;
      throw error;
    }
  }

  fileOf(scope: Scope): string {
    return this.filesOf.get(scope) ?? '';
  }

  get isCaught(): boolean {
    return this.catchers > 0;
  }

  catching<T>(body: () => T): T {
    this.catchers += 1;
    try {
      return body();
    } finally {
      this.catchers -= 1;
    }
  }

  step(count = 1): void {
    this.steps += count;
    if (this.steps > MAX_STEPS) throw new TooMuchWork(`more than ${MAX_STEPS} steps`);
  }

  doubt(): void {
    this.doubts += 1;
  }

  namesOfFile(path: string): ReadonlyMap<string, PyValue> | undefined {
    const file = withinFolder(path);
    return file === undefined ? undefined : this.module(file, file)?.names;
  }

  memberOfModule(module: string, name: string): PyValue | undefined {
    const path = module.replaceAll('.', '/');
    for (const file of [`${path}/__init__.py`, `${path}.py`]) {
      if (this.files.read(file) === undefined) continue;
      const scope = this.module(file, module);
      return scope?.names.get(name) ?? this.submodule(path, module, name) ?? unknown(`\`${name}\` of ${file}`);
    }
    return undefined;
  }

  private submodule(path: string, module: string, name: string): PyValue | undefined {
    const isThere = [`${path}/${name}.py`, `${path}/${name}/__init__.py`].some(
      (file) => this.files.read(file) !== undefined,
    );
    return isThere ? { kind: 'symbol', name: `${module}.${name}` } : undefined;
  }

  evaluate(expression: Expression, scope: Scope): PyValue {
    return evaluate(this, expression, scope);
  }

  execute(block: Block, scope: Scope): Signal | undefined {
    for (const statement of block) {
      this.step();
      const signal = executeStatement(this, statement, scope);
      if (signal !== undefined) return signal;
    }
    return undefined;
  }

  /**
   * Gives up what the branches may have changed. Where one of them may call setup(), each is followed on its own from there, so that
   * what all the calls agree in is still known.
   */
  giveUp(branches: readonly Block[], scope: Scope, reason: string): Signal | undefined {
    this.doubt();
    if (this.presumes !== undefined) return undefined;
    const block = branches.flat();
    const { mayLeave, mayCall } = giveUp(block, scope, reason, isSetup);
    if (mayCall) {
      const calls = this.setupCalls.length;
      for (const branch of this.speculations < MAX_SPECULATIONS ? branches : []) this.speculate(branch, scope);
      giveUp(block, scope, reason, isSetup);
      if (this.setupCalls.length === calls)
        this.setupCalls.push({ named: new Map(), lost: `setup() is called ${reason}`, line: 1 });
    }
    return mayLeave && scope.outer !== undefined ? { kind: 'lost' } : undefined;
  }

  private speculate(branch: Block, scope: Scope): void {
    this.speculations += 1;
    this.execute(branch, scope);
    this.speculations -= 1;
  }

  call(callee: PyValue, args: CallArguments, scope: Scope, line: number): PyValue {
    if (isSetup(callee)) {
      this.setupCalls.push({ named: this.snapshot(args.named), lost: args.lost, line });
      return unknown('what setup() returns');
    }
    const given = [...args.positional, ...args.named.values()];
    if (isUnknown(callee)) {
      loseAll(given, callee.reason);
      return callee;
    }
    const result = this.callKnown(callee, args, scope, line);
    if (result !== undefined) return result;
    const reason = given.find(isUnknown)?.reason ?? args.lost ?? `line ${line} calls ${describe(callee)}`;
    this.doubt();
    const symbol = typeof callee === 'object' && callee?.kind === 'symbol' ? callee.name : undefined;
    if (typeof callee === 'object' && callee?.kind === 'method') loseAll([callee.of], reason);
    if (symbol === 'exec') this.loseExecuted(args, scope, reason);
    if (symbol === 'os.chdir') this.files.lose();
    if (symbol === undefined || !isHarmless(symbol)) loseAll(given, reason);
    return unknown(reason);
  }

  /** The arguments as they were when `setup()` was called, whatever becomes of the lists and dicts later. */
  private snapshot(named: ReadonlyMap<string, PyValue>): ReadonlyMap<string, PyValue> {
    return new Map([...named].map(([key, value]) => [key, this.copy(value)]));
  }

  /** A list that holds one other many times becomes as many copies, so each of them counts. */
  private copy(value: PyValue): PyValue {
    this.step();
    if (isList(value)) return { ...value, items: value.items.map((item) => this.copy(item)) };
    return isDict(value)
      ? { ...value, entries: new Map([...value.entries].map(([key, inner]) => [key, this.copy(inner)])) }
      : value;
  }

  private callKnown(callee: PyValue, args: CallArguments, scope: Scope, line: number): PyValue | undefined {
    if (typeof callee !== 'object' || callee === null) return undefined;
    if (callee.kind === 'function') return this.callFunction(callee, args);
    if (args.lost !== undefined) return undefined;
    if (callee.kind === 'method') {
      const isPresumedText = this.presumes !== undefined && typeof callee.of === 'string';
      return callMethod(this, callee.of, callee.name, isPresumedText ? withHoles(args) : args);
    }
    return callee.kind === 'symbol' ? callSymbol(callee.name, args, this, scope, line) : undefined;
  }

  private callFunction(callee: PyFunction, args: CallArguments): PyValue | undefined {
    const scope: Scope = { names: new Map(), outer: callee.scope };
    if (args.lost !== undefined || this.depth > MAX_CALLS || !bindParameters(callee, args, scope))
      return this.abandon(callee, scope);
    this.depth += 1;
    try {
      if (!isBlock(callee.body)) return evaluate(this, callee.body, scope);
      const signal = this.execute(callee.body, scope);
      if (signal === undefined) return null;
      return signal.kind === 'return' ? signal.value : this.abandon(callee, scope);
    } finally {
      this.depth -= 1;
    }
  }

  /** A call that is not followed may have changed whatever its function reaches. */
  private abandon(callee: PyFunction, scope: Scope): undefined {
    const body: Block = isBlock(callee.body)
      ? callee.body
      : [{ kind: 'expression', value: callee.body, line: callee.body.line }];
    this.giveUp([body], scope, `in ${callee.name}(), which is not followed`);
    return undefined;
  }

  private loseExecuted(args: CallArguments, scope: Scope, reason: string): void {
    const target = args.positional[1];
    if (target === undefined || !isDict(target)) giveUpScope(scope, reason);
  }
}

function withHoles({ positional, named, lost }: CallArguments): CallArguments {
  const fill = (value: PyValue) => (toText(value) === undefined && !isList(value) ? HOLE : value);
  return {
    positional: positional.map(fill),
    named: new Map([...named].map(([name, value]) => [name, fill(value)])),
    lost,
  };
}

function isBlock(body: PyFunction['body']): body is Block {
  return Array.isArray(body);
}

function isSetup(value: PyValue): boolean {
  return typeof value === 'object' && value !== null && value.kind === 'symbol' && SETUP.test(value.name);
}

function describe(callee: PyValue): string {
  if (typeof callee !== 'object' || callee === null) return 'a value';
  switch (callee.kind) {
    case 'symbol':
    case 'function':
      return `${callee.name}()`;
    case 'method':
      return `${typeof callee.of === 'object' && callee.of?.kind === 'symbol' ? `${callee.of.name}.` : '.'}${callee.name}()`;
    default:
      return 'a value';
  }
}
