/** A conda channel as publishing sees it. */
import type { BuiltCondaPackage } from '../conda-record.js';

export type Sent = { readonly kind: 'stored' } | { readonly kind: 'failed'; readonly problem: string };

/** What a channel has under a package's file name. */
export interface Presence {
  readonly sha256: string;
  /** whether clients see it, or it only lies there */
  readonly isListed: boolean;
}

export interface CondaChannel {
  /** how packages are installed from it: what goes behind `-c` */
  readonly installFrom: string;
  /** what stands against sending anything there, such as a missing token */
  readonly problems: readonly string[];
  /**
   * Asks afresh what is there; packages of which nothing is are left out.
   * @throws {UserError} when there is no way to know
   */
  look(packages: readonly BuiltCondaPackage[]): Promise<ReadonlyMap<BuiltCondaPackage, Presence>>;
  /** Sends a file that is not there. */
  put(pkg: BuiltCondaPackage): Promise<Sent>;
  /**
   * Called when all has been put: makes the channel list it.
   * @param packages that lie there and are not listed yet
   * @returns what a person should know
   */
  settle(packages: readonly BuiltCondaPackage[]): Promise<readonly string[]>;
  /** takes our credential out of a text */
  redact(text: string): string;
}

/** `noarch/alpha-1.0-py_0.conda`: where a package is in any channel. */
export function pathInChannel({ subdir, filename }: Pick<BuiltCondaPackage, 'subdir' | 'filename'>): string {
  return `${subdir}/${filename}`;
}
