/** What the public indexes allow by time: new files in old releases, and new projects by the hour. */
import type { Inspected } from './inspect.js';
import { versionOf } from './listing.js';

/** @see Warehouse, "Disallow uploads of new files to releases older than 14 days" */
const OPEN_DAYS = 14;
/** @see Warehouse, the default of `project.create.user` */
const NEW_PROJECTS_AN_HOUR = 20;

/** The day when a release was made that takes no more files; `undefined` while it takes them. @param now milliseconds */
export function closedSince({ version, listing }: Inspected, now: number): string | undefined {
  const times = listing.files
    .filter(({ filename }) => versionOf(filename) === version)
    .flatMap(({ uploadTime }) => uploadTime ?? []);
  const first = times.sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  if (first === undefined) return undefined;
  return now - Date.parse(first) > OPEN_DAYS * 86_400_000 ? first.slice(0, 10) : undefined;
}

/** Projects that the index does not have yet. */
export function newProjects(packages: readonly Inspected[]): readonly string[] {
  return packages.filter(({ listing }) => listing.files.length === 0).map(({ name }) => name);
}

/** @returns what stands against so many new projects in one run */
export function tooManyNewProjects(names: readonly string[]): string | undefined {
  if (names.length <= NEW_PROJECTS_AN_HOUR) return undefined;
  return (
    `${names.length} projects of this run are new to the index, which makes ${NEW_PROJECTS_AN_HOUR} an hour and would refuse the rest in the middle: ` +
    'publish them in parts with --projects, what the others need first'
  );
}

/** What has to be there before a trusted publisher makes new projects. @see PyPI, "Creating a PyPI project with a trusted publisher" */
export function pendingPublisherGuide(name: string): string {
  return (
    `${name} is new to the index: without a token it needs a pending publisher first (on the index: your account, Publishing). ` +
    'There is one at a time for a repository, workflow and environment: give each new project an environment of its own, or add and publish one after the other'
  );
}
