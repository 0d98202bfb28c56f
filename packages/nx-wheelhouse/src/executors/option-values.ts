/**
 * Options as they are typed: a batch gets `--option=true` as a text. The schemas let texts pass, because of a value that a schema refuses
 * Nx says nothing that a person could read, and ends the whole batch.
 */
import { UserError } from '../errors/user-error.js';

/**
 * @param option its name
 * @throws {UserError} for a text that is neither: of `--dryRun=yes` nobody wants the opposite
 */
export function isSet(option: string, value: boolean | string | undefined): boolean {
  if (value === undefined || value === false || value === 'false') return false;
  if (value === true || value === 'true') return true;
  throw new UserError(`The option \`${option}\` is "${value}".`, {}, 'write true or false');
}

/**
 * @param option its name
 * @param unit what it counts
 * @param isNoneAllowed whether 0 is one of its values
 * @throws {UserError} for a text that is no number, and a number that is too small
 */
export function amount(
  option: string,
  value: number | string | undefined,
  unit: string,
  isNoneAllowed = false,
): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (number > 0 || (number === 0 && isNoneAllowed)) return number;
  const least = isNoneAllowed ? '0 or more' : 'more than 0';
  throw new UserError(`The option \`${option}\` is "${value}".`, {}, `give it a number of ${unit}, ${least}`);
}
