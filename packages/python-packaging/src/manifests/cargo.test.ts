/** What a package of maturin is made from beyond its folder. */
import { expect, test } from 'vitest';
import { packageOf } from './testing/folders.js';

const PYPROJECT =
  '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n[project]\nname = "a"\nversion = "1"\n';
const crate = (name: string, more = '') => `[package]\nname = "${name}"\nversion = "1.0.0"\n${more}`;

test.each<[string, Record<string, string>, readonly string[]]>([
  ['nothing', { 'Cargo.toml': crate('a', '[dependencies]\npyo3 = "0.25"\nown = { path = "crates/own" }\n') }, []],
  [
    'crates by their paths, of any kind, and through one another',
    {
      'Cargo.toml': crate(
        'a',
        '[dependencies]\nb = { path = "../b" }\n[build-dependencies]\nc = { path = "../c/" }\n[target."cfg(unix)".dependencies]\nd = { path = "../d" }\n[patch.crates-io]\ne = { path = "../e" }\n',
      ),
      '../b/Cargo.toml': crate('b', '[dependencies]\nf = { path = "../more/f" }\na = { path = "../a" }\n'),
    },
    ['../a', '../b', '../c', '../d', '../e', '../more/f'],
  ],
  [
    'what it has from its workspace',
    {
      'Cargo.toml': crate('a', '[dependencies]\nb.workspace = true\n'),
      '../Cargo.toml':
        '[workspace]\nmembers = ["a", "crates/*", "named"]\n[workspace.dependencies]\nb = { path = "crates/b" }\nunused = { path = "crates/unused" }\n',
    },
    ['../Cargo.lock', '../Cargo.toml', '../a', '../crates/b', '../named'],
  ],
  [
    'a workspace that its manifest names',
    { 'Cargo.toml': crate('a', 'workspace = "../../rust"\n'), '../../rust/Cargo.toml': '[workspace]\n' },
    ['../../rust/Cargo.lock', '../../rust/Cargo.toml'],
  ],
  ['nothing where Cargo.toml is no TOML', { 'Cargo.toml': '[' }, []],
])('%s', (_, files, expected) => {
  expect(packageOf({ 'pyproject.toml': PYPROJECT, ...files }).namedFiles).toEqual(expected);
});

test('beyond the manifest that is named', () => {
  const files = {
    'pyproject.toml': `${PYPROJECT}[tool.maturin]\nmanifest-path = "rust/Cargo.toml"\n`,
    'rust/Cargo.toml': crate('a', '[dependencies]\nb = { path = "../../b" }\nc = { path = "../c" }\n'),
  };
  expect(packageOf(files).namedFiles).toEqual(['../b']);
});
