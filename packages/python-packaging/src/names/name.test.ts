/** Names are folded and judged as PyPA `packaging` does it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { isValidName, normalizeName } from './name.js';

test('names are folded and accepted as there', () => {
  const character = fc.constantFrom(...'aZ0.-_ é\n');
  const names = fc.sample(fc.string({ unit: character, maxLength: 8 }), 20_000);
  const source = `
from packaging.utils import InvalidName, canonicalize_name
def answer(name):
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:
        return [canonicalize_name(name), False]
    return [canonicalize_name(name), True]`;
  expect(names.map((name) => [normalizeName(name), isValidName(name)])).toEqual(askPython(source, names));
});
