/** The page of the index for people: packages, versions, files and hashes. */
import type { LedgerEntry } from './ledger.js';
import { escapeHtml } from './pages.js';

/** @param projects the files of each project, by normalised name */
export function overviewHtml(projects: ReadonlyMap<string, readonly LedgerEntry[]>): string {
  const sections = [...projects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([project, entries]) => section(project, entries));
  const content = sections.length > 0 ? sections.join('\n') : '<p>Nothing has been published here yet.</p>';
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Local index</title><style>
body { font-family: system-ui, sans-serif; margin: 2rem } table { border-collapse: collapse }
td, th { padding: .2rem .8rem; text-align: left; border-bottom: 1px solid #ddd } code { font-size: .85em }
</style></head><body><h1>Local index</h1>
${content}
</body></html>
`;
}

function section(project: string, entries: readonly LedgerEntry[]): string {
  const rows = entries.map(
    ({ version, filename, size, sha256, uploadTime, yanked }) =>
      `<tr><td>${escapeHtml(version)}</td><td><a href="/files/${project}/${encodeURIComponent(filename)}">${escapeHtml(filename)}</a></td>` +
      `<td>${size} B</td><td><code>${sha256}</code></td><td>${escapeHtml(uploadTime)}</td><td>${yanked === undefined ? '' : escapeHtml(`yanked ${yanked}`)}</td></tr>`,
  );
  return `<h2 id="${project}">${project}</h2>
<table><tr><th>Version</th><th>File</th><th>Size</th><th>sha256</th><th>Uploaded</th><th></th></tr>
${rows.join('\n')}</table>`;
}
