/** References into git repositories as direct references write them: `git+https://host/repository@revision#subdirectory=libs/alpha`. */
import { parseVersion } from '../versions/version.js';

const COMMIT = /^[0-9a-f]{7,40}$/;

export interface GitReference {
  /** the package's folder in the repository, `.` for its root */
  readonly folder: string;
  /** a commit or the tag of a version, which what is new in the repository does not reach; branches move on, and so does what is not said */
  readonly isFixed: boolean;
}

/** @param parts as uv and poetry state them, one key each */
export function gitReference(
  address: string,
  parts: { readonly revision: string | undefined; readonly folder: unknown },
): string {
  const revision = parts.revision === undefined ? '' : `@${parts.revision}`;
  return `git+${address}${revision}${typeof parts.folder === 'string' ? `#subdirectory=${parts.folder}` : ''}`;
}

/** @returns `undefined` for a URL that is none of git's */
export function parseGitReference(url: string): GitReference | undefined {
  const [, path, fragment = ''] = /^git\+\w+:\/\/[^/]*([^#?]*)[^#]*(?:#(.*))?$/.exec(url) ?? [];
  if (path === undefined) return undefined;
  const revision = /@(.+)$/.exec(path)?.[1];
  const folder = /(?:^|&)subdirectory=([^&]*)/.exec(fragment)?.[1] ?? '';
  return {
    folder: folder.replace(/^(?:\.?\/)+|\/+$/g, '') || '.',
    isFixed: revision !== undefined && (COMMIT.test(revision) || parseVersion(revision) !== undefined),
  };
}
