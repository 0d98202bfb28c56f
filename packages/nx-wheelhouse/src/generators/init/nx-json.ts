/** nx.json, edited in place: `updateNxJson` of @nx/devkit writes the file anew, which loses comments and layout. */
import type { Tree } from '@nx/devkit';
import { applyEdits, type JSONPath, modify, parse } from 'jsonc-parser';

const FILE = 'nx.json';

/** What the file itself says, without what it extends. */
export function ownNxJson(tree: Tree): Readonly<Record<string, unknown>> {
  return (parse(textOf(tree)) ?? {}) as Record<string, unknown>;
}

/** Sets a value; makes the objects around it, and the file, where they are absent. */
export function setInNxJson(tree: Tree, path: JSONPath, value: unknown): void {
  edit(tree, path, value, false);
}

/** Appends to a list that is there. */
export function appendInNxJson(tree: Tree, path: JSONPath, value: unknown): void {
  edit(tree, [...path, -1], value, true);
}

function edit(tree: Tree, path: JSONPath, value: unknown, isArrayInsertion: boolean): void {
  const text = textOf(tree);
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  tree.write(FILE, applyEdits(text, modify(text, path, value, { formattingOptions, isArrayInsertion })));
}

function textOf(tree: Tree): string {
  return tree.read(FILE, 'utf8') ?? '{}\n';
}
