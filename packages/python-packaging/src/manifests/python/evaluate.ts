/** The value of an expression, as far as it follows from constants. */
import { comprehension } from './comprehensions.js';
import { basename } from './files.js';
import { limitItems, limitText, MAX_ITEMS, MAX_TEXT, weight } from './limits.js';
import { pathAttribute } from './methods.js';
import { compare, distinct, unary } from './operators.js';
import { decide, operation, withHole } from './presume.js';
import { forEachPython, VERSION_PARTS } from './pythons.js';
import type { CallArguments, Runtime } from './runtime.js';
import { item, slice } from './subscripts.js';
import { constantSymbol } from './symbols.js';
import type { Argument, Element, Expression } from './syntax.js';
import {
  dict,
  isDict,
  isList,
  isUnknown,
  iterate,
  known,
  list,
  type PyValue,
  reasonOf,
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
    return runtime.memberOfModule(object.name, name) ?? constantSymbol(full, runtime) ?? { kind: 'symbol', name: full };
  }
  if (object.kind === 'module') {
    if (name === 'loader') return object;
    const names = runtime.namesOfFile(object.file);
    if (name !== 'exec_module' && name !== 'load_module')
      return names?.get(name) ?? unknown(`\`${name}\` of ${basename(object.file)}`);
  }
  if (object.kind === 'by-python' && VERSION_PARTS.includes(name))
    return forEachPython(object, (each) => item(each, VERSION_PARTS.indexOf(name)));
  if (object.kind === 'path') {
    const value = pathAttribute(object.path, name);
    if (value !== undefined) return value;
  }
  return { kind: 'method', of: object, name };
}

function subscript(runtime: Runtime, object: PyValue, index: Expression, scope: Scope): PyValue {
  if (isUnknown(object)) return object;
  if (index.kind !== 'slice') return item(object, evaluate(runtime, index, scope));
  const bound = (part: Expression | undefined) => (part === undefined ? null : evaluate(runtime, part, scope));
  return slice(object, { from: bound(index.from), to: bound(index.to), step: bound(index.step) });
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

function isUnknownValue(value: readonly PyValue[] | ReturnType<typeof unknown>): value is ReturnType<typeof unknown> {
  return !Array.isArray(value);
}
