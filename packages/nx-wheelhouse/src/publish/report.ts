/** What a person reads of a publication: one small table per package, and what is wrong. */
import pc from 'picocolors';
import type { FileState, PackageOutcome } from './outcome.js';

/** @param repository as the user called it */
export function reportText(
  { project, release, success, files, problems, notes }: PackageOutcome,
  repository: string,
): string {
  const what = release === undefined ? project : `${release.name} ${release.version}`;
  const title = `${what} ${success ? '->' : 'not published to'} ${repository}`;
  const width = Math.max(0, ...files.map(({ filename }) => filename.length));
  const rows = files.map(
    ({ filename, size, sha256, state }) =>
      `  ${filename.padEnd(width)}  ${`${(size / 1000).toFixed(1)} kB`.padStart(10)}  ${pc.dim(`sha256 ${sha256}`)}  ${coloured(state)}`,
  );
  const words = problems.map((problem) => `  ${pc.red(problem.replaceAll('\n', '\n  '))}`);
  const asides = success ? notes.map((note) => `  ${note}`) : [];
  return `${[title, ...rows, ...words, ...asides].join('\n')}\n`;
}

function coloured(state: FileState): string {
  switch (state) {
    case 'uploaded':
      return pc.green(state);
    case 'failed':
    case 'not sent':
      return pc.red(state);
    case 'already there':
    case 'would be uploaded':
      return state;
  }
}
