/** Python's operators on followed values. */
import { joinPath } from './files.js';
import { limitComparisons, limitItems, limitText, MAX_ITEMS, MAX_TEXT } from './limits.js';
import { decidedByAll, isByPython } from './pythons.js';
import {
  dict,
  isDict,
  isEqual,
  isList,
  isUnknown,
  iterate,
  list,
  type PyList,
  type PyValue,
  toText,
  truth,
  unknown,
} from './values.js';

/** @returns `left OPERATOR right` */
export function binary(operator: string, left: PyValue, right: PyValue): PyValue {
  if (isUnknown(left)) return left;
  if (operator === '%' && typeof left === 'string') return formatPercent(left, right);
  if (isUnknown(right)) return right;
  const unsupported = unknown(`\`${operator}\` on values that are not followed`);
  if (typeof left === 'number' && typeof right === 'number') return arithmetic(operator, left, right) ?? unsupported;
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    if (isList(left) && isList(right) && left.kind === right.kind && left.kind !== 'set') {
      limitItems(left.items.length + right.items.length);
      return list([...left.items, ...right.items], left.kind);
    }
  }
  if (operator === '*' && typeof right === 'number') {
    if (typeof left === 'string' && left.length * right < MAX_TEXT) return left.repeat(Math.max(0, right));
    if (isList(left) && left.items.length * right < MAX_ITEMS) {
      return list(Array.from({ length: Math.max(0, right) }, () => left.items).flat(), left.kind);
    }
  }
  if (operator === '/' && typeof left === 'object' && left?.kind === 'path') {
    const part = toText(right);
    if (part !== undefined) return { kind: 'path', path: joinPath(left.path, part) };
  }
  if (operator === '|' && isDict(left) && isDict(right)) {
    return iterate(left) && iterate(right) ? dict([...left.entries, ...right.entries]) : unsupported;
  }
  if (isList(left) && isList(right) && left.kind === 'set' && right.kind === 'set' && operator === '|') {
    return list(distinct([...left.items, ...right.items]), 'set');
  }
  return unsupported;
}

/** @returns the items without repetition; those that cannot be compared all stay */
export function distinct(items: readonly PyValue[]): readonly PyValue[] {
  const texts = new Set<string>();
  const others: PyValue[] = [];
  return items.filter((item) => {
    const isNew =
      typeof item === 'string' ? !texts.has(item) : !others.some((earlier) => isEqual(earlier, item) === true);
    if (typeof item === 'string') texts.add(item);
    else if (isNew) others.push(item);
    limitComparisons(others.length);
    return isNew;
  });
}

/** @returns `left OPERATOR right` for a comparison, `undefined` where it is not known */
export function compare(operator: string, left: PyValue, right: PyValue): boolean | undefined {
  if (isUnknown(left) || isUnknown(right)) return undefined;
  if (isByPython(left) || isByPython(right))
    return decidedByAll(left, right, (one, other) => compare(operator, one, other));
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return not(isEqual(left, right));
    case 'is':
      return left === null || right === null ? left === right : undefined;
    case 'is not':
      return left === null || right === null ? left !== right : undefined;
    case 'in':
      return contains(left, right);
    case 'not in':
      return not(contains(left, right));
    default:
      return order(operator, left, right);
  }
}

function not(verdict: boolean | undefined): boolean | undefined {
  return verdict === undefined ? undefined : !verdict;
}

/** @returns `-operand`, `not operand`, … */
export function unary(operator: string, operand: PyValue): PyValue {
  if (operator === 'not')
    return truth(operand) === undefined ? unknown('a condition that is not known') : !truth(operand);
  if (typeof operand !== 'number' || operator === '~')
    return unknown(`\`${operator}\` on a value that is not followed`);
  return operator === '-' ? -operand : operand;
}

function arithmetic(operator: string, a: number, b: number): number | undefined {
  const result = operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : Number.NaN;
  return Number.isSafeInteger(result) ? result : undefined;
}

function contains(item: PyValue, container: PyValue): boolean | undefined {
  if (typeof container === 'string') return typeof item === 'string' ? container.includes(item) : undefined;
  const items = isList(container) || isDict(container) ? iterate(container) : undefined;
  if (items === undefined) return undefined;
  const verdicts = items.map((each) => isEqual(each, item));
  return verdicts.includes(true) ? true : verdicts.includes(undefined) ? undefined : false;
}

function order(operator: string, left: PyValue, right: PyValue): boolean | undefined {
  if (isList(left) && isList(right)) return left.kind === right.kind ? orderOfItems(operator, left, right) : undefined;
  const areNumbers = typeof left === 'number' && typeof right === 'number';
  if (!areNumbers && !(typeof left === 'string' && typeof right === 'string')) return undefined;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}

/** By the first items that differ; of a list and its beginning the latter is less. */
function orderOfItems(operator: string, left: PyList, right: PyList): boolean | undefined {
  if (left.kind === 'set') return undefined;
  const verdicts = left.items
    .slice(0, right.items.length)
    .map((item, index) => isEqual(item, right.items[index] ?? null));
  const at = verdicts.findIndex((isSame) => isSame !== true);
  if (at < 0) return order(operator, left.items.length, right.items.length);
  return verdicts[at] === undefined ? undefined : order(operator, left.items[at] ?? null, right.items[at] ?? null);
}

/** `"%s-%(name)s" % values`, with plain `s` and `d` only. */
function formatPercent(format: string, values: PyValue): PyValue {
  if (isUnknown(values)) return values;
  const positional = isList(values) && values.kind === 'tuple' ? [...values.items] : [values];
  let failure: PyValue | undefined;
  let length = format.length;
  const text = format.replace(/%(?:%|(?:\((\w+)\))?([a-zA-Z])|.?)/g, (written, name?: string, conversion?: string) => {
    if (written === '%%') return '%';
    const value = name === undefined ? positional.shift() : isDict(values) ? values.entries.get(name) : undefined;
    const shown = value === undefined || (conversion === 'd' && typeof value !== 'number') ? undefined : toText(value);
    if (shown === undefined || (conversion !== 's' && conversion !== 'd')) {
      failure ??=
        value !== undefined && isUnknown(value)
          ? value
          : unknown(`the format "${format}" with values that are not followed`);
    }
    length += shown?.length ?? 0;
    limitText(length);
    return shown ?? '';
  });
  if (failure !== undefined) return failure;
  return positional.length === 0 || isDict(values) ? text : unknown('a format with more values than places');
}
