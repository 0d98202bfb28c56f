/** The options of the build executor as Nx hands them over, and what they come to. */
import type { BuildOptions, DistFormat } from '../../build/plan.js';
import { UserError } from '../../errors/user-error.js';
import { amount, isSet } from '../option-values.js';

export interface BuildTaskOptions {
  readonly format?: string;
  readonly python?: string | number;
  readonly direct?: boolean | string;
  readonly repair?: boolean | string;
  readonly configSettings?: Readonly<Record<string, unknown>> | string;
  readonly timeout?: number | string;
  readonly memoryLimit?: number | string;
  readonly siblingPins?: string;
  /** what was typed after the target, where Nx runs one task */
  readonly __unparsed__?: readonly string[];
  /** the same in a batch */
  readonly __overrides_unparsed__?: readonly string[];
}

const FORMATS: readonly DistFormat[] = ['sdist', 'wheel', 'both'];

/** @throws {UserError} for a value that an option cannot have, and for a version that has been a number */
export function buildOptions(project: string, options: BuildTaskOptions): BuildOptions {
  const format = FORMATS.find((one) => one === (options.format ?? 'both'));
  if (format === undefined) {
    throw new UserError(`There is no format "${options.format}".`, { project }, `use one of ${FORMATS.join(', ')}`);
  }
  const python = pythonRequest(project, options);
  const { siblingPins } = options;
  const configSettings = settingsOf(project, options.configSettings);
  const timeout = amount('timeout', options.timeout, 'seconds');
  const memoryLimit = amount('memoryLimit', options.memoryLimit, 'megabytes');
  return {
    format,
    direct: isSet('direct', options.direct),
    repair: isSet('repair', options.repair),
    ...(python === undefined ? {} : { python }),
    ...(configSettings === undefined ? {} : { configSettings }),
    ...(siblingPins === undefined ? {} : { siblingPins }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
  };
}

/**
 * `--configSettings.key=value` of the command line, or an object, there as JSON. Frontends hand texts to backends (PEP 517), and Nx makes
 * numbers of some.
 */
function settingsOf(project: string, settings: BuildTaskOptions['configSettings']): BuildOptions['configSettings'] {
  if (settings === undefined) return undefined;
  const read = typeof settings === 'string' ? parsed(settings) : settings;
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) {
    return Object.fromEntries(
      Object.entries(read).map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : String(value)]),
    );
  }
  throw new UserError(
    `The option \`configSettings\` is ${JSON.stringify(settings)}.`,
    { project },
    'write --configSettings.KEY=VALUE for each, or an object in JSON',
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
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
