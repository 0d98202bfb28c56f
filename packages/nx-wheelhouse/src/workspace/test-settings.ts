/**
 * What tests take from a pyproject.toml above their package: not what stands there for packaging, for the lock, or for programs that no
 * test calls.
 */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { isTomlTable, normalizeName, readToml, type TomlTable, type TomlValue } from '@nx-wheelhouse/python-packaging';
import type { TestEnvironments } from './locks/test-environment.js';
import type { Package } from './workspace.js';

/** What these say of a test's environment, locked closures and the identity of the interpreter say too. */
const PACKAGING = new Set(['build-system', 'dependency-groups', 'project', 'tool']);
const PACKAGING_TOOLS = new Set(['uv']);

/** A manifest as settings of tests. */
interface Settings {
  /** names of the tables in `[tool]` */
  readonly tools: readonly string[];
  /** @param isSeen which of them count */
  readonly digest: (isSeen: ReadonlySet<string>) => string;
}

export class TestSettings {
  /** by the manifest's text */
  readonly #settings = new Map<string, Settings>();

  /** @param read the text of a file of the workspace */
  constructor(
    private readonly environments: TestEnvironments,
    private readonly read: (path: string) => string,
  ) {}

  /** @param path of one of pytest's files: whether its tables can be told apart; the others say little that is not for tests */
  areIn(path: string): boolean {
    return posix.basename(path) === 'pyproject.toml';
  }

  /**
   * @param paths of the manifests above the package
   * @returns hexadecimal; equal where the package's tests cannot tell the manifests apart
   */
  digestOf(pkg: Package, paths: readonly string[]): string {
    const digests = paths.map((path) => {
      const { tools, digest } = this.#settingsIn(this.read(path));
      return digest(new Set(tools.filter((tool) => this.#canSee(pkg, tool))));
    });
    return sha256(digests.join(' '));
  }

  #canSee(pkg: Package, tool: string): boolean {
    return !PACKAGING_TOOLS.has(tool) && this.environments.canBeUsedBy(pkg, normalizeName(tool));
  }

  #settingsIn(text: string): Settings {
    const known = this.#settings.get(text) ?? settingsIn(text);
    this.#settings.set(text, known);
    return known;
  }
}

function settingsIn(text: string): Settings {
  let manifest: TomlTable;
  try {
    manifest = readToml(text);
  } catch {
    return { tools: [], digest: () => sha256(text) }; // whoever reads it says what is wrong
  }
  const { project, tool } = manifest;
  const tools = isTomlTable(tool) ? tool : {};
  const digests = new Map<string, string>();
  return {
    tools: Object.keys(tools),
    digest(isSeen) {
      const key = [...isSeen].join(' ');
      const digest = digests.get(key) ?? digestOf(manifest, project, tools, isSeen);
      digests.set(key, digest);
      return digest;
    },
  };
}

function digestOf(
  manifest: TomlTable,
  project: TomlValue | undefined,
  tools: TomlTable,
  isSeen: ReadonlySet<string>,
): string {
  const others = Object.entries(manifest).filter(([name]) => !PACKAGING.has(name));
  // By its entry points pytest finds plugins in a project that is installed beside the tests.
  const entryPoints = isTomlTable(project) ? project['entry-points'] : undefined;
  const seen = Object.entries(tools).filter(([name]) => isSeen.has(name));
  const counted = { ...Object.fromEntries(others), 'entry-points': entryPoints ?? [], tool: Object.fromEntries(seen) };
  return sha256(JSON.stringify(sorted(counted)));
}

/** The same for the same contents, in whatever order the keys stand. */
function sorted(value: TomlValue): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value === 'bigint') return `${value}n`;
  if (!isTomlTable(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, inner]) => [name, sorted(inner)]);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
