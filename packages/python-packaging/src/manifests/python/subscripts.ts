/** `object[key]` and `object[from:to]` of followed values. */
import { groupOf } from './methods.js';
import { forEachPython, isByPython } from './pythons.js';
import { isDict, isList, isUnknown, list, type PyValue, unknown } from './values.js';

export function item(object: PyValue, key: PyValue): PyValue {
  if (isUnknown(object)) return object;
  if (isUnknown(key)) return key;
  if (isByPython(object)) return forEachPython(object, (each) => item(each, key));
  const items =
    typeof object === 'string' ? [...object] : isList(object) && object.kind !== 'set' ? object.items : undefined;
  const missing = unknown('an item that is not there, or not followed');
  if (items !== undefined && typeof key === 'number') return items.at(key) ?? missing;
  if (isDict(object) && typeof key === 'string') return object.entries.get(key) ?? missing;
  if (typeof object === 'object' && object?.kind === 'match') return groupOf(object.match, key) ?? missing;
  return missing;
}

/** @param bounds each `null` where it is not stated */
export function slice(object: PyValue, bounds: { from: PyValue; to: PyValue; step: PyValue }): PyValue {
  if (isUnknown(object)) return object;
  if (isByPython(object)) return forEachPython(object, (each) => slice(each, bounds));
  const { from, to, step } = bounds;
  const isBound = (bound: PyValue): bound is number | null => bound === null || typeof bound === 'number';
  const isReversal = from === null && to === null && step === -1;
  if (!isBound(from) || !isBound(to) || !(step === null || isReversal)) return unknown('a slice that is not followed');
  const part = [from ?? undefined, to ?? undefined] as const;
  if (typeof object === 'string')
    return isReversal ? [...object].reverse().join('') : [...object].slice(...part).join('');
  if (isList(object) && object.kind !== 'set')
    return list(isReversal ? object.items.toReversed() : object.items.slice(...part), object.kind);
  return unknown('a slice of a value that is not followed');
}
