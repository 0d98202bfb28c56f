// Reading dependency specifiers, against PyPA `packaging`.
import { evaluateMarker, parseMarker, parseRequirement } from '../../packages/python-packaging/dist/index.js';
import { packagingVersion } from '../harness/python.mjs';
import { rateRow, ratesOf } from '../harness/rates.mjs';

const SHAPES = [
  (n) => `package-${n}>=${n % 9}.${n % 30}`,
  (n) => `Some.Package_${n}>=1.${n % 50},<${2 + (n % 3)}`,
  (n) => `plain${n}`,
  (n) => `tools-${n}[dev,Test]~=2.${n % 20}.0; python_version >= "3.${n % 14}"`,
  (n) => `pinned${n}==1.${n}.0 ; extra == 'docs'`,
];
const requirements = Array.from({ length: 100_000 }, (_, n) => SHAPES[n % SHAPES.length](n));
const markers = Array.from(
  { length: 20_000 },
  (_, n) => `python_version >= "3.${n % 14}" and (sys_platform != "win${n}" or os_name == 'nt')`,
);
const environment = { python_version: '3.11', sys_platform: 'linux', os_name: 'posix' };

export default function run() {
  const reference = packagingVersion();
  return [
    rateRow(
      'requirements read',
      ratesOf(requirements, parseRequirement, 'from packaging.requirements import Requirement as work'),
      400_000,
      reference,
    ),
    rateRow(
      'markers read and evaluated',
      ratesOf(
        markers,
        (text) => evaluateMarker(parseMarker(text), environment),
        `from packaging.markers import Marker\ndef work(text): return Marker(text).evaluate(${JSON.stringify(environment)})`,
      ),
      100_000,
      reference,
    ),
  ];
}
