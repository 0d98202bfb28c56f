/** What an assignment, a loop or a comprehension binds its value to. */
import type { Expression } from './syntax.js';
import { isUnknown, iterate, type PyValue, type Scope, unknown } from './values.js';

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
