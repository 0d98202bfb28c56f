/** What packages need of one another, and whether those who install them will find it on the index. */
import {
  contains,
  type NormalizedName,
  normalizeName,
  parseRequirement,
  type SpecifierSet,
} from '@nx-wheelhouse/python-packaging';
import type { Collection } from './collect.js';
import type { Inspected, Inspection } from './inspect.js';
import { type Listing, versionOf } from './listing.js';

export interface SiblingRequirement {
  readonly name: NormalizedName;
  readonly specifiers: SpecifierSet;
  /** as the metadata spell it */
  readonly text: string;
}

/** What a package requires at run time of packages of the workspace, by the metadata of its dists; extras left out. */
export function siblingRequirements(
  { contents }: Pick<Inspected, 'contents'>,
  siblings: Collection['siblings'],
): readonly SiblingRequirement[] {
  const found = new Map<string, SiblingRequirement>();
  for (const content of contents.values()) {
    if (typeof content === 'string') continue;
    for (const text of content.metadata.requiresDist) {
      const requirement = readRequirement(text);
      if (requirement !== undefined && siblings.has(requirement.name)) found.set(text, requirement);
    }
  }
  return [...found.values()];
}

function readRequirement(text: string): SiblingRequirement | undefined {
  if (/;.*\bextra\b/.test(text)) return undefined;
  try {
    const { name, source } = parseRequirement(text);
    return source.kind === 'index' ? { name, specifiers: source.specifiers, text } : undefined;
  } catch {
    return undefined; // the rules of dists name it
  }
}

/** The requirements that no version on the index or of this run satisfies, by project. What is reported itself is passed over. */
export function unmetRequirements(
  { packages, others }: Inspection,
  { siblings, circles, problems }: Pick<Collection, 'siblings' | 'circles' | 'problems'>,
): { readonly project: string; readonly text: string; readonly versions: readonly string[] }[] {
  const versions = new Map<string, Set<string>>();
  for (const [name, listing] of others) versions.set(name, versionsOf(listing));
  for (const { name, version, listing } of packages) {
    versions.set(normalizeName(name), versionsOf(listing).add(version));
  }
  return packages.flatMap((pkg) =>
    siblingRequirements(pkg, siblings).flatMap(({ name, specifiers, text }) => {
      const project = siblings.get(name) ?? '';
      const there = [...(versions.get(name) ?? [])];
      const isMet = there.some((version) => contains(specifiers, version));
      if (isMet || circles.has(project) || problems.has(project)) return [];
      return [{ project: pkg.project, text, versions: there }];
    }),
  );
}

function versionsOf({ files }: Listing): Set<string> {
  return new Set(files.map(({ filename }) => versionOf(filename)).filter((version) => version !== undefined));
}
