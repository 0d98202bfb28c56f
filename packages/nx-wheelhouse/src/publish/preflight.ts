/** Everything that can be known to be wrong before the first byte is sent. */
import type { RecordedDist } from '../build/dist-record.js';
import { type DistContent, publicRefusals, refusals } from '../local-index/rules.js';
import type { Listing } from './listing.js';
import type { Repository } from './repositories.js';
import { otherBytes } from './upload.js';

/** A package with what its dists hold and what the index has of it. */
export interface Inspected {
  readonly project: string;
  readonly dists: readonly RecordedDist[];
  /** by file name; the reason in words where a dist cannot be read */
  readonly contents: ReadonlyMap<string, DistContent | string>;
  readonly listing: Listing;
}

export type Finding =
  | { readonly kind: 'unreadable'; readonly project: string; readonly file: string; readonly reason: string }
  | { readonly kind: 'against-the-rules'; readonly project: string; readonly file: string; readonly reason: string }
  | { readonly kind: 'name-taken'; readonly project: string; readonly file: RecordedDist; readonly onIndex: string };

/** @param kind of the repository: the public ones are stricter */
export function findProblems(packages: readonly Inspected[], kind: Repository['kind']): readonly Finding[] {
  return packages.flatMap((pkg) => pkg.dists.flatMap((dist) => problemsOf(pkg, dist, kind)));
}

/** What the workspace's own index has taken and the public ones would not, one sentence per dist and reason. */
export function publicObstacles({ contents }: Inspected): readonly string[] {
  return [...contents].flatMap(([filename, content]) =>
    typeof content === 'string' ? [] : publicRefusals(content).map((reason) => `${filename}: ${reason}`),
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
  }
}

function problemsOf(
  { project, contents, listing }: Inspected,
  dist: RecordedDist,
  kind: Repository['kind'],
): Finding[] {
  const content = contents.get(dist.filename) ?? 'it was not looked at';
  if (typeof content === 'string') return [{ kind: 'unreadable', project, file: dist.filename, reason: content }];
  const rules = kind === 'public' ? [...refusals(content), ...publicRefusals(content)] : refusals(content);
  const findings: Finding[] = rules.map((reason) => ({
    kind: 'against-the-rules',
    project,
    file: dist.filename,
    reason,
  }));
  const onIndex = listing.get(dist.filename);
  if (onIndex !== undefined && onIndex !== dist.sha256) {
    findings.push({ kind: 'name-taken', project, file: dist, onIndex });
  }
  return findings;
}
