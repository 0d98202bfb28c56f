import { expect, test } from 'vitest';
import { tomlLineOf } from './lines.js';

const TEXT = `\uFEFF# comment
[project]
name = "alpha"
dependencies = [
  "one",
  """
two""", "three",
]
urls.home = "x"
optional = { docs = [
  "four",
] }
[tool.uv.sources]
one = { workspace = true }
[[tool.uv.index]]
name = "a"

[[tool.uv.index]]
name = "b"
[[people.authors]]
name = "c"
`;

test.each([
  [['project'], undefined, 2],
  [['project', 'name'], undefined, 3],
  [['project', 'dependencies'], undefined, 4],
  [['project', 'dependencies'], 0, 5],
  [['project', 'dependencies'], 1, 6],
  [['project', 'dependencies'], 2, 7],
  [['project', 'dependencies'], 3, undefined],
  [['project', 'urls'], undefined, 9],
  [['project', 'urls', 'home'], undefined, 9],
  [['project', 'optional', 'docs'], 0, 11],
  [['tool'], undefined, 13],
  [['tool', 'uv', 'sources', 'one', 'workspace'], undefined, 14],
  [['tool', 'uv', 'index'], 1, 18],
  [['people'], undefined, 20],
  [['tool', 'uv', 'index'], 2, undefined],
  [['project', 'nothing'], undefined, undefined],
])('%j item %s stands on line %s', (path, index, line) => {
  expect(tomlLineOf(TEXT, path, index)).toBe(line);
  expect(tomlLineOf(TEXT.replaceAll('\n', '\r\n'), path, index)).toBe(line);
});
