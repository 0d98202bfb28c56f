/** Edges to packages that are imported and not declared. */
import { join, posix } from 'node:path';
import { readWheel } from '@nx-wheelhouse/python-packaging';
import { testSiblings } from './closures.js';
import type { WorkspaceFiles } from './files.js';
import { KeptImports } from './kept/kept-imports.js';
import { ModuleOwners } from './module-owners.js';
import { filesByPackage } from './ownership.js';
import { Presence } from './presence.js';
import { type ProvidedModules, providedModules } from './provided-modules.js';
import { absoluteImports, type FileImport, isSource, readImports } from './python-imports.js';
import { SharedTests } from './shared-tests.js';
import { isDocument, isForTests } from './test-files.js';
import { meantTwins } from './twins.js';
import {
  type EdgeKind,
  type ImportPurpose,
  type Package,
  pathIn,
  type SiblingEdge,
  type Workspace,
} from './workspace.js';

type ImportKind = `import:${ImportPurpose}`;

/** A package with its files and modules. */
interface PackageModules {
  readonly pkg: Package;
  /** relative to the package's folder */
  readonly files: readonly string[];
  readonly modules: ProvidedModules;
  /** of its Python files, by file; by absolute names */
  readonly imports: ReadonlyMap<string, readonly FileImport[]>;
}

/**
 * The workspace with an edge for every sibling that a package imports and does not declare.
 * @param kept the imports of earlier readings
 * @param owned the files of each package, see `filesByPackage`
 * @param presence of the files as they are now
 */
export async function withImportEdges(
  workspace: Workspace,
  files: WorkspaceFiles,
  kept = new KeptImports(),
  owned = filesByPackage(workspace, files),
  presence = new Presence(workspace.root),
): Promise<Workspace> {
  if (workspace.packages.size < 2) return workspace;
  const sources = [...workspace.packages.keys()].flatMap((root) =>
    (owned.get(root) ?? []).filter(isSource).map((file) => pathIn(root, file)),
  );
  const { imports: found, warnings } = readImports(workspace.root, sources, files, kept);
  const all: PackageModules[] = [];
  for (const pkg of workspace.packages.values()) {
    const own = owned.get(pkg.root) ?? [];
    const modules = await providedModules(pkg.manifest.modules, own, () => filesOfWheel(workspace.root, pkg, presence));
    const imports = own.filter(isSource).map((file): [string, readonly FileImport[]] => {
      const written = found.get(pathIn(pkg.root, file)) ?? [];
      return [file, absoluteImports(written, file, modules.ofFiles.get(file))];
    });
    all.push({ pkg, files: own, modules, imports: new Map(imports) });
  }
  const owners = ownersOf(all);
  const sharedTests = new SharedTests(all, owners);
  const packages = all.map((each): [string, Package] => {
    const edges = new Importer(each, owners, sharedTests, workspace).edges();
    const { pkg } = each;
    return [pkg.root, edges.length === 0 ? pkg : { ...pkg, siblings: [...pkg.siblings, ...edges] }];
  });
  return { ...workspace, packages: new Map(packages), warnings: [...workspace.warnings, ...warnings] };
}

async function filesOfWheel(root: string, pkg: Package, presence: Presence): Promise<readonly string[]> {
  const folder = pathIn(pkg.root, 'dist');
  const wheel = presence.list(folder).find((file) => file.endsWith('.whl'));
  if (wheel === undefined || !presence.look(pathIn(folder, wheel))) return [];
  try {
    return (await readWheel(join(root, folder, wheel))).files;
  } catch {
    return []; // not built, or not readable: then the folders tell
  }
}

function ownersOf(all: readonly PackageModules[]): ModuleOwners {
  const owners = new ModuleOwners();
  for (const { pkg, modules, imports } of all) {
    for (const name of modules.names) owners.add(name, pkg.root);
    for (const [file, name] of modules.ofFiles) {
      if (isNamespaceFile(file, name, imports.get(file) ?? [])) owners.addNamespace(name, pkg.root);
      else owners.add(name, pkg.root);
    }
  }
  return owners;
}

/**
 * `__init__.py` of a namespace from before PEP 420: every package that shares the namespace brings it, and none has it to itself. One that
 * hands on what stands below it is a module like any other.
 */
function isNamespaceFile(file: string, module: string, imports: readonly FileImport[]): boolean {
  return (
    posix.basename(file) === '__init__.py' &&
    imports.some(
      ({ name, isCall }) =>
        name === 'pkgutil.extend_path' ||
        name === 'pkg_resources.declare_namespace' ||
        (isCall && (name === 'pkgutil' || name === 'pkg_resources')),
    ) &&
    !imports.some(({ name }) => name.startsWith(`${module}.`))
  );
}

/** Finds the undeclared siblings of one package. */
class Importer {
  #modulePaths: ReadonlySet<string> | undefined;
  #declared: ReadonlySet<string> | undefined;

  constructor(
    private readonly own: PackageModules,
    private readonly owners: ModuleOwners,
    private readonly sharedTests: SharedTests,
    private readonly workspace: Workspace,
  ) {}

  /** By sibling the first import of each kind; the kind that says most comes first, and makes the others superfluous. */
  edges(): readonly SiblingEdge[] {
    const found = this.#firstImports();
    const covered = new Set<string>();
    const undeclared = KINDS.flatMap((kind) => {
      for (const edge of this.own.pkg.siblings) if (covers(edge.kind, kind)) covered.add(edge.to);
      const edges = [...(found.get(kind)?.values() ?? [])].filter(({ to }) => !covered.has(to));
      for (const { to } of edges) covered.add(to);
      return edges;
    });
    return [...undeclared, ...this.#ofExtras(found.get('import:runtime'))];
  }

  /** Imports of modules that a declaration for an extra covers, and no other: whoever imports those modules undeclared asks for no extra. */
  #ofExtras(imports: ReadonlyMap<string, SiblingEdge> = new Map()): readonly SiblingEdge[] {
    const kinds = (to: string) => this.own.pkg.siblings.filter((edge) => edge.to === to).map(({ kind }) => kind);
    return [...imports.values()]
      .filter(({ to }) => !kinds(to).includes('runtime') && kinds(to).some((kind) => kind.startsWith('extra:')))
      .map((edge) => ({ ...edge, kind: 'import:extra' }));
  }

  #firstImports(): ReadonlyMap<ImportKind, ReadonlyMap<string, SiblingEdge>> {
    const { pkg, modules } = this.own;
    const found = new Map<ImportKind, Map<string, SiblingEdge>>(KINDS.map((kind) => [kind, new Map()]));
    for (const [file, imports] of this.own.imports) {
      if (imports.length === 0) continue;
      const module = modules.ofFiles.get(file);
      /** whether dependents run it, too */
      const isModule = module !== undefined && (!isForTests(file) || this.sharedTests.has(module));
      for (const { name, line, isTypeChecking } of imports) {
        const sibling = this.owners.find(name, pkg.root);
        if (sibling === undefined || sibling.owners.has(pkg.root)) continue;
        if (!isModule && this.#isBeside(file, sibling.part)) continue;
        const kind = kindOf(file, isModule, isTypeChecking);
        const edges = found.get(kind);
        for (const to of this.#meant(sibling.owners)) {
          if (!edges?.has(to)) edges?.set(to, { to, kind, extras: [], file: pathIn(pkg.root, file), line });
        }
      }
    }
    return found;
  }

  /**
   * Of several packages that have a module those that the importer's tests run with by declaration; where there is none of them, all, but
   * of those of one name only the ones that a requirement would mean.
   */
  #meant(owners: ReadonlySet<string>): readonly string[] {
    if (owners.size < 2) return [...owners];
    const { packages, uvWorkspaces } = this.workspace;
    const { pkg } = this.own;
    this.#declared ??= new Set(testSiblings(pkg, packages));
    const declared = [...owners].filter((owner) => this.#declared?.has(owner));
    if (declared.length > 0) return declared;
    return [...owners].filter((owner) => {
      const twins = [...owners].filter((other) => packages.get(other)?.name === packages.get(owner)?.name);
      return meantTwins(pkg.root, twins, uvWorkspaces).includes(owner);
    });
  }

  /** A script or a test finds what lies beside it, at the top of its tests or of its package, before anything that is installed. */
  #isBeside(file: string, name: string): boolean {
    const path = name.replaceAll('.', '/');
    const places = [posix.dirname(file), '.', file.split('/')[0] as string];
    this.#modulePaths ??= new Set(
      this.own.files.filter(isSource).map((each) => each.replace(/(\/__init__)?\.py$/, '')),
    );
    return places.some((place) => this.#modulePaths?.has(place === '.' ? path : `${place}/${path}`));
  }
}

/** A type checker, or a test that evaluates annotations, sees what stands below `if TYPE_CHECKING`; what dependents run does not. */
function kindOf(file: string, isModule: boolean, isTypeChecking: boolean): ImportKind {
  if (isDocument(file)) return 'import:documents';
  return isModule && !isTypeChecking ? 'import:runtime' : 'import:test';
}

/** From what says most to what says least. */
const KINDS: readonly ImportKind[] = ['import:runtime', 'import:test', 'import:documents'];

/** Whether a declared edge says already what an import would say. An extra does: who runs the code that imports it asks for the extra. */
function covers(declared: EdgeKind, kind: ImportKind): boolean {
  if (declared === 'build') return false;
  return kind !== 'import:runtime' || declared === 'runtime' || declared.startsWith('extra:');
}
