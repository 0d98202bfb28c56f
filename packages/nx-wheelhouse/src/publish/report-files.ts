/** What a publication leaves for programs and for people who were not there: JSON, a page, and a summary for GitHub Actions. */
import type { PackageOutcome } from './outcome.js';

export interface PublishReport {
  readonly format: 1;
  /** as the user called it */
  readonly repository: string;
  readonly uploadUrl: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly success: boolean;
  /** in the order in which they ended */
  readonly packages: readonly PackageOutcome[];
}

export function reportJson(report: PublishReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** One page that needs nothing else: no script, no font, no address. */
export function reportHtml(report: PublishReport): string {
  const title = `Published to ${report.repository}: ${verdict(report)}`;
  const rows = report.packages.flatMap((pkg) => [
    `<tr class="${pkg.success ? 'good' : 'bad'}"><th colspan="5">${escapeHtml(nameOf(pkg))}</th></tr>`,
    ...pkg.files.map(({ filename, size, sha256, attempts, state }) =>
      row('td', [escapeHtml(filename), `${size} B`, `<code>${sha256}</code>`, String(attempts ?? ''), state]),
    ),
    ...pkg.problems.map((problem) => `<tr class="bad"><td colspan="5"><pre>${escapeHtml(problem)}</pre></td></tr>`),
  ]);
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>
body { font-family: system-ui, sans-serif; margin: 2rem } table { border-collapse: collapse }
td, th { padding: .3rem .8rem; text-align: left; border-bottom: 1px solid #ccc } pre { white-space: pre-wrap; margin: 0 }
.good th { border-left: .4rem solid #2a7 } .bad th, .bad td { border-left: .4rem solid #c33 }
</style></head><body><h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(report.uploadUrl)}, ${report.startedAt} to ${report.endedAt}</p>
<table>
${row('th', ['File', 'Size', 'sha256', 'Uploads', 'State'])}
${rows.join('\n')}
</table></body></html>
`;
}

/** @see GitHub Actions, "Adding a job summary" */
export function reportMarkdown(report: PublishReport): string {
  const rows = report.packages.flatMap((pkg) =>
    pkg.files.map(({ filename, sha256, state }) => `| ${nameOf(pkg)} | ${filename} | \`${sha256}\` | ${state} |`),
  );
  const problems = report.packages.flatMap((pkg) =>
    pkg.problems.map((problem) => `**${nameOf(pkg)}**\n\n${indented(problem)}\n`),
  );
  const table = ['| Package | File | sha256 | State |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return `### Published to ${report.repository}: ${verdict(report)}\n\n${table}\n\n${problems.join('\n')}`;
}

function verdict({ success, packages }: PublishReport): string {
  const good = packages.filter((pkg) => pkg.success).length;
  return success ? `${good} packages` : `${good} of ${packages.length} packages, the others not`;
}

function nameOf({ project, release }: PackageOutcome): string {
  return release === undefined ? project : `${release.name} ${release.version}`;
}

function row(cell: 'td' | 'th', texts: readonly string[]): string {
  return `<tr>${texts.map((text) => `<${cell}>${text}</${cell}>`).join('')}</tr>`;
}

/** An indented block of Markdown: nothing in it is markup. */
function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
