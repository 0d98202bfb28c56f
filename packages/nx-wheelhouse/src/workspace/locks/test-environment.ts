/** What of an environment can change the tests of one package: of a uv workspace's, which all members share, more than its own closure. */
import {
  allDependencies,
  type Closure,
  type LockedDependency,
  type LockedPackage,
  type LockIndex,
  type NormalizedName,
} from '@nx-wheelhouse/python-packaging';
import { testSiblings } from '../closures.js';
import type { Package, Workspace } from '../workspace.js';
import { type Mentions, mentionsIn } from './mentions.js';
import { TOOL_WORDS, wordsOfTool } from './standalone-tools.js';

/** @see docs/caching.md, "What the tests of a uv workspace run with" */
export class TestEnvironments {
  readonly #plugins = new Map<LockIndex, Closure | undefined>();
  readonly #siblingsOf = new Map<string, readonly string[]>();
  /** asked for when the first tool turns up */
  #mentions: { readonly found: Mentions | undefined } | undefined;

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

  /** The groups of the root are there for all members. */
  #sharedWith(pkg: Package, index: LockIndex): Closure | undefined {
    const shared = [...index.lock.rootGroups.values(), ...(index.projectIn('.')?.groups.values() ?? [])].flat();
    const start = shared.filter(({ name }) => this.canBeUsedBy(pkg, name));
    const reach = index.reach(start, { kind: 'everything' });
    return reach.kind === 'known' ? reach.closure : undefined;
  }

  /** Whether a distribution can change a package's tests for being in their environment: a program must be called by its name. */
  canBeUsedBy(pkg: Package, name: NormalizedName): boolean {
    const words = wordsOfTool(name);
    if (words === undefined) return true;
    this.#mentions ??= { found: mentionsIn(this.workspace, TOOL_WORDS) };
    const { found } = this.#mentions;
    if (found === undefined) return true;
    const siblings = this.#siblingsOf.get(pkg.root) ?? testSiblings(pkg, this.workspace.packages);
    this.#siblingsOf.set(pkg.root, siblings);
    return words.some(
      (word) =>
        found.isMentioned(word, pkg.root) || siblings.some((folder) => found.isMentionedToDependents(word, folder)),
    );
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
