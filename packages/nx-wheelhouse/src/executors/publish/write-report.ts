/** Writes the report of a publication where people and CI look for it. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WHEELHOUSE_FOLDER } from '../../build/dist-record.js';
import { type PublishReport, reportHtml, reportJson, reportMarkdown } from '../../publish/report-files.js';

/** `.wheelhouse/publish.json` and `.html`, of the last publication; in GitHub Actions the job's summary as well. */
export function writeReport(workspaceRoot: string, report: PublishReport): void {
  const folder = join(workspaceRoot, WHEELHOUSE_FOLDER);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'publish.json'), reportJson(report));
  writeFileSync(join(folder, 'publish.html'), reportHtml(report));
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) appendFileSync(summary, reportMarkdown(report));
}
