/** What each kind of statement does to the names of its scope. */
import { giveUp, giveUpScope } from './doubt.js';
import { evaluate } from './evaluate.js';
import { importModule, importNames } from './imports.js';
import { limitItems } from './limits.js';
import { decide, operation } from './presume.js';
import type { Runtime, Signal } from './runtime.js';
import type { Block, Expression, Statement } from './syntax.js';
import { bind } from './targets.js';
import { isDict, isList, isUnknown, iterate, lose, type PyValue, type Scope, unknown } from './values.js';

/** @returns how the statement leaves its block, `undefined` where it does not */
export function executeStatement(runtime: Runtime, statement: Statement, scope: Scope): Signal | undefined {
  switch (statement.kind) {
    case 'expression':
      evaluate(runtime, statement.value, scope);
      return undefined;
    case 'assign': {
      const value = evaluate(runtime, statement.value, scope);
      for (const target of statement.targets) assign(runtime, target, value, scope);
      return undefined;
    }
    case 'augment':
      augment(runtime, statement.target, statement.operator, evaluate(runtime, statement.value, scope), scope);
      return undefined;
    case 'import':
      importModule(runtime, statement.module, statement.as, scope);
      return undefined;
    case 'from':
      importNames(runtime, statement.module, statement.names, scope);
      return undefined;
    case 'if': {
      const test = decide(runtime, evaluate(runtime, statement.test, scope));
      // Where a build goes on at all, it went the way that does not end it: `if sys.version_info >= (3,): sys.exit()`, too.
      if (!runtime.isCaught && endsBuild(statement.body)) return runtime.execute(statement.otherwise, scope);
      if (!runtime.isCaught && endsBuild(statement.otherwise)) return runtime.execute(statement.body, scope);
      if (test !== undefined) return runtime.execute(test ? statement.body : statement.otherwise, scope);
      return runtime.giveUp([statement.body, statement.otherwise], scope, 'under a condition that is not known');
    }
    case 'for':
      return loop(runtime, statement, scope);
    case 'with':
      for (const { value, target } of statement.items) {
        const entered = evaluate(runtime, value, scope);
        if (target !== undefined) assign(runtime, target, entered, scope);
      }
      return runtime.execute(statement.body, scope);
    case 'block':
      return runtime.execute(statement.body, scope);
    case 'try':
      return attempt(runtime, statement, scope);
    case 'function': {
      const { name, parameters, body } = statement;
      const defaults = parameters.flatMap((each) =>
        each.default ? [[each.name, evaluate(runtime, each.default, scope)] as const] : [],
      );
      scope.names.set(name, { kind: 'function', name, parameters, body, scope, defaults: new Map(defaults) });
      return undefined;
    }
    case 'class':
      scope.names.set(statement.name, unknown(`the class ${statement.name}`));
      return undefined;
    case 'return':
      return {
        kind: 'return',
        value: statement.value === undefined ? null : evaluate(runtime, statement.value, scope),
      };
    case 'break':
    case 'continue':
    case 'raise':
      return { kind: statement.kind };
    case 'pass':
      return undefined;
    case 'other':
      if (statement.names.includes('*')) giveUpScope(scope, `line ${statement.line} imports every name of a module`);
      return runtime.giveUp([[statement]], scope, `line ${statement.line} is not followed`);
  }
}

/** Whether a block ends with `raise` or `sys.exit(…)`, so that nothing is built unless somebody catches it. */
function endsBuild(block: Block): boolean {
  const last = block.at(-1);
  if (last?.kind === 'raise') return true;
  const callee = last?.kind === 'expression' && last.value.kind === 'call' ? last.value.callee : undefined;
  return (
    callee?.kind === 'attribute' &&
    callee.name === 'exit' &&
    callee.object.kind === 'name' &&
    callee.object.name === 'sys'
  );
}

function assign(runtime: Runtime, target: Expression, value: PyValue, scope: Scope): void {
  if (bind(target, value, scope)) return;
  if (target.kind !== 'subscript') {
    loseTarget(target, scope);
    return;
  }
  const object = evaluate(runtime, target.object, scope);
  const key = target.index.kind === 'slice' ? undefined : evaluate(runtime, target.index, scope);
  if (isDict(object) && typeof key === 'string') object.entries.set(key, value);
  else if (isList(object) && typeof key === 'number' && object.items.at(key) !== undefined) {
    object.items[key < 0 ? object.items.length + key : key] = value;
  } else loseTarget(target, scope);
}

function augment(runtime: Runtime, target: Expression, operator: string, value: PyValue, scope: Scope): void {
  const before = evaluate(runtime, target, scope);
  // `+=` changes a list in place, for all its names.
  if (operator === '+' && isList(before) && before.kind === 'list') {
    const added = isUnknown(value) ? undefined : iterate(value);
    if (added === undefined) lose(before, isUnknown(value) ? value.reason : 'extended by a value that is not followed');
    else {
      limitItems(before.items.length + added.length);
      before.items = [...before.items, ...added];
    }
    return;
  }
  assign(runtime, target, operation(runtime, operator, before, value), scope);
}

/** Something that is not followed was stored in whatever the target names. */
function loseTarget(target: Expression, scope: Scope): void {
  giveUp(
    [{ kind: 'expression', value: target, line: target.line }],
    scope,
    `line ${target.line} is not followed`,
    () => false,
  );
}

function loop(runtime: Runtime, statement: Extract<Statement, { kind: 'for' }>, scope: Scope): Signal | undefined {
  const iterable = evaluate(runtime, statement.iterable, scope);
  const items = isUnknown(iterable) ? undefined : iterate(iterable);
  const all = [...statement.body, ...statement.otherwise];
  const bindsTarget: Statement = {
    kind: 'assign',
    targets: [statement.target],
    value: statement.iterable,
    line: statement.line,
  };
  if (items === undefined)
    return runtime.giveUp([[bindsTarget, ...all]], scope, 'in a loop over something that is not known');
  for (const item of items) {
    assign(runtime, statement.target, item, scope);
    const signal = runtime.execute(statement.body, scope);
    if (signal?.kind === 'break') return undefined;
    if (signal?.kind === 'lost')
      return runtime.giveUp([all], scope, 'in a loop that is not followed to its end') ?? signal;
    if (signal !== undefined && signal.kind !== 'continue') return signal;
  }
  return runtime.execute(statement.otherwise, scope);
}

/** A body without anything doubtful raises nothing, so its handlers do not count; else all of it may have happened in part. */
function attempt(
  runtime: Runtime,
  { body, handlers, otherwise, final }: Extract<Statement, { kind: 'try' }>,
  scope: Scope,
): Signal | undefined {
  const doubts = runtime.doubts;
  const signal =
    handlers.length > 0 ? runtime.catching(() => runtime.execute(body, scope)) : runtime.execute(body, scope);
  if (runtime.presumes !== undefined) {
    const isRaised = signal?.kind === 'raise' || (!runtime.presumes && runtime.doubts > doubts);
    const left = isRaised ? runtime.execute(handlers, scope) : (signal ?? runtime.execute(otherwise, scope));
    return left ?? runtime.execute(final, scope);
  }
  if (signal?.kind === 'raise' || (runtime.doubts > doubts && handlers.length > 0)) {
    const left = runtime.giveUp(
      [[...body, ...otherwise], handlers],
      scope,
      'in a try statement that is not followed to its end',
    );
    if (handlers.length === 0) return runtime.execute(final, scope) ?? signal;
    // An exception that a handler takes lets the script go on; one that it does not take ends the build.
    return runtime.execute(final, scope) ?? (signal === undefined || signal.kind === 'raise' ? left : { kind: 'lost' });
  }
  if (signal !== undefined) return runtime.execute(final, scope) ?? signal;
  return runtime.execute(otherwise, scope) ?? runtime.execute(final, scope);
}
