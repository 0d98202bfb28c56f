/** Environment markers: conditions such as `python_version >= "3.9" and extra == "dev"` (PEP 508). */
import { normalizeName } from '../names/name.js';
import { contains, InvalidSpecifier, parseSpecifierClause } from '../versions/specifiers.js';
import { Cursor } from './cursor.js';

export type MarkerOperator = '===' | '~=' | '==' | '!=' | '<=' | '>=' | '<' | '>' | 'in' | 'not in';
export type MarkerOperand = { readonly variable: string } | { readonly literal: string };

export interface MarkerComparison {
  readonly kind: 'comparison';
  readonly left: MarkerOperand;
  readonly operator: MarkerOperator;
  readonly right: MarkerOperand;
}

export type Marker = { readonly kind: 'or' | 'and'; readonly operands: readonly Marker[] } | MarkerComparison;

/** Values by variable name. `extras` and `dependency_groups` are sets (PEP 751). */
export type MarkerEnvironment = Readonly<Record<string, string | ReadonlySet<string>>>;

const VARIABLES = new Set([
  'python_version',
  'python_full_version',
  'os_name',
  'sys_platform',
  'platform_release',
  'platform_system',
  'platform_version',
  'platform_machine',
  'platform_python_implementation',
  'implementation_name',
  'implementation_version',
  'extra',
  'extras',
  'dependency_groups',
]);

/** Spellings of before PEP 508 that `packaging` still reads. */
const OLD_VARIABLES: Readonly<Record<string, string>> = {
  'os.name': 'os_name',
  'sys.platform': 'sys_platform',
  'platform.version': 'platform_version',
  'platform.machine': 'platform_machine',
  'platform.python_implementation': 'platform_python_implementation',
  python_implementation: 'platform_python_implementation',
};

/** Variables whose values are versions: only these compare as versions. */
const VERSION_VARIABLES = new Set([
  'python_version',
  'python_full_version',
  'implementation_version',
  'platform_release',
]);

/** Variables whose values are names of extras or dependency groups. */
const NAME_VARIABLES: readonly string[] = ['extra', 'extras', 'dependency_groups'];

/** The grammar of PEP 508 has no backslash in a text, so no question of what it would escape. */
const LITERAL = /"[^"\\\r\n]*"|'[^'\\\r\n]*'/y;
const OPERATOR = /===|~=|==|!=|<=|>=|<|>|in\b|not[ \t]+in\b/y;
const VARIABLE = /[a-z_.]+/y;

/**
 * @throws {InvalidRequirement} with the column and what was expected there
 * @see PEP 508, "Environment Markers"
 */
export function parseMarker(text: string): Marker {
  const cursor = new Cursor(text);
  const marker = readMarker(cursor);
  cursor.skipSpace();
  if (!cursor.isAtEnd()) cursor.fail('the end of the marker');
  return marker;
}

/** Reads a marker where the cursor stands. */
export function readMarker(cursor: Cursor): Marker {
  return readChain(cursor, 'or', () => readChain(cursor, 'and', () => readAtom(cursor)));
}

function readChain(cursor: Cursor, kind: 'or' | 'and', readOperand: () => Marker): Marker {
  const operands = [readOperand()];
  const word = kind === 'or' ? /or\b/y : /and\b/y;
  for (cursor.skipSpace(); cursor.take(word) !== undefined; cursor.skipSpace()) operands.push(readOperand());
  return operands.length === 1 ? (operands[0] as Marker) : { kind, operands };
}

function readAtom(cursor: Cursor): Marker {
  cursor.skipSpace();
  if (cursor.takeText('(')) {
    const inner = readMarker(cursor);
    cursor.skipSpace();
    if (!cursor.takeText(')')) cursor.fail('a closing parenthesis');
    return inner;
  }
  const left = readOperand(cursor);
  cursor.skipSpace();
  const operator = cursor.take(OPERATOR)?.replace(/[ \t]+/, ' ') ?? cursor.fail('a marker operator');
  const right = readOperand(cursor);
  return {
    kind: 'comparison',
    left: isName(right) ? folded(left) : left,
    operator: operator as MarkerOperator,
    right: isName(left, 'extra') ? folded(right) : right,
  };
}

/** Names of extras and groups have one spelling, so they are folded where they are read. */
function folded(operand: MarkerOperand): MarkerOperand {
  return 'literal' in operand ? { literal: normalizeName(operand.literal) } : operand;
}

function isName(operand: MarkerOperand, ...variables: readonly string[]): boolean {
  return 'variable' in operand && (variables.length > 0 ? variables : NAME_VARIABLES).includes(operand.variable);
}

function readOperand(cursor: Cursor): MarkerOperand {
  cursor.skipSpace();
  const literal = cursor.take(LITERAL);
  if (literal !== undefined) return { literal: literal.slice(1, -1) };
  const start = cursor.position;
  const word = cursor.take(VARIABLE) ?? cursor.fail('a marker variable or a quoted text');
  const variable = OLD_VARIABLES[word] ?? word;
  if (!VARIABLES.has(variable)) cursor.fail('a marker variable', start);
  return { variable };
}

/** The marker's text, as `packaging` spells it. */
export function formatMarker(marker: Marker): string {
  if (marker.kind === 'comparison')
    return `${formatOperand(marker.left)} ${marker.operator} ${formatOperand(marker.right)}`;
  const operands = marker.operands.map((operand) =>
    marker.kind === 'and' && operand.kind === 'or' ? `(${formatMarker(operand)})` : formatMarker(operand),
  );
  return operands.join(` ${marker.kind} `);
}

function formatOperand(operand: MarkerOperand): string {
  if ('variable' in operand) return operand.variable;
  return operand.literal.includes('"') ? `'${operand.literal}'` : `"${operand.literal}"`;
}

/**
 * Whether a marker holds.
 * @param environment a variable that is missing counts as an empty text
 */
export function evaluateMarker(marker: Marker, environment: MarkerEnvironment): boolean {
  return holds(marker, (comparison) => compare(comparison, environment));
}

/** Whether a marker holds, given what is to be said of each of its comparisons. */
export function holds(marker: Marker, verdictOf: (comparison: MarkerComparison) => boolean): boolean {
  switch (marker.kind) {
    case 'or':
      return marker.operands.some((operand) => holds(operand, verdictOf));
    case 'and':
      return marker.operands.every((operand) => holds(operand, verdictOf));
    case 'comparison':
      return verdictOf(marker);
  }
}

function compare({ left, operator, right }: MarkerComparison, environment: MarkerEnvironment): boolean {
  const variable = 'variable' in left ? left.variable : 'variable' in right ? right.variable : '';
  const a = operandValue(left, environment);
  const b = operandValue(right, environment);
  if (typeof a !== 'string') return false;
  if (typeof b !== 'string') return operator === 'in' ? b.has(a) : operator === 'not in' && !b.has(a);
  if (operator === 'in') return b.includes(a);
  if (operator === 'not in') return !b.includes(a);
  if (VERSION_VARIABLES.has(variable)) {
    const verdict = compareAsVersions(a, operator, b);
    if (verdict !== undefined) return verdict;
  }
  return compareAsTexts(a, operator, b);
}

function operandValue(operand: MarkerOperand, environment: MarkerEnvironment): string | ReadonlySet<string> {
  if ('literal' in operand) return operand.literal;
  const value = environment[operand.variable] ?? '';
  if (NAME_VARIABLES.includes(operand.variable))
    return typeof value === 'string' ? normalizeName(value) : new Set([...value].map(normalizeName));
  // An interpreter built from sources without a tag calls itself `3.14.0+`, which is no version.
  return operand.variable === 'python_full_version' && typeof value === 'string' && value.endsWith('+')
    ? `${value}local`
    : value;
}

/** @returns `undefined` when the right side makes no specifier */
function compareAsVersions(version: string, operator: MarkerOperator, wanted: string): boolean | undefined {
  try {
    return contains({ clauses: [parseSpecifierClause(operator + wanted)] }, version);
  } catch (error) {
    if (error instanceof InvalidSpecifier) return undefined;
    throw error;
  }
}

/** Texts that are no versions are equal or not; their order means nothing (dependency specifiers, "Environment markers"). */
function compareAsTexts(a: string, operator: MarkerOperator, b: string): boolean {
  if (operator === '==' || operator === '===' || operator === '>=' || operator === '<=') return a === b;
  return operator === '!=' && a !== b;
}
