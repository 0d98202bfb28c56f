/** What is written as Python, read back by Python itself. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toolPrograms } from '../../../testing/tools.js';
import { newPackage } from './options.js';
import { setupPy } from './setup-py.js';

const READ_CALLS = `
import ast, json, sys
def keywords(text):
    call = [node.value for node in ast.parse(text).body if isinstance(node, ast.Expr)][-1]
    return {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg in ("author", "description", "keywords")}
json.dump([keywords(text) for text in json.load(sys.stdin)], sys.stdout)
`;

test('every text comes back', () => {
  const words = fc
    .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'"\'\\\\#{}nuNx0 ') }))
    .map((text) => text.replace(/[\r\n]/g, ' ').trim() || 'x');
  const samples = fc.sample(fc.record({ description: words, author: words, keywords: fc.array(words) }), 200);
  const texts = samples.map((one) =>
    setupPy(newPackage({ directory: 'a', manifest: 'setup.py', ...one }, { workspaceRoot: '/w', currentFolder: '' })),
  );
  const { stdout, stderr } = spawnSync(join(toolPrograms, 'python'), ['-I', '-c', READ_CALLS], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const expected = samples.map(({ keywords, ...others }) => (keywords.length > 0 ? { ...others, keywords } : others));
  expect(JSON.parse(stdout)).toEqual(expected);
}, 60_000);
