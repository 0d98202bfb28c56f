/** What is wrong with core metadata that can be read: fields that the specification does not have, or not with that value. */
import { isValidName } from '../names/name.js';
import { InvalidRequirement, parseRequirement } from '../requirements/requirement.js';
import { InvalidSpecifier, parseSpecifierSet } from '../versions/specifiers.js';
import { isValidVersion } from '../versions/version.js';
import type { CoreMetadata } from './core-metadata.js';
import { METADATA_FIELDS, METADATA_VERSIONS } from './metadata-fields.js';

export interface MetadataProblem {
  /** in the spelling of the specification; as written where it has no such field */
  readonly field: string;
  readonly reason: string;
}

/**
 * Everything that is wrong, in the order of the fields. Licence expressions are not looked up in the list of SPDX.
 * @see Core metadata specifications
 */
export function findMetadataProblems(metadata: CoreMetadata): readonly MetadataProblem[] {
  const known = (METADATA_VERSIONS as readonly string[]).indexOf(metadata.metadataVersion);
  const seen = new Set<string>();
  return metadata.fields.flatMap(([written, value]) => {
    const field = METADATA_FIELDS.get(written.toLowerCase());
    if (field === undefined) return [{ field: written, reason: 'the specification has no such field' }];
    const problem = (reason: string) => [{ field: field.name, reason }];
    if (!field.isRepeatable && seen.has(field.name)) return problem('it stands more than once');
    seen.add(field.name);
    if (field.name === 'Project-URL') {
      const [label = ''] = value.split(',', 1);
      if (seen.has(`Project-URL ${label.trim()}`)) return problem(`the label "${label.trim()}" stands more than once`);
      seen.add(`Project-URL ${label.trim()}`);
    }
    if (known >= 0 && METADATA_VERSIONS.indexOf(field.since) > known)
      return problem(`it came with metadata version ${field.since}, not ${metadata.metadataVersion}`);
    if (field.name === 'Description' && metadata.hasBody) return problem('there is a description in the body as well');
    const reason = CHECKS[field.name]?.(value);
    return reason === undefined ? [] : problem(reason);
  });
}

/** By field: why a value is none that the field can have, `undefined` where it is one. */
const CHECKS: Readonly<Record<string, (value: string) => string | undefined>> = {
  'Metadata-Version': (value) =>
    (METADATA_VERSIONS as readonly string[]).includes(value) ? undefined : `there is no metadata version "${value}"`,
  Name: nameProblem,
  Version: (value) => (isValidVersion(value) ? undefined : `"${value}" is no version`),
  Summary: (value) => (/[\n\r\v\f\u2028\u2029]/.test(value) ? 'it has more than one line' : undefined),
  'Description-Content-Type': contentTypeProblem,
  Dynamic: dynamicProblem,
  'Provides-Extra': nameProblem,
  'Requires-Python': (value) => refusal(() => parseSpecifierSet(value)),
  'Requires-Dist': (value) => refusal(() => parseRequirement(value)),
  'License-File': licenseFileProblem,
  'Import-Name': (value) => (value === '' ? undefined : importNameProblem(value)),
  'Import-Namespace': importNameProblem,
};

function nameProblem(value: string): string | undefined {
  return isValidName(value) ? undefined : `"${value}" is no name`;
}

function refusal(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidRequirement || error instanceof InvalidSpecifier) return error.message;
    throw error;
  }
}

function contentTypeProblem(value: string): string | undefined {
  const [type = '', ...parameters] = value.split(';').map((part) => part.trim());
  if (!['text/plain', 'text/x-rst', 'text/markdown'].includes(type.toLowerCase()))
    return `"${type}" is not text/plain, text/x-rst or text/markdown`;
  for (const parameter of parameters) {
    const match = /^([\w-]+)\s*=\s*"?([^"]*?)"?$/.exec(parameter);
    if (match === null) return `"${parameter}" is no parameter`;
    const [, name = '', setting = ''] = match;
    if (name.toLowerCase() === 'charset' && setting.toLowerCase() !== 'utf-8')
      return `the charset "${setting}" is not UTF-8`;
    const isVariant = name.toLowerCase() === 'variant' && type.toLowerCase() === 'text/markdown';
    if (isVariant && setting !== 'GFM' && setting !== 'CommonMark')
      return `the Markdown variant "${setting}" is not GFM or CommonMark`;
  }
  return undefined;
}

function dynamicProblem(value: string): string | undefined {
  const field = METADATA_FIELDS.get(value.toLowerCase());
  if (field === undefined) return `"${value}" is no field`;
  return ['Name', 'Version', 'Metadata-Version'].includes(field.name) ? `${field.name} cannot be dynamic` : undefined;
}

function licenseFileProblem(path: string): string | undefined {
  if (path.includes('..')) return `"${path}" may lead out of the licenses folder`;
  if (path.includes('*')) return `"${path}" is a pattern, not a path`;
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return `"${path}" is not relative`;
  if (path.includes('\\')) return `"${path}" has backslashes`;
  return /^\.\/|\/\.?(\/|$)|^$/.test(path) ? `"${path}" is not in its shortest form` : undefined;
}

function importNameProblem(value: string): string | undefined {
  const match = /^([^;]*?)\s*(?:;\s*(.*))?$/s.exec(value);
  const wrong = match?.[1]?.split('.').find((part) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(part) || KEYWORDS.has(part));
  if (wrong !== undefined) return `"${wrong}" is no identifier`;
  return match?.[2] === undefined || match[2] === 'private' ? undefined : `"${match[2]}" is not "private"`;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);
