/** The builtin types of followed values. */
import { isDict, isList, isUnknown, type PyValue } from './values.js';

const TYPES: Readonly<Record<string, (value: PyValue) => boolean>> = {
  str: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int: (value) => typeof value === 'number' || typeof value === 'boolean',
  list: (value) => isList(value) && value.kind === 'list',
  tuple: (value) => isList(value) && value.kind === 'tuple',
  set: (value) => isList(value) && value.kind === 'set',
  dict: isDict,
};

/** `isinstance(value, str)`, `isinstance(value, (list, tuple))`; `undefined` where it is not known */
export function isInstance(value: PyValue, types: PyValue): boolean | undefined {
  if (isUnknown(value)) return undefined;
  const wanted = (isList(types) ? types.items : [types]).map((type) =>
    typeof type === 'object' && type?.kind === 'symbol' && Object.hasOwn(TYPES, type.name)
      ? TYPES[type.name]?.(value)
      : undefined,
  );
  return wanted.includes(true) ? true : wanted.includes(undefined) ? undefined : false;
}
