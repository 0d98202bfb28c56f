/** The environments in which a conda package may be installed, and what markers come to in all of them. */
import { judgeMarker, type MarkerScope, type MarkerVerdict } from '../requirements/judge-marker.js';
import type { Marker, MarkerEnvironment } from '../requirements/markers.js';
import type { SpecifierClause, SpecifierSet } from '../versions/specifiers.js';

/** Where a package can be installed: `noarch` everywhere, or on all of one family by a virtual package; else on one platform. */
export type CondaTarget =
  | { readonly kind: 'noarch'; readonly platforms: 'all' | 'unix' | 'win' }
  | {
      readonly kind: 'platform';
      readonly subdir: string;
      readonly abi: PythonAbi;
      /** virtual packages that the platform tag asks for, such as `__glibc >=2.17` */
      readonly virtual: readonly string[];
    };

/** What compiled modules are bound to; `python` is a minor version such as `3.11`, for the stable ABI the lowest. */
export type PythonAbi =
  | { readonly kind: 'cpython' | 'abi3'; readonly python: string }
  /** a library that Python's C API has no part in */
  | { readonly kind: 'none' };

interface Platform {
  readonly os: 'linux' | 'osx' | 'win';
  readonly machine: string;
}

/** conda's platforms by subdir; the machine as Python's `platform.machine()` says it. */
const PLATFORMS: ReadonlyMap<string, Platform> = new Map([
  ['linux-64', { os: 'linux', machine: 'x86_64' }],
  ['linux-aarch64', { os: 'linux', machine: 'aarch64' }],
  ['linux-ppc64le', { os: 'linux', machine: 'ppc64le' }],
  ['osx-64', { os: 'osx', machine: 'x86_64' }],
  ['osx-arm64', { os: 'osx', machine: 'arm64' }],
  ['win-64', { os: 'win', machine: 'AMD64' }],
  ['win-arm64', { os: 'win', machine: 'ARM64' }],
]);

/** @param requiresPython leaves out the versions of Python that the package is not for */
export function condaScopes(target: CondaTarget, requiresPython: SpecifierSet | undefined): readonly MarkerScope[] {
  const pythons = [...(requiresPython?.clauses ?? []), ...boundTo(target)];
  return [...PLATFORMS]
    .filter(([subdir, platform]) => isTargeted(target, subdir, platform))
    .map(([, platform]) => ({ requiresPython: { clauses: pythons }, environment: markerEnvironment(platform) }));
}

/** What a marker says over all environments of a package together. */
export function judgeInScopes(marker: Marker, scopes: readonly MarkerScope[]): MarkerVerdict {
  const [first = 'never', ...others] = scopes.map((scope) => judgeMarker(marker, scope));
  return others.every((verdict) => verdict === first) ? first : 'depends';
}

function isTargeted(target: CondaTarget, subdir: string, { os }: Platform): boolean {
  if (target.kind === 'platform') return target.subdir === subdir;
  return target.platforms === 'all' || (target.platforms === 'win') === (os === 'win');
}

function boundTo(target: CondaTarget): readonly SpecifierClause[] {
  if (target.kind === 'noarch' || target.abi.kind === 'none') return [];
  const { kind, python } = target.abi;
  return kind === 'cpython' ? [{ operator: '==', version: `${python}.*` }] : [{ operator: '>=', version: python }];
}

/** conda's Python is CPython. What belongs to a machine's own state (releases of its kernel) is not known. */
function markerEnvironment({ os, machine }: Platform): MarkerEnvironment {
  const [osName, sysPlatform, system] = {
    linux: ['posix', 'linux', 'Linux'],
    osx: ['posix', 'darwin', 'Darwin'],
    win: ['nt', 'win32', 'Windows'],
  }[os] as [string, string, string];
  return {
    implementation_name: 'cpython',
    platform_python_implementation: 'CPython',
    os_name: osName,
    sys_platform: sysPlatform,
    platform_system: system,
    platform_machine: machine,
    extra: '',
  };
}
