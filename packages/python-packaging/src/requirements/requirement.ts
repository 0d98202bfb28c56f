/** Dependency specifiers (PEP 508) as values. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import {
  formatSpecifierSet,
  InvalidSpecifier,
  parseSpecifierSet,
  readClause,
  type SpecifierClause,
  type SpecifierSet,
} from '../versions/specifiers.js';
import { Cursor, InvalidRequirement } from './cursor.js';
import { formatMarker, type Marker, readMarker } from './markers.js';

export { InvalidRequirement };

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

/** As `packaging` reads it; an underscore may end a name there, though no index takes such a name. */
const IDENTIFIER = /[A-Za-z0-9](?:[\w.-]*\w)?/y;
const URL = /[^ \t]+/y;

/**
 * Parses one dependency specifier.
 * @param text a specifier without line continuations or comments
 * @throws {InvalidRequirement} with the column and what was expected there
 * @see PEP 508, "Grammar"
 */
export function parseRequirement(text: string): Requirement {
  const cursor = new Cursor(text);
  cursor.skipSpace();
  const writtenName = cursor.take(IDENTIFIER) ?? cursor.fail('a name');
  cursor.skipSpace();
  const extras = readExtras(cursor);
  cursor.skipSpace();
  const source = cursor.takeText('@') ? readUrl(cursor) : readSpecifiers(cursor);
  cursor.skipSpace();
  const marker = cursor.takeText(';') ? readMarker(cursor) : undefined;
  cursor.skipSpace();
  if (!cursor.isAtEnd()) cursor.fail('a version specifier, a marker or the end');
  return { name: normalizeName(writtenName), writtenName, extras, source, marker };
}

function readExtras(cursor: Cursor): NormalizedName[] {
  const extras: NormalizedName[] = [];
  if (!cursor.takeText('[')) return extras;
  cursor.skipSpace();
  if (cursor.takeText(']')) return extras;
  do {
    cursor.skipSpace();
    extras.push(normalizeName(cursor.take(IDENTIFIER) ?? cursor.fail('the name of an extra')));
    cursor.skipSpace();
  } while (cursor.takeText(','));
  if (!cursor.takeText(']')) cursor.fail('a comma or a closing bracket');
  return extras;
}

/** The URL ends at white space; a marker behind it needs that space. */
function readUrl(cursor: Cursor): Requirement['source'] {
  cursor.skipSpace();
  const url = cursor.take(URL) ?? cursor.fail('a URL');
  return { kind: 'url', url };
}

function readSpecifiers(cursor: Cursor): Requirement['source'] {
  const inParentheses = cursor.takeText('(');
  const clauses: SpecifierClause[] = [];
  do {
    cursor.skipSpace();
    const read = readClause(cursor.text, cursor.position);
    if (read === undefined) break;
    if (read.clause.operator === '===') clauses.push(...splitArbitrary(cursor, read.end));
    else clauses.push(read.clause);
    cursor.position = read.end;
    cursor.skipSpace();
  } while (cursor.takeText(','));
  if (inParentheses) {
    cursor.skipSpace();
    if (!cursor.takeText(')')) cursor.fail('a version specifier or a closing parenthesis');
  }
  return { kind: 'index', specifiers: { clauses } };
}

/** What stands behind `===` may be anything but white space, so commas are looked for only afterwards. */
function splitArbitrary(cursor: Cursor, end: number): readonly SpecifierClause[] {
  try {
    return parseSpecifierSet(cursor.text.slice(cursor.position, end)).clauses;
  } catch (error) {
    if (error instanceof InvalidSpecifier) cursor.fail('a valid version specifier');
    throw error;
  }
}

/** The specifier's text in one spelling: extras and clauses without spaces, as metadata carry it. */
export function formatRequirement({ writtenName, extras, source, marker }: Requirement): string {
  const name = writtenName + (extras.length > 0 ? `[${extras.join(',')}]` : '');
  const subject = source.kind === 'url' ? `${name} @ ${source.url}` : name + formatSpecifierSet(source.specifiers);
  if (marker === undefined) return subject;
  // A URL takes everything up to white space, so the marker needs some before it.
  return `${subject}${source.kind === 'url' ? ' ' : ''}; ${formatMarker(marker)}`;
}
