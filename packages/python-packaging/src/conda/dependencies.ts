/** What a package requires, as the `depends` of a conda package. Nothing is dropped in silence: what has no conda form is a problem. */
import type { NormalizedName } from '../names/name.js';
import type { MarkerScope } from '../requirements/judge-marker.js';
import { formatRequirement, parseRequirement, type Requirement } from '../requirements/requirement.js';
import { parseSpecifierSet, type SpecifierSet } from '../versions/specifiers.js';
import { type CondaTarget, condaScopes, judgeInScopes, type PythonAbi } from './environments.js';
import { condaVersionSpec } from './version-specs.js';

/** What decides on a dependency beside the metadata. */
export interface DependencyRules {
  readonly nameOf: (name: NormalizedName) => string;
  /** Match specifications in place of a requirement, by its name (`colorama`) or its name with extras (`requests[socks]`). */
  readonly replacements: ReadonlyMap<string, readonly string[]>;
}

/** Why a requirement has no conda form. */
export interface DependencyProblem {
  /** the requirement, as the metadata have it */
  readonly requirement: string;
  readonly kind: 'url' | 'extras' | 'marker';
}

export interface CondaDependencies {
  /** match specifications, Python first, the others sorted */
  readonly depends: readonly string[];
  readonly problems: readonly DependencyProblem[];
}

/**
 * @param metadata of the wheel: `Requires-Dist` and `Requires-Python`
 * @throws {InvalidRequirement} for a requirement that is none
 * @throws {InvalidSpecifier} for a Requires-Python that is none
 */
export function condaDependencies(
  metadata: { readonly requiresDist: readonly string[]; readonly requiresPython: string | undefined },
  target: CondaTarget,
  rules: DependencyRules,
): CondaDependencies {
  const requiresPython = metadata.requiresPython === undefined ? undefined : parseSpecifierSet(metadata.requiresPython);
  const scopes = condaScopes(target, requiresPython);
  const mapped = metadata.requiresDist.map((text) => condaDependency(parseRequirement(text), scopes, rules));
  const depends = [...new Set(mapped.flatMap((one) => (Array.isArray(one) ? one : [])))].sort();
  return {
    depends: [...pythonDependencies(target, requiresPython), ...depends],
    problems: mapped.flatMap((one) => (Array.isArray(one) ? [] : [one])),
  };
}

/**
 * Modules for one version of Python need its ABI; every other package still needs some Python.
 * @see CEP 20, "Support for abi3 Python packages"
 */
function pythonDependencies(target: CondaTarget, requiresPython: SpecifierSet | undefined): string[] {
  const python = condaSpec('python', requiresPython);
  if (target.kind === 'noarch') return target.platforms === 'all' ? [python] : [python, `__${target.platforms}`];
  return [...abiDependencies(target.abi, python), ...target.virtual];
}

function abiDependencies(abi: PythonAbi, python: string): string[] {
  switch (abi.kind) {
    case 'none':
      return [python];
    case 'abi3':
      return [python, `cpython >=${abi.python}`, '_python_abi3_support 1.*'];
    case 'cpython': {
      const [major, minor] = abi.python.split('.').map(Number) as [number, number];
      return [
        `python >=${major}.${minor},<${major}.${minor + 1}.0a0`,
        `python_abi ${major}.${minor}.* *_cp${major}${minor}`,
      ];
    }
  }
}

function condaDependency(
  requirement: Requirement,
  scopes: readonly MarkerScope[],
  { nameOf, replacements }: DependencyRules,
): string[] | DependencyProblem {
  const { name, extras, marker, source } = requirement;
  const verdict = marker === undefined ? 'always' : judgeInScopes(marker, scopes);
  if (verdict === 'never') return [];
  const replacement = replacements.get(`${name}[${[...extras].sort().join(',')}]`) ?? replacements.get(name);
  if (replacement !== undefined) return [...replacement];
  const problem = (kind: DependencyProblem['kind']) => ({ requirement: formatRequirement(requirement), kind });
  if (source.kind === 'url') return problem('url');
  if (extras.length > 0) return problem('extras');
  if (verdict === 'depends') return problem('marker');
  return [condaSpec(nameOf(name), source.specifiers)];
}

function condaSpec(name: string, specifiers: SpecifierSet | undefined): string {
  return `${name} ${specifiers === undefined ? '' : condaVersionSpec(specifiers)}`.trim();
}
