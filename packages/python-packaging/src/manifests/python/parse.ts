/** Python statements. A statement that cannot be followed does not fail the file: it becomes one of kind `other`. */
import { parseExpression, parseExpressionList, parseParameters, parseTarget } from './parse-expression.js';
import type { Block, Expression, Statement } from './syntax.js';
import { TokenStream } from './token-stream.js';
import { InvalidPython, tokenize } from './tokens.js';

const AUGMENTED = /^(?:\*\*|\/\/|>>|<<|[-+*/%@&|^])=$/;

/**
 * @param text the text of a Python file
 * @throws {InvalidPython} when the text does not even fall into tokens
 */
export function parsePython(text: string): Block {
  const stream = new TokenStream(tokenize(text));
  const statements: Statement[] = [];
  while (!stream.isKind('end')) statements.push(...statementsAt(stream));
  return statements;
}

/** The statements of one logical line, with the blocks that belong to it. */
function statementsAt(stream: TokenStream): readonly Statement[] {
  const mark = stream.mark();
  const { line } = stream;
  try {
    return stream.nested(() => compound(stream) ?? simpleLine(stream));
  } catch (error) {
    if (!(error instanceof InvalidPython)) throw error;
    stream.reset(mark);
    skipStatement(stream);
    const names = stream.since(mark).flatMap(({ kind, text }) => (kind === 'name' ? [text] : []));
    return [{ kind: 'other', names: [...new Set(names)], line }];
  }
}

/** Goes behind the logical line and, where one follows, its indented block. */
function skipStatement(stream: TokenStream): void {
  // A stray indent or dedent is itself the statement.
  if (stream.isKind('indent') || stream.isKind('dedent')) stream.advance();
  while (!stream.isKind('newline') && !stream.isKind('end')) stream.advance();
  stream.acceptKind('newline');
  if (!stream.isKind('indent')) return;
  let depth = 0;
  do {
    const { kind } = stream.advance();
    if (kind === 'indent') depth += 1;
    if (kind === 'dedent') depth -= 1;
  } while (depth > 0 && !stream.isKind('end'));
}

function compound(stream: TokenStream): readonly Statement[] | undefined {
  const { line } = stream;
  if (stream.is('@')) return [decorated(stream)];
  switch (stream.isKind('name') ? stream.current.text : '') {
    case 'if':
      return [conditional(stream)];
    case 'for': {
      stream.advance();
      const target = parseTarget(stream);
      stream.expect('in');
      const iterable = parseExpressionList(stream);
      const body = block(stream);
      const otherwise = stream.accept('else') ? block(stream) : [];
      return [{ kind: 'for', target, iterable, body, otherwise, line }];
    }
    case 'with':
      return [withStatement(stream)];
    case 'try':
      return [tryStatement(stream)];
    case 'def': {
      stream.advance();
      const name = stream.name();
      stream.expect('(');
      const parameters = parseParameters(stream, ')');
      if (stream.accept('->')) parseExpression(stream);
      return [{ kind: 'function', name, parameters, body: block(stream), line }];
    }
    case 'class': {
      stream.advance();
      const name = stream.name();
      skipStatement(stream);
      return [{ kind: 'class', name, line }];
    }
    default:
      return undefined;
  }
}

/** A decorator may make anything of what it stands before, so only the name is kept, as that of a class is. */
function decorated(stream: TokenStream): Statement {
  const { line } = stream;
  while (stream.is('@')) {
    while (!stream.acceptKind('newline')) {
      if (stream.isKind('end')) throw stream.unexpected('expected a definition');
      stream.advance();
    }
  }
  stream.accept('async');
  if (!stream.is('def') && !stream.is('class')) throw stream.unexpected('expected a definition');
  stream.advance();
  const name = stream.name();
  skipStatement(stream);
  return { kind: 'class', name, line };
}

function conditional(stream: TokenStream): Statement {
  const { line } = stream.advance();
  const test = parseExpression(stream);
  const body = block(stream);
  if (stream.is('elif')) return { kind: 'if', test, body, otherwise: [stream.nested(() => conditional(stream))], line };
  return { kind: 'if', test, body, otherwise: stream.accept('else') ? block(stream) : [], line };
}

function withStatement(stream: TokenStream): Statement {
  const { line } = stream.advance();
  const mark = stream.mark();
  try {
    const items = withItems(stream);
    return { kind: 'with', items, body: block(stream), line };
  } catch (error) {
    if (!(error instanceof InvalidPython)) throw error;
    // `with (open(a) as b, open(c) as d):`
    stream.reset(mark);
    stream.expect('(');
    const items = withItems(stream);
    stream.expect(')');
    return { kind: 'with', items, body: block(stream), line };
  }
}

function withItems(stream: TokenStream) {
  const items: { value: Expression; target: Expression | undefined }[] = [];
  do {
    if (stream.is(')')) break;
    const value = parseExpression(stream);
    items.push({ value, target: stream.accept('as') ? parseExpression(stream) : undefined });
  } while (stream.accept(','));
  return items;
}

function tryStatement(stream: TokenStream): Statement {
  const { line } = stream.advance();
  const body = block(stream);
  const handlers: Statement[] = [];
  while (stream.accept('except')) {
    while (!stream.is(':')) {
      if (stream.isKind('newline')) throw stream.unexpected('expected ":"');
      stream.advance();
    }
    handlers.push(...block(stream));
  }
  const otherwise = stream.accept('else') ? block(stream) : [];
  const final = stream.accept('finally') ? block(stream) : [];
  return { kind: 'try', body, handlers, otherwise, final, line };
}

function block(stream: TokenStream): Block {
  stream.expect(':');
  if (!stream.acceptKind('newline')) return simpleLine(stream);
  if (!stream.acceptKind('indent')) throw stream.unexpected('expected an indented block');
  const statements: Statement[] = [];
  while (!stream.isKind('dedent') && !stream.isKind('end')) statements.push(...statementsAt(stream));
  stream.acceptKind('dedent');
  return statements;
}

function simpleLine(stream: TokenStream): readonly Statement[] {
  const statements = [simple(stream)];
  while (stream.accept(';')) {
    if (stream.isKind('newline')) break;
    statements.push(simple(stream));
  }
  if (!stream.acceptKind('newline')) throw stream.unexpected('expected the end of the line');
  return statements;
}

function simple(stream: TokenStream): Statement {
  const { line } = stream;
  switch (stream.isKind('name') ? stream.current.text : '') {
    case 'import':
      return importStatement(stream);
    case 'from':
      return fromStatement(stream);
    case 'return': {
      stream.advance();
      const isEmpty = stream.isKind('newline') || stream.is(';');
      return { kind: 'return', value: isEmpty ? undefined : parseExpressionList(stream), line };
    }
    case 'break':
    case 'continue':
    case 'pass':
      return { kind: stream.advance().text as 'break' | 'continue' | 'pass', line };
    case 'raise':
    case 'assert': {
      // Of an assertion that fails there is no build to describe, so it is taken to hold.
      const kind = stream.advance().text === 'raise' ? 'raise' : 'pass';
      while (!stream.isKind('newline') && !stream.is(';')) stream.advance();
      return { kind, line };
    }
    default:
      return assignment(stream);
  }
}

function assignment(stream: TokenStream): Statement {
  const { line } = stream;
  const first = parseExpressionList(stream);
  if (stream.isKind('operator') && AUGMENTED.test(stream.current.text)) {
    const operator = stream.advance().text.slice(0, -1);
    return { kind: 'augment', target: first, operator, value: parseExpressionList(stream), line };
  }
  if (stream.accept(':')) {
    parseExpression(stream);
    if (!stream.is('=')) return { kind: 'pass', line };
  }
  const parts = [first];
  while (stream.accept('=')) parts.push(parseExpressionList(stream));
  const value = parts.pop() as Expression;
  return parts.length === 0 ? { kind: 'expression', value, line } : { kind: 'assign', targets: parts, value, line };
}

function importStatement(stream: TokenStream): Statement {
  const { line } = stream.advance();
  const module = dottedName(stream);
  const as = stream.accept('as') ? stream.name() : undefined;
  if (!stream.is(',')) return { kind: 'import', module, as, line };
  // `import os, sys`: the rest is taken as imports of its own.
  const others: { module: string; as: string | undefined }[] = [];
  while (stream.accept(',')) {
    const other = dottedName(stream);
    others.push({ module: other, as: stream.accept('as') ? stream.name() : undefined });
  }
  const imports = [{ module, as }, ...others].map((each): Statement => ({ kind: 'import', ...each, line }));
  return { kind: 'block', body: imports, line };
}

function fromStatement(stream: TokenStream): Statement {
  const { line } = stream.advance();
  let dots = '';
  while (stream.is('.') || stream.is('...')) dots += stream.advance().text;
  const module = dots + (stream.is('import') ? '' : dottedName(stream));
  stream.expect('import');
  const isParenthesised = stream.accept('(');
  const names: { name: string; as: string }[] = [];
  do {
    if (stream.is(')')) break;
    if (stream.accept('*')) return { kind: 'other', names: ['*'], line };
    const name = stream.name();
    names.push({ name, as: stream.accept('as') ? stream.name() : name });
  } while (stream.accept(','));
  if (isParenthesised) stream.expect(')');
  return { kind: 'from', module, names, line };
}

function dottedName(stream: TokenStream): string {
  let name = stream.name();
  while (stream.accept('.')) name += `.${stream.name()}`;
  return name;
}
