/**
 * Changes single values of a YAML document that a person keeps: comments, order, quotes and line ends of everything else stay as they
 * are. Every change is checked by reading the result.
 */
import { lineEndOf, splice } from '@nx-wheelhouse/python-packaging';
import { dump } from 'js-yaml';
import { endOf, InvalidYaml, type YamlNode, type YamlPath, yamlAt, yamlTree } from './tree.js';

export type YamlValue = string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** The value as a block document; texts are quoted where YAML 1.1 or 1.2 would take them for something else. */
function yamlText(value: YamlValue): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

/**
 * Sets what stands at a path; mappings that are missing on the way are made.
 * @throws {InvalidYaml} for a text that is no YAML, or one that cannot be changed so
 */
export function setYaml(text: string, path: YamlPath, value: YamlValue): string {
  return checked(withValue(text, path, value), path, value);
}

/**
 * Sets one item of a sequence, or with the number of its items appends one.
 * @throws {InvalidYaml} as `setYaml` does
 */
export function setYamlItem(text: string, path: YamlPath, index: number, value: YamlValue): string {
  const sequence = yamlAt(yamlTree(text), path);
  if (sequence?.kind !== 'sequence') throw new InvalidYaml(`${path.join('.')} is no sequence`, undefined);
  const item = sequence.items[index];
  const changed =
    item === undefined
      ? appended(text, sequence, value)
      : splice(text, startOf(item), endOf(item, startOf(item)), inFlow(value));
  return checked(changed, [...path, index], value);
}

function withValue(text: string, path: YamlPath, value: YamlValue): string {
  const root = yamlTree(text);
  if (root.kind === 'empty') return joinLines(text, yamlText(nested(path, value)), lineEndOf(text));
  const depth = path.findIndex((_, index) => yamlAt(root, path.slice(0, index + 1)) === undefined);
  if (depth < 0) return replaced(text, root, path, value);
  const parent = yamlAt(root, path.slice(0, depth)) as YamlNode;
  const missing = nested(path.slice(depth), value);
  if (parent.kind === 'mapping') return inserted(text, parent, missing);
  return replaced(text, root, path.slice(0, depth), missing);
}

function nested(path: YamlPath, value: YamlValue): YamlValue {
  return path.reduceRight<YamlValue>((inner, key) => ({ [key]: inner }), value);
}

function replaced(text: string, root: YamlNode, path: YamlPath, value: YamlValue): string {
  const parent = yamlAt(root, path.slice(0, -1));
  const entry = parent?.kind === 'mapping' ? parent.entries.find(({ key }) => key === path.at(-1)) : undefined;
  if (parent?.kind !== 'mapping' || entry === undefined) throw new InvalidYaml('the document is no mapping', undefined);
  const old = entry.value;
  if (old.kind === 'scalar' && old.style !== 'block' && isOneLine(value)) {
    return splice(text, old.start, old.end, inFlow(value));
  }
  const colon = text.indexOf(':', entry.keyEnd) + 1;
  const end = endOf(old, colon);
  const block = belowKey(value, columnOf(text, entry.keyStart), lineEndOf(text));
  // A block scalar ends where the next line starts.
  return splice(text, colon, end, text[end - 1] === '\n' ? block + lineEndOf(text) : block);
}

function inserted(text: string, parent: Extract<YamlNode, { kind: 'mapping' }>, missing: YamlValue): string {
  if (parent.isFlow) {
    const entry = inFlow(missing).replace(/^\{\s*|\s*\}\s*$/g, '');
    const end = endOf(parent, parent.start + 1);
    return parent.entries.length === 0
      ? splice(text, parent.start + 1, parent.start + 1, entry)
      : splice(text, end, end, `, ${entry}`);
  }
  const first = parent.entries[0];
  const lines = indented(yamlText(missing), first ? columnOf(text, first.keyStart) : 0, lineEndOf(text));
  return insertLine(text, endOf(parent, text.length), lines);
}

function appended(text: string, sequence: Extract<YamlNode, { kind: 'sequence' }>, value: YamlValue): string {
  if (sequence.isFlow) {
    const last = sequence.items.at(-1);
    const at = last ? endOf(last, sequence.start + 1) : sequence.start + 1;
    return splice(text, at, at, (last ? ', ' : '') + inFlow(value));
  }
  const lines = indented(yamlText([value]), columnOf(text, sequence.start), lineEndOf(text));
  return insertLine(text, endOf(sequence, text.length), lines);
}

/** Puts lines behind the line on which something ends, and behind the comment that stands there. */
function insertLine(text: string, end: number, lines: string): string {
  if (text[end - 1] === '\n') return splice(text, end, end, lines + lineEndOf(text));
  const lineEnd = text.slice(end).search(/\r?\n/);
  const at = lineEnd < 0 ? text.length : end + lineEnd;
  return splice(text, at, at, lineEndOf(text) + lines + (lineEnd < 0 ? lineEndOf(text) : ''));
}

function belowKey(value: YamlValue, column: number, lineEnd: string): string {
  if (isOneLine(value)) return ` ${yamlText(value).trimEnd()}`;
  // What a scalar of several lines starts with (`|`) stands behind the key, its lines below.
  if (typeof value === 'string') return ` ${indented(yamlText(value), column, lineEnd).trimStart()}`;
  return lineEnd + indented(yamlText(value), column + 2, lineEnd);
}

function isOneLine(value: YamlValue): boolean {
  return typeof value !== 'object' && !yamlText(value).trimEnd().includes('\n');
}

/** One line, in a form that may also stand in brackets. */
function inFlow(value: YamlValue): string {
  if (typeof value === 'object') return dump(value, { lineWidth: -1, flowLevel: 0 }).trimEnd();
  const plain = yamlText(value).trimEnd();
  return /^[^'"].*[,[\]{}]/.test(plain) ? JSON.stringify(value) : plain;
}

function indented(block: string, column: number, lineEnd: string): string {
  return block
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(column) + line))
    .join(lineEnd);
}

function joinLines(text: string, block: string, lineEnd: string): string {
  const start = text === '' || text.endsWith('\n') ? text : text + lineEnd;
  return start + block.replaceAll('\n', lineEnd);
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function startOf(node: YamlNode): number {
  if (node.kind === 'empty') throw new InvalidYaml('an empty item has no place', undefined);
  return node.start;
}

function checked(text: string, path: YamlPath, value: YamlValue): string {
  const found = yamlAt(yamlTree(text), path);
  if (JSON.stringify(found && plain(found)) === JSON.stringify(asTexts(value))) return text;
  throw new InvalidYaml(`${path.join('.')} cannot be set here`, undefined);
}

/** Values as texts, since a tree does not tell numbers from texts. */
function plain(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value.trimEnd();
    case 'empty':
      return null;
    case 'sequence':
      return node.items.map(plain);
    case 'mapping':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
  }
}

function asTexts(value: YamlValue): unknown {
  if (typeof value !== 'object') return String(value).trimEnd();
  if (Array.isArray(value)) return value.map(asTexts);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTexts(inner)]));
}
