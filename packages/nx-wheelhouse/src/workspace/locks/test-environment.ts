/**
 * What can change the tests of one member of a uv workspace beside its own closure: they run in the one environment of all members.
 */
import {
  allDependencies,
  type Closure,
  type LockedDependency,
  type LockedPackage,
  type LockIndex,
} from '@nx-wheelhouse/python-packaging';
import { testSiblings } from '../closures.js';
import type { Package, Workspace } from '../workspace.js';
import { type Mentions, mentionsIn } from './mentions.js';
import { wordsOfTool } from './standalone-tools.js';

/** @see docs/caching.md, "What the tests of a uv workspace run with" */
export class TestEnvironments {
  readonly #plugins = new Map<LockIndex, Closure | undefined>();
  readonly #mentions = new Map<string, Mentions | undefined>();

  constructor(private readonly workspace: Workspace) {}

  /** What the environment adds to a package's own closure: what pytest loads by itself, and what the root's groups hold for all. */
  closuresOf(pkg: Package, index: LockIndex): readonly Closure[] {
    return [this.#pluginsOf(index), this.#sharedWith(pkg, index)].filter((closure) => closure !== undefined);
  }

  /** pytest loads the plugins that it finds in the environment, whoever asked for them: each takes part in every test run. */
  #pluginsOf(index: LockIndex): Closure | undefined {
    if (this.#plugins.has(index)) return this.#plugins.get(index);
    const members = index.lock.packages.filter(({ localFolder }) => localFolder !== undefined);
    const everything = index.reach(
      [...members.flatMap(allDependencies), ...[...index.lock.rootGroups.values()].flat()],
      { kind: 'everything' },
    );
    const installed = everything.kind === 'known' ? [...everything.closure.packages] : index.lock.packages;
    const plugins = installed.filter((entry) => entry.localFolder === undefined && isPytestOrPlugin(entry));
    const reach = index.reach(plugins.map(edgeTo), { kind: 'everything' });
    const closure = reach.kind === 'known' ? reach.closure : undefined;
    this.#plugins.set(index, closure);
    return closure;
  }

  /** The groups of the root are there for all members, but for programs that none of the package's files name. */
  #sharedWith(pkg: Package, index: LockIndex): Closure | undefined {
    const shared = [...index.lock.rootGroups.values(), ...(index.projectIn('.')?.groups.values() ?? [])].flat();
    const words = shared.flatMap(({ name }) => wordsOfTool(name) ?? []);
    const mentions = words.length > 0 ? this.#mentionsOf(words) : undefined;
    const folders = [pkg.root, ...(words.length > 0 ? testSiblings(pkg, this.workspace.packages) : [])];
    const isNamed = (word: string) =>
      mentions === undefined || folders.some((folder) => mentions.isMentioned(word, folder));
    const start = shared.filter(({ name }) => wordsOfTool(name)?.some(isNamed) ?? true);
    const reach = index.reach(start, { kind: 'everything' });
    return reach.kind === 'known' ? reach.closure : undefined;
  }

  /** Asked once for each set of words: a workspace has one as a rule. */
  #mentionsOf(words: readonly string[]): Mentions | undefined {
    const key = [...new Set(words)].sort().join(' ');
    if (!this.#mentions.has(key)) this.#mentions.set(key, mentionsIn(this.workspace, key.split(' ')));
    return this.#mentions.get(key);
  }
}

/** A plugin needs pytest to run at all, and says so; those few that do not are called after it. */
function isPytestOrPlugin({ name, dependencies }: LockedPackage): boolean {
  return (
    name === 'pytest' || name.startsWith('pytest-') || dependencies.some((dependency) => dependency.name === 'pytest')
  );
}

function edgeTo({ name, version, source }: LockedPackage): LockedDependency {
  return { name, version, source, specifiers: [], extras: [], marker: undefined };
}
