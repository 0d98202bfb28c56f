/** entry_points.txt is read as Python's own importlib.metadata reads it. */
import { expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { commandsOf, entryPointProblems, parseEntryPoints } from './entry-points.js';

const files = [
  '[console_scripts]\nacme = acme.cli:main\nacme-x=acme.cli:App.run\n\n[acme.plugins]\none = acme.one\n',
  '[gui_scripts]\r\n# a comment\r\n  shown = acme : window \r\n[ spaced ]\nx = y:z\n',
  '[console_scripts]\nextra = acme.cli:main [fast, slow]\na = b:c\n[console_scripts]\nd = e:f\n',
  '[p]\nname with spaces = acme:x\nü = acme.ü:f\ncolon:name = acme\n',
  '',
];

test('groups, names, modules and attributes are those of importlib.metadata', () => {
  const source = `
from importlib.metadata import EntryPoints
def answer(text):
    return [[p.group, p.name, p.module, p.attr or ""] for p in EntryPoints._from_text(text)]`;
  const mine = files.map((text) =>
    [...parseEntryPoints(text)].flatMap(([group, points]) =>
      points.map(({ name, module, attribute }) => [group, name, module, attribute]),
    ),
  );
  expect(mine.map(sorted)).toEqual(askPython<string, string[][]>(source, files).map(sorted));
});

test('commands are the console and the graphical scripts', () => {
  expect(
    commandsOf('[gui_scripts]\nb = m:b\n[other]\nc = m:c\n[console_scripts]\na = m:a').map(({ name }) => name),
  ).toEqual(['a', 'b']);
  expect(commandsOf(undefined)).toEqual([]);
});

test('a line that is none is passed over when read, and named when judged', () => {
  const text = '[console_scripts]\nacme\n = acme:main\nbroken = acme.cli:\nmodule = acme.cli\n';
  expect(
    parseEntryPoints(text)
      .get('console_scripts')
      ?.map(({ name }) => name),
  ).toEqual(['broken', 'module']);
  expect(entryPointProblems(text).map((problem) => /"([^"]*)"/.exec(problem)?.[1])).toEqual([
    'acme',
    '= acme:main',
    'broken',
    'module',
  ]);
});

function sorted(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
