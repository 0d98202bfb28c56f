/** The options of the build executor as Nx hands them over, and what they come to. */
import type { BuildOptions, DistFormat } from '../../build/plan.js';
import { UserError } from '../../errors/user-error.js';
import { isSet } from '../flag.js';

export interface BuildTaskOptions {
  readonly format?: string;
  readonly python?: string | number;
  readonly direct?: boolean | string;
  readonly repair?: boolean | string;
  readonly configSettings?: BuildOptions['configSettings'];
  readonly timeout?: number | string;
  readonly memoryLimit?: number | string;
  readonly siblingPins?: string;
  /** what was typed after the target, where Nx runs one task */
  readonly __unparsed__?: readonly string[];
  /** the same in a batch */
  readonly __overrides_unparsed__?: readonly string[];
}

const FORMATS: readonly DistFormat[] = ['sdist', 'wheel', 'both'];

/**
 * Checked here and not by the schema: of a value that the schema refuses Nx says nothing that a person could read.
 * @throws {UserError} for a format that there is none of, and for a version that has been a number
 */
export function buildOptions(project: string, options: BuildTaskOptions): BuildOptions {
  const format = FORMATS.find((one) => one === (options.format ?? 'both'));
  if (format === undefined) {
    throw new UserError(`There is no format "${options.format}".`, { project }, `use one of ${FORMATS.join(', ')}`);
  }
  const python = pythonRequest(project, options);
  const { configSettings, siblingPins } = options;
  const timeout = positive(project, options, 'timeout', 'seconds');
  const memoryLimit = positive(project, options, 'memoryLimit', 'megabytes');
  return {
    format,
    direct: isSet(options.direct),
    repair: isSet(options.repair),
    ...(python === undefined ? {} : { python }),
    ...(configSettings === undefined ? {} : { configSettings }),
    ...(siblingPins === undefined ? {} : { siblingPins }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
  };
}

function positive(
  project: string,
  options: BuildTaskOptions,
  option: 'timeout' | 'memoryLimit',
  unit: string,
): number | undefined {
  const value = options[option];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (number > 0) return number;
  throw new UserError(`The option \`${option}\` is "${value}".`, { project }, `give it a number of ${unit} above 0`);
}

/** Nx reads `--python=3.10` as the number 3.1: what was typed tells. */
function pythonRequest(project: string, options: BuildTaskOptions): string | undefined {
  const { python, __unparsed__ = [], __overrides_unparsed__ = __unparsed__ } = options;
  if (typeof python !== 'number') return python;
  const typed = typedValue(__overrides_unparsed__, '--python');
  if (typed !== undefined) return typed;
  throw new UserError(
    `The option \`python\` is the number ${python}, and numbers do not tell 3.1 from 3.10.`,
    { project },
    'put the version into quotes: "3.10"',
  );
}

function typedValue(typed: readonly string[], option: string): string | undefined {
  const last = typed.findLastIndex((word) => word === option || word.startsWith(`${option}=`));
  return typed[last] === option ? typed[last + 1] : typed[last]?.slice(option.length + 1);
}
