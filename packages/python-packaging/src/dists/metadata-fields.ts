/** The fields of core metadata: since which version of the format each exists, and which may stand several times. */

export interface MetadataField {
  /** in the spelling of the specification */
  readonly name: string;
  readonly since: MetadataVersion;
  readonly isRepeatable: boolean;
}

/** The versions of the format, in their order. */
export const METADATA_VERSIONS = ['1.0', '1.1', '1.2', '2.1', '2.2', '2.3', '2.4', '2.5', '2.6'] as const;
type MetadataVersion = (typeof METADATA_VERSIONS)[number];

const ONCE: Readonly<Record<string, MetadataVersion>> = {
  'Metadata-Version': '1.0',
  Name: '1.0',
  Version: '1.0',
  Summary: '1.0',
  Description: '1.0',
  'Description-Content-Type': '2.1',
  Keywords: '1.0',
  'Home-page': '1.0',
  'Download-URL': '1.1',
  Author: '1.0',
  'Author-email': '1.0',
  Maintainer: '1.2',
  'Maintainer-email': '1.2',
  License: '1.0',
  'License-Expression': '2.4',
  'Requires-Python': '1.2',
};

const REPEATABLE: Readonly<Record<string, MetadataVersion>> = {
  Dynamic: '2.2',
  Platform: '1.0',
  'Supported-Platform': '1.1',
  Classifier: '1.1',
  'License-File': '2.4',
  'Requires-Dist': '1.2',
  'Requires-External': '1.2',
  'Project-URL': '1.2',
  'Provides-Extra': '2.1',
  'Provides-Dist': '1.2',
  'Obsoletes-Dist': '1.2',
  'Import-Name': '2.5',
  'Import-Namespace': '2.5',
  Requires: '1.1',
  Provides: '1.1',
  Obsoletes: '1.1',
};

/**
 * By lower-case name.
 * @see Core metadata specifications
 */
export const METADATA_FIELDS: ReadonlyMap<string, MetadataField> = new Map(
  [...entries(ONCE, false), ...entries(REPEATABLE, true)].map((field) => [field.name.toLowerCase(), field]),
);

function entries(fields: Readonly<Record<string, MetadataVersion>>, isRepeatable: boolean): MetadataField[] {
  return Object.entries(fields).map(([name, since]) => ({ name, since, isRepeatable }));
}
