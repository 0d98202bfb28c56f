/** The form of conda match specifications, as strictly as the strictest client reads them. */

const NAME = /^[a-z0-9_][a-z0-9_.-]*$/;
const VERSION = '(?:\\d+!)?[0-9]+(?:[._]?[0-9a-z]+)*(?:\\+[0-9a-z]+(?:[._][0-9a-z]+)*)?';
const CLAUSE = new RegExp(`^(?:(?:==|!=|<=|>=|<|>|=)${VERSION}|(?:!=)?${VERSION}\\.\\*|\\*)$`, 'i');
const BUILD = /^[0-9A-Za-z_.*]+$/;

/**
 * Whether a text is `name`, `name version` or `name version build`, where a version is made of comparisons joined by `,` (and) and `|`
 * (or) without white space, and a version without an operator ends in `.*`.
 *
 * Clients read more than this, not all of them the same; what they all take is what goes into a package.
 * @see conda documentation, "Package match specifications"
 */
export function isMatchSpec(text: string): boolean {
  const [name = '', version, build, ...more] = text.split(' ');
  if (!NAME.test(name) || more.length > 0) return false;
  if (build !== undefined && !BUILD.test(build)) return false;
  return version === undefined || version.split(/[|,]/).every((clause) => CLAUSE.test(clause));
}

/** The name of the package that a match specification asks for. */
export function nameOfMatchSpec(spec: string): string {
  return spec.split(/[\s=<>!~[]/, 1)[0] ?? '';
}
