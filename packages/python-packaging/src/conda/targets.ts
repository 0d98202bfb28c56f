/** For which platforms a wheel makes conda packages, by its compatibility tags. */
import type { WheelFilename } from '../dists/filenames.js';
import type { CondaTarget, PythonAbi } from './environments.js';
import { NotForConda } from './not-for-conda.js';

/** Wheel architectures as conda's subdirs call them. */
const LINUX = new Map([
  ['x86_64', 'linux-64'],
  ['aarch64', 'linux-aarch64'],
  ['ppc64le', 'linux-ppc64le'],
]);
const MACOS = new Map([
  ['x86_64', ['osx-64']],
  ['arm64', ['osx-arm64']],
  ['universal2', ['osx-64', 'osx-arm64']],
]);
const WINDOWS = new Map([
  ['win_amd64', 'win-64'],
  ['win_arm64', 'win-arm64'],
]);

/**
 * A pure wheel has one target, `noarch`; one for macOS on both architectures has two.
 * @throws {NotForConda} for a platform or an ABI that conda's Python has none of
 * @see Platform compatibility tags
 */
export function condaTargets(tags: WheelFilename): readonly CondaTarget[] {
  if (tags.platformTags.includes('any')) {
    if (!tags.abiTags.includes('none')) throw new NotForConda('a wheel for any platform that is bound to an ABI');
    return [{ kind: 'noarch', platforms: 'all' }];
  }
  const abi = pythonAbi(tags);
  const platforms = tags.platformTags.flatMap(condaPlatforms);
  if (platforms.length === 0) throw new NotForConda(`no conda platform is ${tags.platformTags.join('.')}`);
  // Of several tags for one platform the first is the oldest, which the wheel also runs on.
  const bySubdir = new Map(platforms.toReversed().map((platform) => [platform.subdir, platform]));
  return [...bySubdir.values()].map((platform) => ({ kind: 'platform', abi, ...platform }));
}

function pythonAbi({ pythonTags, abiTags }: WheelFilename): PythonAbi {
  const minors = pythonTags.map((tag) => /^cp3(\d+)$/.exec(tag)?.[1]).filter((minor) => minor !== undefined);
  const python = `3.${minors[0]}`;
  if (abiTags.includes('none')) return { kind: 'none' };
  if (abiTags.includes('abi3') && minors.length > 0) return { kind: 'abi3', python };
  if (minors.length === 1 && abiTags.includes(`cp3${minors[0]}`)) return { kind: 'cpython', python };
  throw new NotForConda(`the ABI ${abiTags.join('.')} for ${pythonTags.join('.')} is none of conda's Python`);
}

function condaPlatforms(tag: string): { subdir: string; virtual: readonly string[] }[] {
  const linux = /^(?:linux|manylinux(?:1|2010|2014|_(?<glibc>\d+_\d+)))_(?<machine>.+)$/.exec(tag)?.groups;
  if (linux) {
    const subdir = LINUX.get(linux.machine ?? '');
    const glibc = linux.glibc?.replace('_', '.') ?? LEGACY_GLIBC.get(tag.split('_')[0] ?? '');
    return subdir ? [{ subdir, virtual: glibc === undefined ? [] : [`__glibc >=${glibc}`] }] : [];
  }
  const macos = /^macosx_(?<version>\d+_\d+)_(?<machine>.+)$/.exec(tag)?.groups;
  if (macos) {
    const virtual = [`__osx >=${macos.version?.replace('_', '.')}`];
    return (MACOS.get(macos.machine ?? '') ?? []).map((subdir) => ({ subdir, virtual }));
  }
  const windows = WINDOWS.get(tag);
  return windows ? [{ subdir: windows, virtual: [] }] : [];
}

/** @see PEP 600, "Legacy manylinux tags" */
const LEGACY_GLIBC = new Map([
  ['manylinux1', '2.5'],
  ['manylinux2010', '2.12'],
  ['manylinux2014', '2.17'],
]);
