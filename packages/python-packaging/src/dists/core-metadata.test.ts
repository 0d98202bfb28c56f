/** Core metadata are read as Python's e-mail parser reads them, and judged as PyPA `packaging` judges them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { InvalidMetadata, parseCoreMetadata } from './core-metadata.js';
import { METADATA_VERSIONS } from './metadata-fields.js';
import { findMetadataProblems } from './metadata-problems.js';

const pick = (...values: string[]) => fc.constantFrom(...values);
const field = (name: string, ...values: string[]) => pick(...values).map((value) => `${name}: ${value}\n`);

const fields = fc.oneof(
  field('Summary', 'one line', 'two\n        lines', 'Ünïcode', '', 'with: colon'),
  field(
    'Description-Content-Type',
    'text/markdown',
    'text/x-rst; charset=UTF-8',
    'text/html',
    'text/markdown; variant=GFM',
    'text/markdown; charset=latin-1; variant=CommonMark',
    'TEXT/PLAIN',
    'text/markdown; variant=other',
    'text/plain; variant=other',
  ),
  field('Keywords', 'a, b', 'a', ' x '),
  field('Home-page', 'https://index.example/'),
  field('Author-email', '"A, B" <a@index.example>'),
  field('Maintainer', 'M'),
  field('License', 'Free\n        |text\n        |of many lines'),
  field('Classifier', 'A :: B', 'Private :: Do Not Upload'),
  field('Requires-Dist', 'b>=1', 'c; extra == "x"', 'not one !', 'd @ https://index.example/d.whl'),
  field('Requires-Python', '>=3.9', '>= 3.9, < 4', '3.9'),
  field('Provides-Extra', 'x', 'Y_z', '-'),
  field('Project-URL', 'Source, https://index.example/s', 'Docs, https://index.example/a,b'),
  field('Dynamic', 'Summary', 'requires-dist', 'Name', 'Nothing'),
  field(
    'License-File',
    'LICENSE',
    'a/b',
    '../LICENSE',
    '/LICENSE',
    'a\\b',
    'LICEN*',
    './LICENSE',
    'C:/LICENSE',
    'a//b',
    'a/',
  ),
  field('Import-Name', 'a.b', 'a; private', 'a ;private', 'class', 'a-b', 'a; public', 'é'),
  field('Import-Namespace', 'a', 'a..b', 'a; private'),
  field('Obsoletes', 'old'),
  field('X-Unknown', 'kept'),
  field('license-file', 'lower-case'),
);
const document = fc
  .tuple(
    pick(...METADATA_VERSIONS, '2.0', '3.0'),
    pick('a', 'A.b', 'a_'),
    pick('1', '1.0rc1', 'one'),
    fc.array(fields, { maxLength: 8 }),
    pick('', '\n', '\n# Title\n\nbody: with colon\n  indented\n'),
    fc.boolean(),
  )
  .map(([format, name, version, lines, body, isCrlf]) => {
    const text = `Metadata-Version: ${format}\nName: ${name}\nVersion: ${version}\n${lines.join('')}${body}`;
    return isCrlf ? text.replaceAll('\n', '\r\n') : text;
  });

describe('core metadata', () => {
  test('have the fields and the body that Python reads', () => {
    const texts = fc.sample(document, 5_000);
    const source = `
import email.parser, email.policy, re
def answer(text):
    message = email.parser.Parser(policy=email.policy.compat32).parsestr(text.replace("\\r\\n", "\\n"))
    # Continuation lines are left as they are there; here they are without what belongs to the form.
    fields = [[name, re.sub(r"\\n[ \\t]+\\|?", "\\n", value).strip()] for name, value in message.items()]
    return [fields, message.get_payload() or None]`;
    const mine = texts.map((text) => {
      const { fields: all, description, hasBody } = parseCoreMetadata(text);
      return [all, hasBody ? description : null];
    });
    expect(mine).toEqual(askPython(source, texts));
  });

  test('are judged as `packaging` judges them, field by field', () => {
    const texts = fc.sample(document, 5_000);
    const source = `
from packaging.errors import ExceptionGroup
from packaging.metadata import Metadata
def answer(text):
    try:
        Metadata.from_email(text.replace("\\r\\n", "\\n"))
    except ExceptionGroup as group:
        return sorted({each.field.lower() for each in group.exceptions})
    return []`;
    const theirs = askPython<string, string[]>(source, texts);
    const different = texts.flatMap((text, index) => {
      const problems = findMetadataProblems(parseCoreMetadata(text));
      const mine = [...new Set(problems.map((problem) => problem.field.toLowerCase()))].sort();
      return JSON.stringify(mine) === JSON.stringify(theirs[index]) ? [] : [{ text, problems, theirs: theirs[index] }];
    });
    expect(different).toEqual([]);
  });

  test('say what is wrong with each field', () => {
    const text =
      'Metadata-Version: 2.1\nName: a\nVersion: one\nLicense-File: LICENSE\nRequires-Dist: b=1\nSummary: x\nSummary: y\nUnknown: z\n';
    expect(findMetadataProblems(parseCoreMetadata(text))).toEqual([
      { field: 'Version', reason: '"one" is no version' },
      { field: 'License-File', reason: 'it came with metadata version 2.4, not 2.1' },
      { field: 'Requires-Dist', reason: expect.stringContaining('at column 2 of "b=1"') },
      { field: 'Summary', reason: 'it stands more than once' },
      { field: 'Unknown', reason: 'the specification has no such field' },
    ]);
  });

  test('are taken apart into all that they say', () => {
    const text =
      'Metadata-Version: 2.5\nName: a\nVersion: 1\nKeywords: x, y\nProject-URL: Docs, https://index.example/a,b\nImport-Name: a\nImport-Name: a._b; private\nLicense: one\n        |two\n\nbody\n';
    expect(parseCoreMetadata(text)).toMatchObject({
      keywords: ['x', 'y'],
      projectUrls: new Map([['Docs', 'https://index.example/a,b']]),
      importNames: ['a', 'a._b; private'],
      importNamespaces: [],
      license: 'one\ntwo',
      description: 'body\n',
    });
    expect(parseCoreMetadata('Metadata-Version: 2.5\nName: a\nVersion: 1\n').importNames).toBeUndefined();
    expect(parseCoreMetadata('Metadata-Version: 2.5\nName: a\nVersion: 1\nImport-Name:\n').importNames).toEqual([]);
  });

  test('without a name, or with a line that is no field, are refused', () => {
    expect(() => parseCoreMetadata('Metadata-Version: 2.1\nVersion: 1\n')).toThrow('the field Name is missing');
    expect(() => parseCoreMetadata('nonsense\n')).toThrow(InvalidMetadata);
    expect(() => parseCoreMetadata('nonsense\n')).toThrow('line 1 is no field');
  });
});
