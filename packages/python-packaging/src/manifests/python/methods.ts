/** Methods of containers, files, paths and regular expression matches. */
import { absolute, basename, dirname, joinPath } from './files.js';
import { limitItems, weight } from './limits.js';
import { distinct } from './operators.js';
import { search, searchAll } from './regular-expressions.js';
import type { CallArguments, Runtime } from './runtime.js';
import { textMethod } from './text-methods.js';
import {
  dict,
  isDict,
  isList,
  iterate,
  lines,
  list,
  lose,
  type PyDict,
  type PyList,
  type PyOpaque,
  type PyValue,
  readFile,
  toText,
} from './values.js';

/** @returns what the method gives, `undefined` where the method, or an argument of it, is not followed */
export function callMethod(
  runtime: Runtime,
  receiver: PyValue,
  name: string,
  args: CallArguments,
): PyValue | undefined {
  if (typeof receiver === 'string') return textMethod(receiver, name, args);
  if (isList(receiver)) {
    const result = listMethod(receiver, name, args);
    limitItems(receiver.items.length);
    runtime.step(weight(receiver));
    return result;
  }
  if (isDict(receiver)) return dictMethod(receiver, name, args);
  if (typeof receiver === 'object' && receiver !== null) return opaqueMethod(runtime, receiver as PyOpaque, name, args);
  return undefined;
}

function listMethod(target: PyList, name: string, { positional, named }: CallArguments): PyValue | undefined {
  const [first, second] = positional;
  const { items } = target;
  switch (name) {
    case 'append':
    case 'add':
      if (first === undefined) return undefined;
      if (name === 'append' || distinct([...items, first]).length > items.length) items.push(first);
      return null;
    case 'extend':
    case 'update': {
      const added = first === undefined ? undefined : iterate(first);
      if (added === undefined || positional.length !== 1) return undefined;
      target.items = target.kind === 'set' ? [...distinct([...items, ...added])] : [...items, ...added];
      return null;
    }
    case 'insert':
      if (typeof first !== 'number' || second === undefined) return undefined;
      items.splice(first, 0, second);
      return null;
    case 'copy':
      return list(items, target.kind);
    case 'union': {
      const others = positional.map(iterate);
      return others.every((other) => other !== undefined)
        ? list(distinct([...items, ...others.flat()]), 'set')
        : undefined;
    }
    case 'clear':
      target.items = [];
      return null;
    case 'sort':
      if (named.size > 0 || !items.every((item) => typeof item === 'string')) return undefined;
      target.items = [...items].sort();
      return null;
    case 'reverse':
      items.reverse();
      return null;
    default:
      return undefined;
  }
}

function dictMethod(target: PyDict, name: string, { positional, named }: CallArguments): PyValue | undefined {
  const [first, second] = positional;
  const { entries } = target;
  // Of a dict with keys that may not be there only single keys are read.
  if (target.doubtful.size > 0 && name !== 'get') return undefined;
  switch (name) {
    case 'get':
      return typeof first === 'string' ? (entries.get(first) ?? second ?? null) : undefined;
    case 'keys':
      return list([...entries.keys()]);
    case 'values':
      return list([...entries.values()]);
    case 'items':
      return list([...entries].map(([key, value]) => list([key, value], 'tuple')));
    case 'copy':
      return dict(entries);
    case 'setdefault':
      if (typeof first !== 'string') return undefined;
      if (!entries.has(first)) entries.set(first, second ?? null);
      return entries.get(first) as PyValue;
    case 'pop': {
      if (typeof first !== 'string') return undefined;
      const value = entries.get(first) ?? second;
      entries.delete(first);
      return value;
    }
    case 'update':
      if (first !== undefined && !isDict(first)) return undefined;
      if (first !== undefined && iterate(first) === undefined) return undefined;
      for (const [key, value] of [...(first?.entries ?? []), ...named]) entries.set(key, value);
      return null;
    default:
      return undefined;
  }
}

function opaqueMethod(
  runtime: Runtime,
  receiver: PyOpaque,
  name: string,
  { positional }: CallArguments,
): PyValue | undefined {
  const [first] = positional;
  switch (receiver.kind) {
    case 'bytes':
      return name === 'decode'
        ? receiver.text
        : name === 'strip' && first === undefined
          ? { kind: 'bytes', text: receiver.text.trim() }
          : undefined;
    case 'file':
      if (name === 'close') return null;
      if (name === '__enter__') return receiver;
      if (positional.length > 0) return undefined;
      if (name === 'read') return readFile(receiver);
      if (name !== 'readlines' || receiver.isBinary) return undefined;
      receiver.isRead = true;
      return list(lines(receiver.text, true));
    case 'module':
      // Its file is followed when a name of it is asked for.
      return name === 'exec_module' ? null : name === 'load_module' ? receiver : undefined;
    case 'path':
      return pathMethod(runtime, receiver.path, name, positional);
    case 'pattern': {
      if (typeof first !== 'string' || positional.length > 1) return undefined;
      return matchWith(receiver.pattern, first, name);
    }
    case 'match':
      return matchMethod(receiver.match, name, positional);
    default:
      return undefined;
  }
}

/** `re.search`, `re.match`, `re.fullmatch` and `re.findall` */
export function matchWith(pattern: RegExp, text: string, name: string): PyValue | undefined {
  if (name === 'findall') {
    const matches = searchAll(pattern, text);
    if (matches === undefined) return undefined;
    const groups = matches.map((found) =>
      found.length > 2
        ? list(
            found.slice(1).map((group) => group ?? ''),
            'tuple',
          )
        : (found[1] ?? found[0]),
    );
    return list(groups);
  }
  if (name !== 'search' && name !== 'match' && name !== 'fullmatch') return undefined;
  const match = search(pattern, text, name);
  return match === null ? null : match && { kind: 'match', match };
}

function matchMethod(match: RegExpExecArray, name: string, positional: readonly PyValue[]): PyValue | undefined {
  switch (name) {
    case 'group':
      return positional.length <= 1 ? groupOf(match, positional[0] ?? 0) : undefined;
    case 'groups':
      return list(
        match.slice(1).map((group) => group ?? null),
        'tuple',
      );
    case 'groupdict':
      return dict(Object.entries(match.groups ?? {}).map(([key, value]) => [key, value ?? null]));
    default:
      return undefined;
  }
}

/** `match.group(key)` and `match[key]` */
export function groupOf(match: RegExpExecArray, key: PyValue): PyValue | undefined {
  if (typeof key === 'number' && key < match.length) return match[key] ?? null;
  if (typeof key === 'string' && match.groups !== undefined && Object.hasOwn(match.groups, key))
    return match.groups[key] ?? null;
  return undefined;
}

function pathMethod(runtime: Runtime, path: string, name: string, positional: readonly PyValue[]): PyValue | undefined {
  switch (name) {
    case 'resolve':
    case 'absolute':
      return { kind: 'path', path: absolute(path) };
    case 'joinpath': {
      const parts = positional.map(toText);
      return parts.every((part) => part !== undefined) ? { kind: 'path', path: joinPath(path, ...parts) } : undefined;
    }
    case 'with_name':
      return typeof positional[0] === 'string'
        ? { kind: 'path', path: joinPath(dirname(path), positional[0]) }
        : undefined;
    case 'read_text':
      return runtime.files.read(path);
    case 'open': {
      const text = runtime.files.read(path);
      return text === undefined
        ? undefined
        : { kind: 'file', text, isBinary: String(positional[0] ?? '').includes('b'), isRead: false };
    }
    case 'exists':
    case 'is_file':
      return runtime.files.read(path) === undefined ? undefined : true;
    default:
      return undefined;
  }
}

/** `path.parent`, `path.name` and `path.parents` */
export function pathAttribute(path: string, name: string): PyValue | undefined {
  if (name === 'parent') return { kind: 'path', path: dirname(path) };
  if (name === 'name') return basename(path);
  return undefined;
}

/** A method that is not followed may change what it is called on and what it is given. */
export function loseAll(values: Iterable<PyValue>, reason: string): void {
  for (const value of values) lose(value, reason);
}
