/** Manifests read again only where something has changed. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { KeptReadings } from './kept-readings.js';

afterAll(removeFolders);

const MANIFEST = `[project]\nname = "b"\ndynamic = ["version"]\n[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n`;

test('an edit has its folder read again, and no other', () => {
  const root = folderWith({ 'a/pyproject.toml': project('a'), 'b/pyproject.toml': MANIFEST });
  const kept = new KeptReadings();
  const read = () => kept.read(root, ['a', 'b']);
  const versionOfB = () => {
    const reading = read().get('b');
    return reading?.kind === 'package' ? reading.manifest.version : undefined;
  };
  const first = read();
  expect(read().get('a')).toBe(first.get('a'));
  expect(read().get('b')).toBe(first.get('b'));

  // A file that was looked for and not there counts as well.
  writeFileSync(join(root, 'b/VERSION'), '1.0\n');
  expect(versionOfB()).toMatchObject({ kind: 'static', value: '1.0' });
  writeFileSync(join(root, 'b/VERSION'), '2.0\n');
  expect(versionOfB()).toMatchObject({ kind: 'static', value: '2.0' });
  rmSync(join(root, 'b/VERSION'));
  expect(versionOfB()?.kind).toBe('dynamic');
  expect(read().get('a')).toBe(first.get('a'));

  writeFileSync(join(root, 'a/pyproject.toml'), project('renamed'));
  expect(read().get('a')).not.toBe(first.get('a'));
  expect(read().get('a')).toMatchObject({ manifest: { name: { value: 'renamed' } } });
});
