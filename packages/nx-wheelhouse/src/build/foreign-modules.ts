/** Modules in a wheel that are another package's of the workspace: installed, the one would overwrite the other. */
import { modulesOfWheel, providedModules } from '../workspace/provided-modules.js';
import type { Package, Workspace } from '../workspace/workspace.js';

export interface ForeignModule {
  /** path in the wheel */
  readonly file: string;
  readonly owner: Package;
}

export class ForeignModules {
  #owners: Promise<ReadonlyMap<string, readonly Package[]>> | undefined;

  /** @param filesOf a package's own files, relative to its folder */
  constructor(
    private readonly workspace: Workspace,
    private readonly filesOf: (pkg: Package) => readonly string[],
  ) {}

  /**
   * @param files of the wheel
   * @param allowed names at the top of the wheel that are meant to be there
   */
  async find(files: readonly string[], pkg: Package, allowed: readonly string[]): Promise<readonly ForeignModule[]> {
    const own = await this.#modulesOf(pkg);
    const others = [...modulesOfWheel(files)].filter(
      ([file, name]) => !own.has(name) && !allowed.includes(file.split(/[/.]/)[0] ?? ''),
    );
    // Nearly always all are its own: the modules of the others are looked for only where that is not so.
    if (others.length === 0) return [];
    this.#owners ??= this.#readOwners();
    const owners = await this.#owners;
    return others.flatMap(([file, name]) => {
      const [owner] = (owners.get(name) ?? []).filter(({ root }) => root !== pkg.root);
      return owner === undefined ? [] : [{ file, owner }];
    });
  }

  async #readOwners(): Promise<ReadonlyMap<string, readonly Package[]>> {
    const owners = new Map<string, Package[]>();
    for (const pkg of this.workspace.packages.values()) {
      for (const name of await this.#modulesOf(pkg)) owners.set(name, [...(owners.get(name) ?? []), pkg]);
    }
    return owners;
  }

  async #modulesOf(pkg: Package): Promise<ReadonlySet<string>> {
    const { ofFiles } = await providedModules(pkg.manifest.modules, this.filesOf(pkg), async () => []);
    return new Set(ofFiles.values());
  }
}
