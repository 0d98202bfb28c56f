/** Python's builtins that make lists and dicts of others. */
import { limitItems } from './limits.js';
import { distinct } from './operators.js';
import { type Call, type CallArguments, NO_ARGUMENTS } from './runtime.js';
import { dict, isDict, isList, iterate, list, type PyValue, truth } from './values.js';

const container =
  (kind: 'list' | 'tuple' | 'set'): Call =>
  ({ positional }) => {
    const items = positional[0] === undefined ? [] : iterate(positional[0]);
    return items && list(kind === 'set' ? distinct(items) : items, kind);
  };

/** All items of several values, one after the other. */
export const chain = (items: readonly PyValue[] | undefined): PyValue | undefined => {
  const inner = items?.map(iterate);
  if (!inner?.every((each) => each !== undefined)) return undefined;
  limitItems(inner.reduce((sum, each) => sum + each.length, 0));
  return list(inner.flat());
};

export const COLLECTIONS: Readonly<Record<string, Call>> = {
  list: container('list'),
  tuple: container('tuple'),
  set: container('set'),
  frozenset: container('set'),
  dict: ({ positional: [first], named }) => {
    const entries = first === undefined ? [] : entriesOf(first);
    return entries && dict([...entries, ...named]);
  },
  sorted: ({ positional: [first], named }) => {
    const items = first === undefined || named.size > 0 ? undefined : iterate(first);
    return items?.every((item) => typeof item === 'string') ? list([...items].sort()) : undefined;
  },
  range: ({ positional }) => {
    const [first = 0, last, step = 1] = positional;
    const [from, to] = last === undefined ? [0, first] : [first, last];
    if (typeof from !== 'number' || typeof to !== 'number' || step !== 1) return undefined;
    limitItems(to - from);
    return list(Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index));
  },
  enumerate: ({ positional: [first, start = 0], named }) => {
    const items = first === undefined || named.size > 0 || typeof start !== 'number' ? undefined : iterate(first);
    return items && list(items.map((item, index) => list([(start as number) + index, item], 'tuple')));
  },
  zip: ({ positional, named }) => {
    const columns = positional.map(iterate);
    if (named.size > 0 || !columns.every((each) => each !== undefined)) return undefined;
    const length = columns.length === 0 ? 0 : Math.min(...columns.map((each) => each.length));
    return list(
      Array.from({ length }, (_, row) =>
        list(
          columns.map((each) => each[row] as PyValue),
          'tuple',
        ),
      ),
    );
  },
  reversed: ({ positional: [first] }) =>
    first !== undefined && isList(first) ? list(first.items.toReversed()) : undefined,
  sum: ({ positional: [first, start] }) => {
    const items = first === undefined ? undefined : iterate(first);
    return start !== undefined && isList(start) && items?.every(isList) ? chain([start, ...items]) : undefined;
  },
  map: ({ positional: [mapping, values] }, runtime, scope, line) => {
    const items = values === undefined ? undefined : iterate(values);
    return items && mapping !== undefined
      ? list(items.map((item) => runtime.call(mapping, one(item), scope, line)))
      : undefined;
  },
  filter: ({ positional: [condition, values] }, runtime, scope, line) => {
    const items = values === undefined ? undefined : iterate(values);
    const verdicts = items?.map((item) =>
      truth(condition === null || condition === undefined ? item : runtime.call(condition, one(item), scope, line)),
    );
    return verdicts?.every((verdict) => verdict !== undefined)
      ? list((items ?? []).filter((_, index) => verdicts[index]))
      : undefined;
  },
};

/** Of a dict, or of pairs whose first is a text. */
function entriesOf(value: PyValue): readonly (readonly [string, PyValue])[] | undefined {
  if (isDict(value)) return iterate(value) && [...value.entries];
  const pairs = isList(value) ? iterate(value)?.map((item) => (isList(item) ? item.items : [])) : undefined;
  const isKnown = pairs?.every(([key, , ...more]) => typeof key === 'string' && more.length === 0);
  return isKnown ? pairs?.map(([key, inner = null]) => [key as string, inner]) : undefined;
}

function one(value: PyValue): CallArguments {
  return { ...NO_ARGUMENTS, positional: [value] };
}
