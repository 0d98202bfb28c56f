/** Names of distributions, extras and dependency groups, in their one normalised spelling (PEP 503, PEP 685, PEP 735). */
export type NormalizedName = string & { readonly __brand: 'NormalizedName' };

const VALID_NAME = /^(?:[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$/i;

/**
 * Folds a name to the spelling in which two names are the same project: lower case, runs of `-`, `_`, `.` as one `-`.
 * @see PEP 503, "Normalized Names"
 */
export function normalizeName(name: string): NormalizedName {
  return name.replace(/[-_.]+/g, '-').toLowerCase() as NormalizedName;
}

/**
 * Whether an index would take this as a project name: ASCII letters, digits, `-`, `_`, `.`, a letter or digit at both ends.
 * @see Core metadata specification, "Name"
 */
export function isValidName(name: string): boolean {
  return VALID_NAME.test(name);
}
