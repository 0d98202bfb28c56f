/** How much work and memory a text may take: more than any manifest needs, and no more than a moment. */
import { isDict, isList, type PyValue } from './values.js';

/** characters of a text */
export const MAX_TEXT = 1_000_000;
/** items of a list, set or dict */
export const MAX_ITEMS = 100_000;
/** values that are not plain in one set */
const MAX_COMPARED = 300;

/** The text would take too long to follow; no manifest that people write does. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';
}

/** @returns whether an error says that a text takes too much work: by steps, by nesting or by the size of what it makes */
export function isTooMuchWork(error: unknown): boolean {
  return error instanceof TooMuchWork || error instanceof RangeError;
}

/** @throws {TooMuchWork} for a text that would become longer than is followed */
export function limitText(length: number): void {
  if (length > MAX_TEXT) throw new TooMuchWork('a text that is too long');
}

/** @throws {TooMuchWork} for a container that would become larger than is followed */
export function limitItems(count: number): void {
  if (count > MAX_ITEMS) throw new TooMuchWork('a list that is too long');
}

/** @throws {TooMuchWork} for a comparison of each with each of too many */
export function limitComparisons(count: number): void {
  if (count > MAX_COMPARED) throw new TooMuchWork('a set that is too large');
}

/** How much a value weighs, in steps of work: one for each thousand of its characters or items. */
export function weight(value: PyValue): number {
  const size =
    typeof value === 'string'
      ? value.length
      : isList(value)
        ? value.items.length
        : isDict(value)
          ? value.entries.size
          : 0;
  return Math.floor(size / 1000);
}
