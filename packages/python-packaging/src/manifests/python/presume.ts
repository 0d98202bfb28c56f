/** What is presumed where a value is not known, for those who would rather have a likely value than none. */
import { binary } from './operators.js';
import { HOLE, type Runtime } from './runtime.js';
import { isDict, isList, type PyValue, toText, truth } from './values.js';

/** @returns what a condition decides, `undefined` where that is neither known nor presumed */
export function decide(runtime: Runtime, condition: PyValue): boolean | undefined {
  return truth(condition) ?? runtime.presumes;
}

/** @returns a hole in place of a value that has no text */
export function withHole(runtime: Runtime, value: PyValue): PyValue {
  return runtime.presumes !== undefined && toText(value) === undefined ? HOLE : value;
}

/** `left OPERATOR right`; a presumed text keeps its known part, a presumed list its known items. */
export function operation(runtime: Runtime, operator: string, left: PyValue, right: PyValue): PyValue {
  if (runtime.presumes === undefined) return binary(operator, left, right);
  if (operator === '+') {
    if (isList(left) && !isList(right)) return left;
    if (isList(right) && !isList(left)) return right;
    if (typeof left === 'string' || typeof right === 'string')
      return binary(operator, withHole(runtime, left), withHole(runtime, right));
  }
  if (operator === '%' && typeof left === 'string' && !isDict(right)) {
    const filled = isList(right)
      ? { ...right, items: right.items.map((item) => withHole(runtime, item)) }
      : withHole(runtime, right);
    return binary(operator, left, filled);
  }
  return binary(operator, left, right);
}
