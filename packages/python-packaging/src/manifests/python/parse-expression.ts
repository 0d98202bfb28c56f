/** Python expressions, by recursive descent in the order of the operators' precedence. */
import { number, strings } from './literals.js';
import type { Argument, Clause, DictEntry, Element, Expression, Parameter } from './syntax.js';
import { TokenStream } from './token-stream.js';
import { InvalidPython, tokenize } from './tokens.js';

const BINARY: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '@'],
];
const COMPARISONS = ['<', '>', '==', '>=', '<=', '!='];
const KEYWORD_CONSTANTS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };
const NOT_A_NAME = new Set(
  'and as assert break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with'.split(
    ' ',
  ),
);

/**
 * An expression, a tuple where commas follow it.
 * @throws {InvalidPython}
 */
export function parseExpressionList(stream: TokenStream): Expression {
  const { line } = stream;
  const first = element(stream);
  if (!stream.is(',')) return first.isSpread ? { kind: 'other', what: 'a starred expression', line } : first.value;
  const items = [first];
  while (stream.accept(',')) {
    if (!startsExpression(stream)) break;
    items.push(element(stream));
  }
  return { kind: 'tuple', items, line };
}

/** @throws {InvalidPython} */
export function parseExpression(stream: TokenStream): Expression {
  return stream.nested(() => {
    if (stream.is('lambda')) return lambda(stream);
    const { line } = stream;
    const value = disjunction(stream);
    if (value.kind === 'name' && stream.accept(':='))
      return { kind: 'named', name: value.name, value: parseExpression(stream), line };
    if (!stream.accept('if')) return value;
    const test = disjunction(stream);
    stream.expect('else');
    return { kind: 'conditional', test, body: value, otherwise: parseExpression(stream), line };
  });
}

/** What may stand left of `in` in a `for`, or behind `as`. */
export function parseTarget(stream: TokenStream): Expression {
  const { line } = stream;
  const first = binary(stream, 0);
  if (!stream.is(',')) return first;
  const items = [{ isSpread: false, value: first }];
  while (stream.accept(',')) {
    if (stream.is('in') || stream.is('=')) break;
    items.push({ isSpread: false, value: binary(stream, 0) });
  }
  return { kind: 'tuple', items, line };
}

/** The parameters of a function up to `close`; annotations are passed over. */
export function parseParameters(stream: TokenStream, close: string): readonly Parameter[] {
  const parameters: Parameter[] = [];
  while (!stream.is(close)) {
    if (stream.accept('/')) {
      stream.accept(',');
      continue;
    }
    const spread = stream.accept('**') ? '**' : stream.accept('*') ? '*' : '';
    if (spread === '*' && stream.accept(',')) continue;
    const name = stream.name();
    if (close === ')' && stream.accept(':')) parseExpression(stream);
    parameters.push({ name, spread, default: stream.accept('=') ? parseExpression(stream) : undefined });
    if (!stream.accept(',')) break;
  }
  stream.expect(close);
  return parameters;
}

function lambda(stream: TokenStream): Expression {
  const { line } = stream;
  stream.expect('lambda');
  const parameters = parseParameters(stream, ':');
  return { kind: 'lambda', parameters, body: parseExpression(stream), line };
}

function disjunction(stream: TokenStream): Expression {
  let left = conjunction(stream);
  while (stream.is('or')) {
    const { line } = stream.advance();
    left = { kind: 'or', left, right: conjunction(stream), line };
  }
  return left;
}

function conjunction(stream: TokenStream): Expression {
  let left = negation(stream);
  while (stream.is('and')) {
    const { line } = stream.advance();
    left = { kind: 'and', left, right: negation(stream), line };
  }
  return left;
}

function negation(stream: TokenStream): Expression {
  if (!stream.is('not')) return comparison(stream);
  const { line } = stream.advance();
  return { kind: 'unary', operator: 'not', operand: stream.nested(() => negation(stream)), line };
}

function comparison(stream: TokenStream): Expression {
  const { line } = stream;
  const first = binary(stream, 0);
  const rest: { operator: string; right: Expression }[] = [];
  for (let operator = comparisonOperator(stream); operator !== undefined; operator = comparisonOperator(stream)) {
    rest.push({ operator, right: binary(stream, 0) });
  }
  return rest.length === 0 ? first : { kind: 'compare', first, rest, line };
}

function comparisonOperator(stream: TokenStream): string | undefined {
  const { kind, text } = stream.current;
  if (kind === 'operator' && COMPARISONS.includes(text)) return stream.advance().text;
  if (stream.accept('in')) return 'in';
  if (stream.is('not') && stream.next.text === 'in') {
    stream.advance();
    stream.advance();
    return 'not in';
  }
  if (stream.accept('is')) return stream.accept('not') ? 'is not' : 'is';
  return undefined;
}

function binary(stream: TokenStream, level: number): Expression {
  const operators = BINARY[level];
  if (operators === undefined) return unary(stream);
  let left = binary(stream, level + 1);
  while (stream.isKind('operator') && operators.includes(stream.current.text)) {
    const { text, line } = stream.advance();
    left = { kind: 'binary', operator: text, left, right: binary(stream, level + 1), line };
  }
  return left;
}

function unary(stream: TokenStream): Expression {
  if (stream.isKind('operator') && ['-', '+', '~'].includes(stream.current.text)) {
    const { text, line } = stream.advance();
    return { kind: 'unary', operator: text, operand: stream.nested(() => unary(stream)), line };
  }
  const base = primary(stream);
  if (!stream.is('**')) return base;
  const { line } = stream.advance();
  return { kind: 'binary', operator: '**', left: base, right: stream.nested(() => unary(stream)), line };
}

function primary(stream: TokenStream): Expression {
  if (stream.is('await')) throw stream.unexpected('expected no await');
  let value = atom(stream);
  for (;;) {
    const { line } = stream;
    if (stream.accept('.')) value = { kind: 'attribute', object: value, name: stream.name(), line };
    else if (stream.accept('(')) value = { kind: 'call', callee: value, args: callArguments(stream), line };
    else if (stream.accept('[')) {
      value = { kind: 'subscript', object: value, index: subscript(stream), line };
      stream.expect(']');
    } else return value;
  }
}

function subscript(stream: TokenStream): Expression {
  const { line } = stream;
  const part = () => (stream.is(':') || stream.is(']') ? undefined : parseExpressionList(stream));
  const from = part();
  if (!stream.accept(':')) {
    if (from === undefined) throw stream.unexpected('expected an index');
    return from;
  }
  const to = part();
  const step = stream.accept(':') ? part() : undefined;
  return { kind: 'slice', from, to, step, line };
}

function callArguments(stream: TokenStream): readonly Argument[] {
  return stream.nested(() => {
    const args: Argument[] = [];
    while (!stream.is(')')) {
      const { line } = stream;
      if (stream.accept('**')) args.push({ name: undefined, spread: '**', value: parseExpression(stream) });
      else if (stream.accept('*')) args.push({ name: undefined, spread: '*', value: parseExpression(stream) });
      else if (stream.isKind('name') && stream.next.kind === 'operator' && stream.next.text === '=') {
        const name = stream.name();
        stream.expect('=');
        args.push({ name, spread: '', value: parseExpression(stream) });
      } else {
        const value = parseExpression(stream);
        const clauses = comprehensionClauses(stream);
        args.push({
          name: undefined,
          spread: '',
          value:
            clauses.length === 0
              ? value
              : { kind: 'comprehension', makes: 'list', key: undefined, value, clauses, line },
        });
      }
      if (!stream.accept(',')) break;
    }
    stream.expect(')');
    return args;
  });
}

function atom(stream: TokenStream): Expression {
  const { kind, text, line } = stream.current;
  switch (kind) {
    case 'name':
      if (Object.hasOwn(KEYWORD_CONSTANTS, text)) {
        stream.advance();
        return { kind: 'constant', value: KEYWORD_CONSTANTS[text] ?? null, line };
      }
      if (NOT_A_NAME.has(text)) throw stream.unexpected('expected an expression');
      stream.advance();
      return { kind: 'name', name: text, line };
    case 'number':
      stream.advance();
      return number(text, line);
    case 'string':
      return strings(stream, field);
    default:
      if (stream.accept('...')) return { kind: 'other', what: '...', line };
      if (stream.is('(') || stream.is('[') || stream.is('{')) return stream.nested(() => bracketed(stream));
      throw stream.unexpected('expected an expression');
  }
}

function field(text: string, line: number): Expression {
  const stream = new TokenStream(tokenize(text.trim()));
  const expression = parseExpression(stream);
  if (!stream.isKind('newline')) throw new InvalidPython(`unexpected text in "{${text}}"`, line);
  return expression;
}

function bracketed(stream: TokenStream): Expression {
  const { text: open, line } = stream.advance();
  if (open === '{') return braces(stream, line);
  const close = open === '(' ? ')' : ']';
  if (stream.accept(close)) return { kind: open === '(' ? 'tuple' : 'list', items: [], line };
  if (stream.is('yield')) throw stream.unexpected('expected an expression');
  const first = element(stream);
  const clauses = comprehensionClauses(stream);
  if (clauses.length > 0) {
    stream.expect(close);
    return { kind: 'comprehension', makes: 'list', key: undefined, value: first.value, clauses, line };
  }
  if (open === '(' && stream.accept(')')) return first.value;
  const items = [first, ...moreElements(stream, close)];
  return { kind: open === '(' ? 'tuple' : 'list', items, line };
}

function braces(stream: TokenStream, line: number): Expression {
  if (stream.accept('}')) return { kind: 'dict', entries: [], line };
  if (!stream.is('**')) {
    const first = element(stream);
    if (!stream.is(':')) {
      const clauses = comprehensionClauses(stream);
      if (clauses.length === 0) return { kind: 'set', items: [first, ...moreElements(stream, '}')], line };
      stream.expect('}');
      return { kind: 'comprehension', makes: 'set', key: undefined, value: first.value, clauses, line };
    }
    stream.expect(':');
    const value = parseExpression(stream);
    const clauses = comprehensionClauses(stream);
    if (clauses.length > 0) {
      stream.expect('}');
      return { kind: 'comprehension', makes: 'dict', key: first.value, value, clauses, line };
    }
    return { kind: 'dict', entries: [{ key: first.value, value }, ...moreEntries(stream)], line };
  }
  return { kind: 'dict', entries: [entry(stream), ...moreEntries(stream)], line };
}

function entry(stream: TokenStream): DictEntry {
  if (stream.accept('**')) return { key: undefined, value: binary(stream, 0) };
  const key = parseExpression(stream);
  stream.expect(':');
  return { key, value: parseExpression(stream) };
}

function moreEntries(stream: TokenStream): readonly DictEntry[] {
  const entries: DictEntry[] = [];
  while (stream.accept(',') && !stream.is('}')) entries.push(entry(stream));
  stream.expect('}');
  return entries;
}

function moreElements(stream: TokenStream, close: string): readonly Element[] {
  const items: Element[] = [];
  while (stream.accept(',') && !stream.is(close)) items.push(element(stream));
  stream.expect(close);
  return items;
}

function element(stream: TokenStream): Element {
  const isSpread = stream.accept('*');
  return { isSpread, value: isSpread ? binary(stream, 0) : parseExpression(stream) };
}

function comprehensionClauses(stream: TokenStream): readonly Clause[] {
  const clauses: Clause[] = [];
  while (stream.accept('for')) {
    const target = parseTarget(stream);
    stream.expect('in');
    const iterable = disjunction(stream);
    const conditions: Expression[] = [];
    while (stream.accept('if')) conditions.push(disjunction(stream));
    clauses.push({ target, iterable, conditions });
  }
  return clauses;
}

function startsExpression(stream: TokenStream): boolean {
  const { kind, text } = stream.current;
  if (kind === 'name') return !NOT_A_NAME.has(text) || text === 'not' || text === 'lambda';
  return (
    kind === 'string' ||
    kind === 'number' ||
    (kind === 'operator' && ['(', '[', '{', '-', '+', '~', '*', '...'].includes(text))
  );
}
