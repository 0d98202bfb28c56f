/** Versions as tools of the npm world count them (SemVer), and back: `1.1.0rc1` is `1.1.0-rc.1` there. */
import { parseVersion, type Version, type VersionNumber } from './version.js';

const PHASES = { a: 'alpha', b: 'beta', rc: 'rc' } as const;
const SEMVER = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z-.]+))?(?:\+([0-9A-Za-z-.]+))?$/;

/**
 * A version in SemVer. Numbers that are left out are 0 (`1.0` is `1.0.0`); a post-release is build metadata (`1.0.0+post.1`), because
 * SemVer has nothing that comes after a release.
 * @returns `undefined` for what SemVer cannot say: an epoch, a fourth number, a local label
 */
export function toSemver({ epoch, release, pre, post, dev, local }: Version): string | undefined {
  if (epoch || local !== undefined || release.slice(3).some(Boolean)) return undefined;
  const [major = 0, minor = 0, patch = 0] = release;
  const development = dev === undefined ? [] : ['dev', dev];
  const before = [...(pre ? [PHASES[pre.phase], pre.number] : []), ...(post === undefined ? development : [])];
  const after = post === undefined ? [] : ['post', post, ...development];
  const suffix = (sign: string, parts: readonly (string | VersionNumber)[]) =>
    parts.length > 0 ? sign + parts.join('.') : '';
  return `${major}.${minor}.${patch}${suffix('-', before)}${suffix('+', after)}`;
}

/**
 * The version that a SemVer text stands for. Pre-releases are called `alpha`, `beta`, `rc` (or as PEP 440 abbreviates them) and `dev`.
 * @returns `undefined` for what PEP 440 cannot say, such as `1.0.0-canary.1`, or `1.0.0-0`, which would be read as a post-release
 */
export function fromSemver(text: string): Version | undefined {
  const [, major, minor, patch, before = '', after = ''] = SEMVER.exec(text) ?? [];
  if (major === undefined) return undefined;
  if (
    before !== '' &&
    !/^(?:(?:alpha|beta|preview|pre|a|b|c|rc)(?:\.?\d+)?)?(?:(?:^|\.)dev(?:\.?\d+)?)?$/i.test(before)
  )
    return undefined;
  if (after !== '' && !/^post(?:\.\d+)?(?:\.dev(?:\.\d+)?)?$/i.test(after)) return undefined;
  return parseVersion([`${major}.${minor}.${patch}`, before, after].filter((part) => part !== '').join('.'));
}
