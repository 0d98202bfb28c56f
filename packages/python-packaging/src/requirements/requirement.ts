/** Dependency specifiers (PEP 508) as values. */
import type { NormalizedName } from '../names/name.js';
import type { SpecifierSet } from '../versions/specifiers.js';
import type { Marker } from './markers.js';

/** A dependency specifier such as `requests[socks]>=2.8,<3; python_version >= "3.9"`. */
export interface Requirement {
  /** The name in its normalised spelling (PEP 503). */
  readonly name: NormalizedName;
  /** The name as it was written. */
  readonly writtenName: string;
  readonly extras: readonly NormalizedName[];
  readonly source:
    | { readonly kind: 'index'; readonly specifiers: SpecifierSet }
    | { readonly kind: 'url'; readonly url: string };
  readonly marker: Marker | undefined;
}
