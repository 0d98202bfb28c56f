/** Everything that can be known to be wrong before the first byte is sent. */
import type { RecordedDist } from '../build/dist-record.js';
import { isSdistOf, publicRefusals, refusals, strictRefusals } from '../local-index/rules.js';
import type { Collection } from './collect.js';
import type { Inspected, Inspection } from './inspect.js';
import { closedSince } from './public-limits.js';
import type { Repository } from './repositories.js';
import { unmetRequirements } from './sibling-requirements.js';
import { otherBytes } from './upload.js';

export type Finding =
  | { readonly kind: 'unreadable'; readonly project: string; readonly file: string; readonly reason: string }
  | { readonly kind: 'against-the-rules'; readonly project: string; readonly file: string; readonly reason: string }
  | { readonly kind: 'name-taken'; readonly project: string; readonly file: RecordedDist; readonly onIndex: string }
  | { readonly kind: 'second-sdist'; readonly project: string; readonly file: string; readonly onIndex: string }
  /** its first file came long ago, and it takes no more */
  | { readonly kind: 'closed-release'; readonly project: string; readonly file: string; readonly since: string }
  | { readonly kind: 'yanked'; readonly project: string; readonly file: string }
  | { readonly kind: 'readme'; readonly project: string; readonly file: string; readonly warnings: string }
  | {
      readonly kind: 'unmet-sibling';
      readonly project: string;
      readonly requirement: string;
      /** what there is of it, on the index and in this run */
      readonly versions: readonly string[];
    };

/**
 * @param kind of the repository: the public ones are stricter
 * @param readmes why a readme cannot be shown, by file name
 */
export function findProblems(
  inspection: Inspection,
  collection: Collection,
  kind: Repository['kind'],
  readmes: ReadonlyMap<string, string>,
): readonly Finding[] {
  return [
    ...inspection.packages.flatMap((pkg) => pkg.dists.flatMap((dist) => problemsOf(pkg, dist, kind))),
    ...inspection.packages.flatMap(({ project, dists }) =>
      dists.flatMap(({ filename: file }): Finding[] => {
        const warnings = readmes.get(file);
        return warnings === undefined ? [] : [{ kind: 'readme', project, file, warnings }];
      }),
    ),
    ...unmetRequirements(inspection, collection).map(
      ({ project, text, versions }): Finding => ({ kind: 'unmet-sibling', project, requirement: text, versions }),
    ),
  ];
}

/** What the workspace's own index has taken and the public ones would not, one sentence per dist and reason. */
export function publicObstacles({ contents }: Inspected): readonly string[] {
  return [...contents].flatMap(([filename, content]) =>
    typeof content === 'string'
      ? []
      : publicRefusals(content).map((reason) => `a public index would refuse ${filename}: ${reason}`),
  );
}

/** A finding as a person reads it. */
export function describeFinding(finding: Finding): string {
  switch (finding.kind) {
    case 'unreadable':
      return `${finding.file}: it cannot be read: ${finding.reason}`;
    case 'against-the-rules':
      return `${finding.file}: ${finding.reason}`;
    case 'name-taken':
      return `${finding.file.filename}: ${otherBytes(finding.file, finding.onIndex)}`;
    case 'second-sdist':
      return `${finding.file}: the index has ${finding.onIndex} for this version, and takes one sdist per release`;
    case 'closed-release':
      return `${finding.file}: the index takes no more files for this release, which is of ${finding.since}: raise the version`;
    case 'yanked':
      return `${finding.file}: the index has it, but withdrawn (yanked): take that back there, or raise the version`;
    case 'readme':
      return `${finding.file}: its readme cannot be rendered: ${finding.warnings}`;
    case 'unmet-sibling':
      return `it requires "${finding.requirement}" of this workspace, and ${versionsInWords(finding.versions)}: publish it as well`;
  }
}

function problemsOf(pkg: Inspected, dist: RecordedDist, kind: Repository['kind']): Finding[] {
  const { project, contents, listing } = pkg;
  const content = contents.get(dist.filename) ?? 'it was not looked at';
  if (typeof content === 'string') return [{ kind: 'unreadable', project, file: dist.filename, reason: content }];
  const rules = [
    ...content.flaws,
    ...refusals(content),
    ...(kind === 'private' ? [] : strictRefusals(content)),
    ...(kind === 'public' ? publicRefusals(content) : []),
  ];
  const findings: Finding[] = rules.map((reason) => ({
    kind: 'against-the-rules',
    project,
    file: dist.filename,
    reason,
  }));
  const onIndex = listing.sha256.get(dist.filename);
  if (onIndex !== undefined && onIndex !== dist.sha256) {
    findings.push({ kind: 'name-taken', project, file: dist, onIndex });
  }
  const since = kind === 'public' && onIndex === undefined ? closedSince(pkg, Date.now()) : undefined;
  if (since !== undefined) findings.push({ kind: 'closed-release', project, file: dist.filename, since });
  if (listing.files.some(({ filename, isYanked }) => isYanked && filename === dist.filename)) {
    findings.push({ kind: 'yanked', project, file: dist.filename });
  }
  if (dist.kind === 'sdist' && onIndex === undefined) {
    const { name, version } = content.metadata;
    const other = listing.files.find(({ filename }) => isSdistOf(filename, name, version));
    if (other !== undefined) {
      findings.push({ kind: 'second-sdist', project, file: dist.filename, onIndex: other.filename });
    }
  }
  return findings;
}

function versionsInWords(versions: readonly string[]): string {
  return versions.length === 0 ? 'the index has no version of it' : `there is only ${versions.join(', ')}`;
}
