/** The local index's page for people, as a real browser has it in the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { findBrowser } from '../../../../scripts/browser.mjs';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { publishAll, words } from '../../testing/publish/publishing.js';
import { manyPackages, plannedPackage } from '../../testing/publish/tools.js';
import { IndexStorage } from './storage.js';

const lab = new IndexUnderTest();
const browser = findBrowser();

/** @returns the document as it is when everything has been loaded and every script has run */
async function render(url: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-browser-'));
  try {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-dev-shm-usage',
      `--user-data-dir=${profile}`,
    ];
    const child = spawn(browser ?? '', [...flags, '--dump-dom', url], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [html, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    if (html === '') throw new Error(`${browser} has shown nothing:\n${said}`);
    return html;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
  }
}

test.runIf(browser)(
  `lists packages, versions, files and hashes in ${browser ?? 'a browser (there is none: `node scripts/browser.mjs` installs one)'}, and runs nothing`,
  async () => {
    const packages = [
      ...manyPackages(lab.folder, 3),
      plannedPackage(lab.folder, { name: 'withdrawn', version: '2.0' }),
    ];
    expect(words(await publishAll(packages, lab.local()))).toBe('');
    const attack = '<img src=x onerror="document.title=\'attacked\'">';
    new IndexStorage(join(lab.folder, 'index')).yank('withdrawn', '2.0', 'yank', attack);

    const html = await render(new URL('/', lab.index.simpleUrl).href);
    expect(html).toContain('<title>Local index</title>');
    expect([...html.matchAll(/<h2 id="([^"]+)">/g)].map(([, name]) => name)).toEqual(packages.map(({ name }) => name));
    const rows = [...html.matchAll(/<tr><td>([^<]*)<\/td><td><a href="([^"]+)">([^<]+)<\/a>.*?<code>([^<]+)<\/code>/g)];
    const listed = rows.map(([, version, href, filename, sha256]) => ({ version, href, filename, sha256 }));
    const sent = packages.flatMap(({ name, version, dists }) =>
      dists.map(({ filename, sha256 }) => ({
        version,
        href: `/files/${name}/${filename}`,
        filename: basename(filename),
        sha256,
      })),
    );
    expect(listed.sort(byFile)).toEqual(sent.sort(byFile));
    expect(html).toContain('yanked &lt;img src=x');
  },
);

function byFile(a: { filename?: string | undefined }, b: { filename?: string | undefined }): number {
  return (a.filename ?? '') < (b.filename ?? '') ? -1 : 1;
}
