/** `repodata.json`: what a channel lists for one platform. */
import type { RecordedPackage } from '../conda-record.js';

interface Repodata {
  readonly info?: unknown;
  readonly repodata_version?: unknown;
  readonly packages?: Readonly<Record<string, RepodataEntry>>;
  readonly 'packages.conda'?: Readonly<Record<string, RepodataEntry>>;
}

export interface RepodataEntry {
  readonly name: string;
  readonly version: string;
  readonly build_number: number;
  /** lower-case hexadecimal */
  readonly sha256?: string;
}

export class NotRepodata extends Error {
  override readonly name = 'NotRepodata';
}

/**
 * The packages by file name.
 * @throws {NotRepodata}
 * @see CEP 36, "Package metadata files served by conda channels"
 */
export function parseRepodata(text: string): ReadonlyMap<string, RepodataEntry> {
  const repodata = readRepodata(text);
  return new Map(Object.entries({ ...repodata.packages, ...repodata['packages.conda'] }));
}

/**
 * The list with some packages more, all others in it as they are.
 * @param text `undefined` where there is no list yet
 * @throws {NotRepodata}
 */
export function withPackages(
  text: string | undefined,
  subdir: string,
  packages: readonly Pick<RecordedPackage, 'filename' | 'index' | 'md5' | 'sha256' | 'size'>[],
): string {
  const repodata: Repodata = text === undefined ? { info: { subdir }, repodata_version: 1 } : readRepodata(text);
  const withAdded = (old: Readonly<Record<string, unknown>> = {}, isOfForm: (filename: string) => boolean) => {
    const added = packages
      .filter(({ filename }) => isOfForm(filename))
      .map(({ filename, index, md5, sha256, size }) => [filename, { ...index, md5, sha256, size }] as const);
    const entries = Object.entries({ ...old, ...Object.fromEntries(added) });
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const isConda = (filename: string) => filename.endsWith('.conda');
  return JSON.stringify({
    ...repodata,
    packages: withAdded(repodata.packages, (filename) => !isConda(filename)),
    'packages.conda': withAdded(repodata['packages.conda'], isConda),
  });
}

function readRepodata(text: string): Repodata {
  let repodata: unknown;
  try {
    repodata = JSON.parse(text);
  } catch {
    throw new NotRepodata('the answer is not JSON');
  }
  if (typeof repodata !== 'object' || repodata === null) throw new NotRepodata('the answer has no list of packages');
  return repodata;
}
