/** Comprehensions of lists, sets and dicts, and generators. */
import { distinct } from './operators.js';
import { decide } from './presume.js';
import type { Runtime } from './runtime.js';
import type { Clause, Expression } from './syntax.js';
import { bind } from './targets.js';
import { dict, isUnknown, iterate, list, type PyValue, reasonOf, type Scope, unknown } from './values.js';

export function comprehension(
  runtime: Runtime,
  { makes, key, value, clauses }: Extract<Expression, { kind: 'comprehension' }>,
  outer: Scope,
): PyValue {
  const scope: Scope = { names: new Map(), outer, isComprehension: true };
  const made: (readonly [PyValue, PyValue])[] = [];
  const failure = eachOf(runtime, clauses, scope, () => {
    made.push([key === undefined ? null : runtime.evaluate(key, scope), runtime.evaluate(value, scope)]);
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
  const iterable = runtime.evaluate(clause.iterable, scope);
  const items = isUnknown(iterable) ? undefined : iterate(iterable);
  if (items === undefined) return runtime.presumes === undefined ? reasonOf(iterable) : undefined;
  for (const item of items) {
    if (!bind(clause.target, item, scope)) return 'a loop over targets that are not followed';
    const verdicts = clause.conditions.map((condition) => decide(runtime, runtime.evaluate(condition, scope)));
    if (verdicts.includes(undefined)) return 'a condition that is not known';
    const failure = verdicts.includes(false) ? undefined : eachOf(runtime, inner, scope, visit);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
