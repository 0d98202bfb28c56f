/** Which package an import means: the one that has the longest part of its dotted name. */

export class ModuleOwners {
  readonly #owners = new Map<string, Set<string>>();
  readonly #namespaces = new Map<string, Set<string>>();

  /** @param name dotted, of a module that the package in `folder` has */
  add(name: string, folder: string): void {
    addTo(this.#owners, name, folder);
  }

  /** @param name dotted, of a namespace that the package in `folder` brings too */
  addNamespace(name: string, folder: string): void {
    addTo(this.#namespaces, name, folder);
  }

  /**
   * Packages may share a namespace, and one may have a module inside another's: so what counts is the longest known part of a name.
   * Modules that are made when a package is built are known by the part above them.
   * @param importer the package that imports: what it has itself is its own, whoever has it too
   * @returns the owners and the part of the name they have; `undefined` for a name of no package. Of several owners the one is meant
   * that is installed, which no name tells
   */
  find(name: string, importer: string): { readonly owners: ReadonlySet<string>; readonly part: string } | undefined {
    const bringers = this.#namespaces.get(name);
    // Who imports a namespace that one package alone brings wants that package; what else may lie below it, here or elsewhere, is open.
    if (bringers?.size === 1 && !this.#owners.has(name)) return { owners: bringers, part: name };
    for (let part = name; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.')))) {
      const owners = this.#owners.get(part);
      if (owners === undefined) continue;
      return { owners: owners.has(importer) ? new Set([importer]) : owners, part };
    }
    return undefined;
  }
}

function addTo(sets: Map<string, Set<string>>, name: string, folder: string): void {
  const found = sets.get(name);
  if (found === undefined) sets.set(name, new Set([folder]));
  else found.add(folder);
}
