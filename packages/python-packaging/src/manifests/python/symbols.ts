/** The functions of Python's builtins and standard library that manifest scripts use to read and to arrange constants. */
import { COLLECTIONS, chain } from './collections.js';
import { absolute, basename, dirname, joinPath, ROOT } from './files.js';
import { limitText } from './limits.js';
import { matchWith } from './methods.js';
import { parseExpression } from './parse-expression.js';
import { symbolByPython } from './pythons.js';
import { searchAll, toRegExp } from './regular-expressions.js';
import { type Call, type CallArguments, NO_ARGUMENTS, type Runtime } from './runtime.js';
import { TokenStream } from './token-stream.js';
import { InvalidPython, tokenize } from './tokens.js';
import { isInstance } from './types.js';
import { dict, isDict, isList, iterate, list, type PyValue, type Scope, toText, truth, unknown } from './values.js';

/** Names that a value can be called by without being changed by it. */
const HARMLESS =
  /^(?:print|find_packages|isinstance|hasattr|len|warnings\.|logging\.|sys\.|os\.|setuptools\.(?:find_|Extension)|distutils\.|shutil\.|glob\.)/;

const FLAG = {
  're.M': 'm',
  're.MULTILINE': 'm',
  're.I': 'i',
  're.IGNORECASE': 'i',
  're.S': 's',
  're.DOTALL': 's',
  're.A': '',
  're.ASCII': '',
  're.U': '',
  're.UNICODE': '',
} as const;

/** @returns what the call gives, `undefined` where the function, or an argument of it, is not followed */
export function callSymbol(
  name: string,
  args: CallArguments,
  runtime: Runtime,
  scope: Scope,
  line: number,
): PyValue | undefined {
  return Object.hasOwn(CALLS, name) ? CALLS[name]?.(args, runtime, scope, line) : undefined;
}

export function isHarmless(name: string): boolean {
  return HARMLESS.test(name);
}

/** @returns the value of a symbol that is a constant */
export function constantSymbol(name: string, { pythons }: Pick<Runtime, 'pythons'>): PyValue | undefined {
  if (name === 'os.sep' || name === 'os.path.sep') return '/';
  return name === 'os.linesep' ? '\n' : symbolByPython(name, pythons);
}

const texts =
  (compute: (...parts: string[]) => PyValue | undefined): Call =>
  ({ positional, named }) => {
    const parts = positional.map(toText);
    return named.size === 0 && parts.every((part) => part !== undefined) ? compute(...parts) : undefined;
  };

const open: Call = ({ positional, named }, runtime) => {
  const path = toText(positional[0] ?? named.get('file') ?? named.get('filename') ?? null);
  const mode = positional[1] ?? named.get('mode') ?? 'r';
  if (path === undefined || typeof mode !== 'string' || /[wax+]/.test(mode)) return undefined;
  const text = runtime.files.read(path);
  return text === undefined ? undefined : { kind: 'file', text, isBinary: mode.includes('b'), isRead: false };
};

const exists: Call = ({ positional }, runtime) => {
  const path = toText(positional[0] ?? null);
  // A file that is not there may be there when the package is built, and a folder cannot be seen from here.
  return path !== undefined && runtime.files.read(path) !== undefined ? true : undefined;
};

const regularExpression = (pattern: PyValue | undefined, flags: PyValue | undefined): RegExp | undefined => {
  if (typeof pattern === 'object' && pattern?.kind === 'pattern') return pattern.pattern;
  const symbol = typeof flags === 'object' && flags?.kind === 'symbol' ? flags.name : undefined;
  if (typeof pattern !== 'string') return undefined;
  if (flags === undefined || flags === 0) return toRegExp(pattern, '');
  return symbol !== undefined && Object.hasOwn(FLAG, symbol)
    ? toRegExp(pattern, FLAG[symbol as keyof typeof FLAG])
    : undefined;
};

const regex =
  (name: string): Call =>
  ({ positional, named }) => {
    const [pattern, text, flags = named.get('flags')] = positional;
    const compiled = regularExpression(pattern, flags);
    return compiled && typeof text === 'string' ? matchWith(compiled, text, name) : undefined;
  };

/** `None`, or the default, where the environment is presumed to be empty; else nobody knows. */
const environment: Call = ({ positional: [, fallback = null] }, runtime) =>
  runtime.presumes === undefined ? undefined : fallback;

/** A module by the path of its file; only a file that is there is followed. */
const moduleOfFile = (path: PyValue | undefined, runtime: Runtime): PyValue | undefined => {
  const file = toText(path ?? null);
  return file === undefined || runtime.namesOfFile(file) === undefined ? undefined : { kind: 'module', file };
};

/** A text that is one expression without names and calls: `eval` gives no more than `ast.literal_eval` then. */
const literal: Call = ({ positional: [text] }, runtime, _scope, line) => {
  if (typeof text !== 'string') return undefined;
  try {
    const stream = new TokenStream(tokenize(text.trim()));
    const value = parseExpression(stream);
    if (!stream.isKind('newline') || value.kind === 'call' || value.kind === 'name') return undefined;
    const signal = runtime.execute([{ kind: 'return', value, line }], { names: new Map(), outer: undefined });
    return signal?.kind === 'return' ? signal.value : undefined;
  } catch (error) {
    if (error instanceof InvalidPython) return undefined;
    throw error;
  }
};

/** What it finds is known to those who see the files; here it is only what it is asked for. */
const findPackages =
  (namespaces: boolean): Call =>
  ({ positional, named, lost }) => {
    const [where = '.', exclude = list([]), include = list(['*'])] = ['where', 'exclude', 'include'].map(
      (name, index) => positional[index] ?? named.get(name),
    );
    const path = toText(where);
    const texts = [include, exclude].map((each) => (isList(each) ? iterate(each)?.map(toText) : undefined));
    const [included, excluded] = texts.map((each) => (each?.every((text) => text !== undefined) ? each : undefined));
    if (lost !== undefined || path === undefined || !included || !excluded) return undefined;
    return { kind: 'packages', search: { where: [path], include: included, exclude: excluded, namespaces } };
  };

const CALLS: Readonly<Record<string, Call>> = {
  ...COLLECTIONS,
  open,
  'io.open': open,
  // With an encoding it gives text, whatever the mode says.
  'codecs.open': (args, ...rest) => {
    const file = open(args, ...rest);
    const isDecoded = args.positional.length > 2 || args.named.has('encoding');
    return isDecoded && typeof file === 'object' && file?.kind === 'file' ? { ...file, isBinary: false } : file;
  },
  str: texts((text = '') => text),
  repr: () => undefined,
  len: ({ positional: [value] }) =>
    typeof value === 'string'
      ? value.length
      : value !== undefined && (isList(value) || isDict(value))
        ? iterate(value)?.length
        : undefined,
  bool: ({ positional: [value] }) => (value === undefined ? false : truth(value)),
  isinstance: ({ positional: [value, types] }) =>
    value === undefined || types === undefined ? undefined : isInstance(value, types),
  print: () => null,
  compile: ({ positional: [source] }) => (typeof source === 'string' ? source : undefined),
  exec: ({ positional: [source, globals = null, locals = null] }, runtime, scope) => {
    const text = typeof source === 'object' && source?.kind === 'bytes' ? source.text : source;
    if (typeof text !== 'string') return undefined;
    const target = locals ?? globals;
    if (target === null) return runtime.run(text, scope) ? null : undefined;
    if (!isDict(target)) return undefined;
    const inner: Scope = {
      names: new Map([...(globals !== null && isDict(globals) ? globals.entries : []), ...target.entries]),
      outer: undefined,
    };
    if (!runtime.run(text, inner)) return undefined;
    for (const [key, value] of inner.names) target.entries.set(key, value);
    return null;
  },
  eval: literal,
  'ast.literal_eval': literal,
  'setuptools.find_packages': findPackages(false),
  'setuptools.find_namespace_packages': findPackages(true),
  'os.getcwd': () => ROOT,
  'os.chdir': ({ positional: [path] }) => (absolute(toText(path ?? null) ?? '/') === ROOT ? null : undefined),
  'os.path.join': texts((first, ...rest) => (first === undefined ? undefined : joinPath(first, ...rest))),
  'os.path.dirname': texts((path) => (path !== undefined ? dirname(path) : undefined)),
  'os.path.basename': texts((path) => (path !== undefined ? basename(path) : undefined)),
  'os.path.abspath': texts((path) => (path !== undefined ? absolute(path) : undefined)),
  'os.path.realpath': texts((path) => (path !== undefined ? absolute(path) : undefined)),
  'os.path.normpath': texts((path) => (path?.startsWith(ROOT) ? absolute(path) : undefined)),
  'os.path.exists': exists,
  'os.path.isfile': exists,
  'pathlib.Path': texts((first = '.', ...rest) => ({ kind: 'path', path: joinPath(first, ...rest) })),
  'pathlib.Path.cwd': () => ({ kind: 'path', path: ROOT }),
  're.compile': ({ positional: [pattern, flags], named }) => {
    const compiled = regularExpression(pattern, flags ?? named.get('flags'));
    return compiled && { kind: 'pattern', pattern: compiled };
  },
  're.search': regex('search'),
  're.match': regex('match'),
  're.fullmatch': regex('fullmatch'),
  're.findall': regex('findall'),
  're.sub': ({ positional: [pattern, replacement, text], named }) => {
    const compiled = regularExpression(pattern, named.get('flags'));
    if (!compiled || typeof text !== 'string' || typeof replacement !== 'string' || replacement.includes('\\'))
      return undefined;
    const matches = searchAll(compiled, text);
    return matches && replaceAt(text, matches, replacement);
  },
  'os.getenv': environment,
  'os.environ.get': environment,
  'importlib.util.spec_from_file_location': ({ positional: [, path], named }, runtime) =>
    moduleOfFile(path ?? named.get('location'), runtime),
  'importlib.machinery.SourceFileLoader': ({ positional: [, path] }, runtime) => moduleOfFile(path, runtime),
  'importlib.util.module_from_spec': ({ positional: [spec] }) =>
    typeof spec === 'object' && spec?.kind === 'module' ? spec : undefined,
  'runpy.run_path': ({ positional: [path], named }, runtime) => {
    const names = named.size > 0 ? undefined : runtime.namesOfFile(toText(path ?? null) ?? '');
    return names && dict(names);
  },
  'itertools.chain': ({ positional }) => chain(positional),
  'itertools.chain.from_iterable': ({ positional: [items] }) => chain(items === undefined ? undefined : iterate(items)),
  'json.load': ({ positional: [file] }, runtime, scope, line) => {
    const text =
      file === undefined
        ? undefined
        : runtime.call({ kind: 'method', of: file, name: 'read' }, NO_ARGUMENTS, scope, line);
    return typeof text === 'string' ? fromJson(text) : undefined;
  },
  'json.loads': ({ positional: [text] }) => (typeof text === 'string' ? fromJson(text) : undefined),
};

function replaceAt(text: string, matches: readonly RegExpExecArray[], replacement: string): string {
  limitText(text.length + matches.length * replacement.length);
  let [result, end] = ['', 0];
  for (const match of matches) {
    result += text.slice(end, match.index) + replacement;
    end = match.index + match[0].length;
  }
  return result + text.slice(end);
}

function fromJson(text: string): PyValue | undefined {
  try {
    return toValue(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function toValue(json: unknown): PyValue {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json : unknown('a fraction');
  if (Array.isArray(json)) return list(json.map(toValue));
  if (typeof json === 'object' && json !== null)
    return dict(Object.entries(json).map(([key, value]) => [key, toValue(value)]));
  return json as string | boolean | null;
}
