/** What is no longer known once a block may or may not have been executed. */
import type { Block, Expression, Statement } from './syntax.js';
import { isDict, isList, lose, loseKey, type PyFunction, type PyValue, type Scope, unknown } from './values.js';

export interface Doubt {
  /** whether the block may leave the surrounding loop or function */
  readonly mayLeave: boolean;
  /** whether the block may call one of the functions asked for */
  readonly mayCall: boolean;
}

/**
 * Gives up every name that a block binds, and the contents of every container it mentions, also by the functions it calls.
 * @param isWatched says of a value whether a call of it matters
 */
export function giveUp(block: Block, scope: Scope, reason: string, isWatched: (value: PyValue) => boolean): Doubt {
  const seen = new Set<PyFunction>();
  let mayCall = false;
  const visit = (names: Mentioned, at: Scope) => {
    for (const name of names.mentioned) {
      const value = lookUp(name, at);
      if (value === undefined) continue;
      lose(value, reason);
      if (isWatched(value)) mayCall = true;
      if (typeof value !== 'object' || value === null || value.kind !== 'function' || seen.has(value)) continue;
      seen.add(value);
      visit(Array.isArray(value.body) ? namesOf(value.body) : mentionedIn(value.body as Expression), value.scope);
    }
    for (const [name, keys] of names.stored) {
      const value = lookUp(name, at);
      if (value !== undefined && isDict(value)) for (const key of keys) loseKey(value, key, reason);
      else if (value !== undefined) lose(value, reason);
    }
    for (const name of names.bound) {
      const holder = holderOf(name, at) ?? at;
      // `from setuptools import setup` in place of that of distutils changes nothing.
      if (names.imported.has(name) && isWatched(holder.names.get(name) ?? null)) continue;
      holder.names.set(name, unknown(reason));
    }
  };
  const isWatchedCall = (callee: Expression) => {
    const value = symbolOf(callee, scope);
    return value !== undefined && isWatched(value);
  };
  const names = namesOf(block, isWatchedCall);
  visit(names, scope);
  return { mayLeave: leaves(block), mayCall };
}

interface Mentioned {
  readonly mentioned: ReadonlySet<string>;
  readonly bound: ReadonlySet<string>;
  /** those of them that are bound by imports */
  readonly imported: ReadonlySet<string>;
  /** keys stored into by `name["key"] = …`, which leaves the other keys alone */
  readonly stored: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param keeps says of what is called that it leaves its arguments as they are */
function namesOf(block: Block, keeps: (callee: Expression) => boolean = () => false): Mentioned {
  const mentioned = new Set<string>();
  const bound = new Set<string>();
  const imported = new Set<string>();
  const stored = new Map<string, Set<string>>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const inner of node) visit(inner);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const { kind, name, names } = node as { kind?: string; name?: unknown; names?: unknown };
    for (const each of boundBy(node as Statement)) {
      bound.add(each);
      if (kind === 'from') imported.add(each);
    }
    if (kind === 'name') mentioned.add(name as string);
    if (kind === 'named') bound.add(name as string);
    if (kind === 'other' && Array.isArray(names)) for (const each of names) mentioned.add(each as string);
    if (kind === 'call') {
      const { callee, args } = node as Extract<Expression, { kind: 'call' }>;
      visit(callee);
      const areKept = keeps(callee);
      for (const { value } of args) if (!areKept || value.kind !== 'name') visit(value);
      return;
    }
    if (kind === 'assign') {
      const { targets, value } = node as Extract<Statement, { kind: 'assign' }>;
      visit(value);
      for (const target of targets) {
        const item = storedItem(target);
        if (item === undefined) visit(target);
        else stored.set(item.name, (stored.get(item.name) ?? new Set()).add(item.key));
      }
      return;
    }
    for (const inner of Object.values(node)) visit(inner);
  };
  visit(block);
  return { mentioned, bound, imported, stored };
}

/** `name["key"]` as a target */
function storedItem(target: Expression): { readonly name: string; readonly key: string } | undefined {
  if (target.kind !== 'subscript' || target.object.kind !== 'name' || target.index.kind !== 'constant')
    return undefined;
  return typeof target.index.value === 'string' ? { name: target.object.name, key: target.index.value } : undefined;
}

function mentionedIn(expression: Expression): Mentioned {
  return namesOf([{ kind: 'expression', value: expression, line: expression.line }]);
}

function boundBy(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case 'assign':
      return statement.targets.flatMap(targetNames);
    case 'augment':
    case 'for':
      return targetNames(statement.target);
    case 'with':
      return statement.items.flatMap(({ target }) => (target === undefined ? [] : targetNames(target)));
    case 'import':
      return [statement.as ?? (statement.module.split('.')[0] as string)];
    case 'from':
      return statement.names.map(({ as }) => as);
    case 'function':
    case 'class':
      return [statement.name];
    case 'other':
      return 'names' in statement ? statement.names : [];
    default:
      return [];
  }
}

function targetNames(target: Expression): readonly string[] {
  if (target.kind === 'name') return [target.name];
  return target.kind === 'tuple' || target.kind === 'list'
    ? target.items.flatMap(({ value }) => targetNames(value))
    : [];
}

function leaves(block: Block): boolean {
  return block.some((statement) => {
    switch (statement.kind) {
      case 'return':
      case 'break':
      case 'continue':
      case 'other':
        return true;
      case 'if':
        return leaves(statement.body) || leaves(statement.otherwise);
      case 'for':
        return leaves(statement.body) || leaves(statement.otherwise);
      case 'with':
      case 'block':
        return leaves(statement.body);
      case 'try':
        return [statement.body, statement.handlers, statement.otherwise, statement.final].some(leaves);
      default:
        return false;
    }
  });
}

function lookUp(name: string, scope: Scope): PyValue | undefined {
  return holderOf(name, scope)?.names.get(name);
}

/** What a dotted name stands for, as far as it is made of symbols. */
function symbolOf(expression: Expression, scope: Scope): PyValue | undefined {
  if (expression.kind === 'name') return lookUp(expression.name, scope);
  if (expression.kind !== 'attribute') return undefined;
  const object = symbolOf(expression.object, scope);
  return typeof object === 'object' && object?.kind === 'symbol'
    ? { kind: 'symbol', name: `${object.name}.${expression.name}` }
    : undefined;
}

function holderOf(name: string, scope: Scope): Scope | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) if (at.names.has(name)) return at;
  return undefined;
}

/** Gives up everything a scope holds that is not code: something unknown was executed in it. */
export function giveUpScope(scope: Scope, reason: string): void {
  for (const [name, value] of scope.names) {
    const isCode =
      typeof value === 'object' && value !== null && (value.kind === 'symbol' || value.kind === 'function');
    if (isCode) continue;
    if (isList(value) || isDict(value)) lose(value, reason);
    scope.names.set(name, unknown(reason));
  }
}
