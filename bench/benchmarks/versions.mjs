// Reading versions, and asking specifiers for them, against PyPA `packaging`.
import { contains, parseSpecifierSet, parseVersion } from '../../packages/python-packaging/dist/index.js';
import { packagingVersion } from '../harness/python.mjs';
import { rateRow, ratesOf } from '../harness/rates.mjs';

/** Two of three are numbers and dots only, about as on PyPI. */
const SHAPES = [
  (n) => `${n % 7}.${n % 29}.${n}`,
  (n) => `${2000 + (n % 27)}.${n % 13}.${n}`,
  (n) => `0.${n}`,
  (n) => `1.${n % 40}.0rc${n}`,
  (n) => `${n}.0.post${n % 4}`,
  (n) => `${n % 5}.${n}.0.dev0`,
];
const versions = Array.from({ length: 100_000 }, (_, n) => SHAPES[n % SHAPES.length](n));
const specifiers = '>=1.2,<4,!=3.0.*';

export default function run() {
  const reference = packagingVersion();
  const set = parseSpecifierSet(specifiers);
  return [
    rateRow(
      'versions read',
      ratesOf(versions, parseVersion, 'from packaging.version import Version as work'),
      400_000,
      reference,
    ),
    rateRow(
      `versions read and asked for in \`${specifiers}\``,
      ratesOf(
        versions,
        (text) => contains(set, text),
        `from packaging.specifiers import SpecifierSet\nwork = SpecifierSet("${specifiers}").contains`,
      ),
      100_000,
      reference,
    ),
  ];
}
