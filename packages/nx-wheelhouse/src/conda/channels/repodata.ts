/** `repodata.json`: what a channel lists for one platform. */

interface Repodata {
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
  let repodata: Repodata;
  try {
    repodata = JSON.parse(text);
  } catch {
    throw new NotRepodata('the answer is not JSON');
  }
  if (typeof repodata !== 'object' || repodata === null) throw new NotRepodata('the answer has no list of packages');
  return new Map(Object.entries({ ...repodata.packages, ...repodata['packages.conda'] }));
}
