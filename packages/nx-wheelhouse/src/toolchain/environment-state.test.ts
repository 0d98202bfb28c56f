/** Which environments of the tool cache are removed, and when. */
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { contentsDigest, markUsed, removeUnused } from './environment-state.js';

afterAll(removeFolders);

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 31);
const MANIFEST = 'manifest.json';

function lastUsed(path: string, days: number): void {
  utimesSync(path, new Date(NOW - days * DAY), new Date(NOW - days * DAY));
}

test('what nobody has used for a month goes, and so does what a killed run left half made', () => {
  const folder = folderWith({
    'used/manifest.json': '',
    'forgotten/manifest.json': '',
    'being-made.1/bin/python': '',
    'killed.2/bin/python': '',
    'another.removed-3/bin/python': '',
  });
  lastUsed(join(folder, 'used', MANIFEST), 29);
  lastUsed(join(folder, 'forgotten', MANIFEST), 31);
  lastUsed(join(folder, 'being-made.1'), 0.5);
  lastUsed(join(folder, 'killed.2'), 2);
  lastUsed(join(folder, 'another.removed-3'), 2);
  removeUnused(folder, MANIFEST, NOW);
  expect(readdirSync(folder).sort()).toEqual(['being-made.1', 'used']);
});

test('use is noted, so that what is in use stays', () => {
  const folder = folderWith({ 'used/manifest.json': '' });
  const manifest = join(folder, 'used', MANIFEST);
  lastUsed(manifest, 400);
  markUsed(manifest);
  removeUnused(folder, MANIFEST);
  expect(existsSync(manifest)).toBe(true);
});

test('a file that is gone, cut short or too many is damage; bytecode is none', () => {
  const files = { 'lib/a.py': 'a = 1\n', 'lib/b.py': 'b = 1\n' };
  const whole = contentsDigest(folderWith(files), MANIFEST);
  const withoutFile = folderWith(files);
  rmSync(join(withoutFile, 'lib/a.py'));
  const cutShort = folderWith({ ...files, 'lib/a.py': 'a' });
  for (const folder of [withoutFile, cutShort, folderWith({ ...files, 'lib/c.py': '' })]) {
    expect(contentsDigest(folder, MANIFEST)).not.toBe(whole);
  }
  const compiled = folderWith({ ...files, 'lib/__pycache__/a.cpython-311.pyc': 'x' });
  writeFileSync(join(compiled, MANIFEST), '{}');
  expect(contentsDigest(compiled, MANIFEST)).toBe(whole);
});
