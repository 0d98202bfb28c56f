/** The value of an expression, as far as it follows from constants. */
import { basename } from './files.js';
import { limitItems, limitText, MAX_ITEMS, MAX_TEXT, weight } from './limits.js';
import { groupOf, pathAttribute } from './methods.js';
import { compare, distinct, unary } from './operators.js';
import { decide, operation, withHole } from './presume.js';
import type { CallArguments, Runtime } from './runtime.js';
import { constantSymbol } from './symbols.js';
import type { Argument, Clause, Element, Expression } from './syntax.js';
import {
  dict,
  isDict,
  isList,
  isUnknown,
  iterate,
  known,
  list,
  type PyValue,
  type Scope,
  toText,
  unknown,
} from './values.js';

export function evaluate(runtime: Runtime, expression: Expression, scope: Scope): PyValue {
  runtime.step();
  const any = evaluateAny(runtime, expression, scope);
  const value = withinSize(runtime.presumes === undefined ? known(any) : any);
  runtime.step(weight(value));
  if (isUnknown(value)) runtime.doubt();
  return value;
}

/** Texts and lists longer than in any manifest are not followed: a loop might double them until memory is full. */
function withinSize(value: PyValue): PyValue {
  const isTooLarge =
    typeof value === 'string' ? value.length > MAX_TEXT : isList(value) && value.items.length > MAX_ITEMS;
  return isTooLarge ? unknown('a value that is too large to follow') : value;
}

/** Binds a target (`name`, `a, b`) to a value. @returns whether the target is one of these */
export function bind(target: Expression, value: PyValue, scope: Scope): boolean {
  if (target.kind === 'name') {
    scope.names.set(target.name, value);
    return true;
  }
  if (target.kind !== 'tuple' && target.kind !== 'list') return false;
  const values = isUnknown(value) ? undefined : iterate(value);
  const isMatching = values?.length === target.items.length && !target.items.some(({ isSpread }) => isSpread);
  return target.items
    .map(({ value: inner }, index) => {
      const part = isMatching ? values?.[index] : undefined;
      return bind(inner, part === undefined ? unknown('unpacked from a value that is not followed') : part, scope);
    })
    .every(Boolean);
}

function evaluateAny(runtime: Runtime, expression: Expression, scope: Scope): PyValue {
  const valueAt = (inner: Expression) => evaluate(runtime, inner, scope);
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'bytes':
      return { kind: 'bytes', text: expression.text };
    case 'format':
      return format(
        expression.parts.map((part) => (typeof part === 'string' ? part : withHole(runtime, valueAt(part)))),
      );
    case 'name':
      return lookUp(expression.name, scope);
    case 'attribute':
      return attribute(runtime, valueAt(expression.object), expression.name);
    case 'subscript':
      return subscript(runtime, valueAt(expression.object), expression.index, scope);
    case 'slice':
      return unknown('a slice');
    case 'call':
      return runtime.call(
        valueAt(expression.callee),
        evaluateArguments(runtime, expression.args, scope),
        scope,
        expression.line,
      );
    case 'list':
    case 'tuple':
    case 'set': {
      const items = elements(runtime, expression.items, scope);
      return isUnknownValue(items) ? items : list(expression.kind === 'set' ? distinct(items) : items, expression.kind);
    }
    case 'dict':
      return dictionary(runtime, expression.entries, scope);
    case 'comprehension':
      return comprehension(runtime, expression, scope);
    case 'binary':
      return operation(runtime, expression.operator, valueAt(expression.left), valueAt(expression.right));
    case 'unary':
      return unary(expression.operator, valueAt(expression.operand));
    case 'compare':
      return comparison(runtime, expression, scope);
    case 'and':
    case 'or': {
      const left = valueAt(expression.left);
      const isTrue = decide(runtime, left);
      if (isTrue === undefined) return unknown('a condition that is not known');
      return isTrue === (expression.kind === 'and') ? valueAt(expression.right) : left;
    }
    case 'conditional': {
      const test = decide(runtime, valueAt(expression.test));
      if (test === undefined) return unknown('a condition that is not known');
      return valueAt(test ? expression.body : expression.otherwise);
    }
    case 'named': {
      const value = valueAt(expression.value);
      let holder = scope;
      while (holder.isComprehension && holder.outer !== undefined) holder = holder.outer;
      holder.names.set(expression.name, value);
      return value;
    }
    case 'lambda': {
      const defaults = expression.parameters.flatMap((each) =>
        each.default ? [[each.name, valueAt(each.default)] as const] : [],
      );
      return {
        kind: 'function',
        name: 'lambda',
        parameters: expression.parameters,
        body: expression.body,
        scope,
        defaults: new Map(defaults),
      };
    }
    case 'other':
      return unknown(expression.what);
  }
}

/** What a name stands for: of the module, of a surrounding call, or of the builtins. */
function lookUp(name: string, scope: Scope): PyValue {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const value = at.names.get(name);
    if (value !== undefined) return value;
  }
  return { kind: 'symbol', name };
}

function attribute(runtime: Runtime, object: PyValue, name: string): PyValue {
  if (isUnknown(object)) return object;
  if (typeof object !== 'object' || object === null) return { kind: 'method', of: object, name };
  if (object.kind === 'symbol') {
    const full = `${object.name}.${name}`;
    return runtime.memberOfModule(object.name, name) ?? constantSymbol(full) ?? { kind: 'symbol', name: full };
  }
  if (object.kind === 'module') {
    if (name === 'loader') return object;
    const names = runtime.namesOfFile(object.file);
    if (name !== 'exec_module' && name !== 'load_module')
      return names?.get(name) ?? unknown(`\`${name}\` of ${basename(object.file)}`);
  }
  if (object.kind === 'path') {
    const value = pathAttribute(object.path, name);
    if (value !== undefined) return value;
  }
  return { kind: 'method', of: object, name };
}

function subscript(runtime: Runtime, object: PyValue, index: Expression, scope: Scope): PyValue {
  if (isUnknown(object)) return object;
  if (index.kind === 'slice') return slice(runtime, object, index, scope);
  const key = evaluate(runtime, index, scope);
  if (isUnknown(key)) return key;
  const items =
    typeof object === 'string' ? [...object] : isList(object) && object.kind !== 'set' ? object.items : undefined;
  const missing = unknown('an item that is not there, or not followed');
  if (items !== undefined && typeof key === 'number') return items.at(key) ?? missing;
  if (isDict(object) && typeof key === 'string') return object.entries.get(key) ?? missing;
  if (typeof object === 'object' && object?.kind === 'match') return groupOf(object.match, key) ?? missing;
  return missing;
}

function slice(
  runtime: Runtime,
  object: PyValue,
  index: Extract<Expression, { kind: 'slice' }>,
  scope: Scope,
): PyValue {
  const [from, to, step] = [index.from, index.to, index.step].map((part) =>
    part === undefined ? null : evaluate(runtime, part, scope),
  );
  const isBound = (bound: PyValue | undefined) => bound === null || typeof bound === 'number';
  const isReversal = from === null && to === null && step === -1;
  if (!isBound(from) || !isBound(to) || !(step === null || isReversal)) return unknown('a slice that is not followed');
  const bounds = [from ?? undefined, to ?? undefined] as [number | undefined, number | undefined];
  if (typeof object === 'string')
    return isReversal ? [...object].reverse().join('') : [...object].slice(...bounds).join('');
  if (isList(object) && object.kind !== 'set')
    return list(isReversal ? object.items.toReversed() : object.items.slice(...bounds), object.kind);
  return unknown('a slice of a value that is not followed');
}

function evaluateArguments(runtime: Runtime, args: readonly Argument[], scope: Scope): CallArguments {
  const positional: PyValue[] = [];
  const named = new Map<string, PyValue>();
  let lost: string | undefined;
  for (const { name, spread, value: expression } of args) {
    const value = evaluate(runtime, expression, scope);
    if (spread === '*') {
      const items = isUnknown(value) ? undefined : iterate(value);
      if (items === undefined) lost ??= reasonOf(value);
      limitItems(positional.length + (items?.length ?? 0));
      for (const each of items ?? []) positional.push(each);
    } else if (spread === '**') {
      if (!isDict(value)) lost ??= reasonOf(value);
      for (const [key, inner] of isDict(value) ? value.entries : []) named.set(key, inner);
    } else if (name === undefined) {
      positional.push(value);
    } else {
      named.set(name, value);
    }
  }
  return { positional, named, lost };
}

function elements(
  runtime: Runtime,
  items: readonly Element[],
  scope: Scope,
): readonly PyValue[] | ReturnType<typeof unknown> {
  const values: PyValue[] = [];
  for (const { isSpread, value: expression } of items) {
    const value = evaluate(runtime, expression, scope);
    const spread = isSpread && !isUnknown(value) ? iterate(value) : [value];
    const isOpen = spread === undefined || (isSpread && isUnknown(value));
    if (isOpen && runtime.presumes !== undefined) continue;
    if (isOpen) return unknown(reasonOf(value));
    limitItems(values.length + spread.length);
    for (const each of spread) values.push(each);
  }
  return values;
}

function dictionary(
  runtime: Runtime,
  entries: Extract<Expression, { kind: 'dict' }>['entries'],
  scope: Scope,
): PyValue {
  const result = dict([]);
  for (const { key: keyExpression, value: expression } of entries) {
    const key = keyExpression === undefined ? undefined : evaluate(runtime, keyExpression, scope);
    const value = evaluate(runtime, expression, scope);
    if (key === undefined) {
      const isOpen = !isDict(value) || !iterate(value);
      if (isOpen && runtime.presumes !== undefined) continue;
      if (isOpen) return unknown(reasonOf(value));
      for (const [name, inner] of value.entries) result.entries.set(name, inner);
    } else if (typeof key === 'string') {
      result.entries.set(key, value);
    } else {
      return unknown('a dict with keys that are not followed');
    }
  }
  return result;
}

function comprehension(
  runtime: Runtime,
  { makes, key, value, clauses }: Extract<Expression, { kind: 'comprehension' }>,
  outer: Scope,
): PyValue {
  const scope: Scope = { names: new Map(), outer, isComprehension: true };
  const made: (readonly [PyValue, PyValue])[] = [];
  const failure = eachOf(runtime, clauses, scope, () => {
    made.push([key === undefined ? null : evaluate(runtime, key, scope), evaluate(runtime, value, scope)]);
  });
  if (failure !== undefined) return unknown(failure);
  if (makes !== 'dict') {
    const items = made.map(([, item]) => item);
    return list(makes === 'set' ? distinct(items) : items, makes);
  }
  const entries = made.filter((pair): pair is [string, PyValue] => typeof pair[0] === 'string');
  return entries.length === made.length ? dict(entries) : unknown('a dict with keys that are not followed');
}

/** @returns why the clauses cannot be followed */
function eachOf(runtime: Runtime, clauses: readonly Clause[], scope: Scope, visit: () => void): string | undefined {
  const [clause, ...inner] = clauses;
  if (clause === undefined) {
    visit();
    return undefined;
  }
  const iterable = evaluate(runtime, clause.iterable, scope);
  const items = isUnknown(iterable) ? undefined : iterate(iterable);
  if (items === undefined) return runtime.presumes === undefined ? reasonOf(iterable) : undefined;
  for (const item of items) {
    if (!bind(clause.target, item, scope)) return 'a loop over targets that are not followed';
    const verdicts = clause.conditions.map((condition) => decide(runtime, evaluate(runtime, condition, scope)));
    if (verdicts.includes(undefined)) return 'a condition that is not known';
    const failure = verdicts.includes(false) ? undefined : eachOf(runtime, inner, scope, visit);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function comparison(
  runtime: Runtime,
  { first, rest }: Extract<Expression, { kind: 'compare' }>,
  scope: Scope,
): PyValue {
  let left = evaluate(runtime, first, scope);
  for (const { operator, right: expression } of rest) {
    const right = evaluate(runtime, expression, scope);
    const verdict = compare(operator, left, right);
    if (verdict === undefined) return unknown('a comparison that is not known');
    if (!verdict) return false;
    left = right;
  }
  return true;
}

function format(parts: readonly PyValue[]): PyValue {
  const shown = parts.map(toText);
  if (shown.every((part) => part !== undefined)) {
    limitText(shown.reduce((sum, part) => sum + part.length, 0));
    return shown.join('');
  }
  return parts.find(isUnknown) ?? unknown('a value in an f-string that is not followed');
}

function reasonOf(value: PyValue): string {
  return isUnknown(value) ? value.reason : 'a value that is not followed';
}

function isUnknownValue(value: readonly PyValue[] | ReturnType<typeof unknown>): value is ReturnType<typeof unknown> {
  return !Array.isArray(value);
}
