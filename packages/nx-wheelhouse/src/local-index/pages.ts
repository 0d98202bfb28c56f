/** The pages of the simple repository API (PEP 503, 691, 700, 714), from the ledger's entries. */
import { normalizeName } from '@nx-wheelhouse/python-packaging';
import type { LedgerEntry } from './ledger.js';

/** The list of projects. @param projects normalised names */
export function rootHtml(projects: readonly string[]): string {
  return page(
    'Simple index',
    projects.map((name) => `<a href="${name}/">${name}</a>`),
  );
}

export function rootJson(projects: readonly string[]): string {
  return JSON.stringify({ meta: { 'api-version': '1.1' }, projects: projects.map((name) => ({ name })) });
}

/**
 * The files of one project. Links are relative, so the same page works from a folder and from a server.
 * @param project normalised name
 */
export function projectHtml(project: string, entries: readonly LedgerEntry[]): string {
  const link = (entry: LedgerEntry): string => {
    const attributes = [
      `href="../../files/${project}/${entry.filename}#sha256=${entry.sha256}"`,
      ...(entry.requiresPython === undefined ? [] : [`data-requires-python="${escapeHtml(entry.requiresPython)}"`]),
      ...(entry.yanked === undefined ? [] : [`data-yanked="${escapeHtml(entry.yanked)}"`]),
      ...(entry.metadataSha256 === undefined
        ? []
        : // PEP 714 renamed the attribute of PEP 658; clients of both kinds are about.
          ['data-core-metadata', 'data-dist-info-metadata'].map((name) => `${name}="sha256=${entry.metadataSha256}"`)),
    ];
    return `<a ${attributes.join(' ')}>${entry.filename}</a><br>`;
  };
  return page(`Files of ${project}`, entries.map(link));
}

export function projectJson(project: string, entries: readonly LedgerEntry[]): string {
  const files = entries.map((entry) => ({
    filename: entry.filename,
    url: `../../files/${project}/${entry.filename}`,
    hashes: { sha256: entry.sha256 },
    size: entry.size,
    'upload-time': entry.uploadTime,
    'requires-python': entry.requiresPython,
    yanked: entry.yanked === undefined ? false : entry.yanked || true,
    'core-metadata': entry.metadataSha256 === undefined ? false : { sha256: entry.metadataSha256 },
  }));
  const versions = [...new Set(entries.map(({ version }) => version))];
  return JSON.stringify({ meta: { 'api-version': '1.1' }, name: project, versions, files });
}

/** The entries of each project, by normalised name. */
export function byProject(entries: Iterable<LedgerEntry>): Map<string, LedgerEntry[]> {
  const projects = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const project = normalizeName(entry.name);
    projects.set(project, [...(projects.get(project) ?? []), entry]);
  }
  return projects;
}

function page(title: string, lines: readonly string[]): string {
  const head = `<meta charset="utf-8"><meta name="pypi:repository-version" content="1.1"><title>${title}</title>`;
  return `<!DOCTYPE html>\n<html><head>${head}</head><body>\n${lines.join('\n')}\n</body></html>\n`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
