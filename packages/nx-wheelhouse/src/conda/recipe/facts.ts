/** What a recipe says, as the package itself has it. */
import {
  type CondaTarget,
  commandsOf,
  importableModules,
  licenseOf,
  projectUrls,
  type WholeWheel,
} from '@nx-wheelhouse/python-packaging';
import spdxLicenses from 'spdx-license-list/simple.js';

export interface RecipeFacts {
  readonly name: string;
  readonly version: string;
  readonly buildNumber: number;
  readonly source: RecipeSource;
  readonly noarch: boolean;
  /** `name = module:attribute` */
  readonly entryPoints: readonly string[];
  /** match specifications */
  readonly host: readonly string[];
  readonly run: readonly string[];
  readonly imports: readonly string[];
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly homepage: string | undefined;
  readonly documentation: string | undefined;
  readonly repository: string | undefined;
  /** an SPDX expression */
  readonly license: string | undefined;
  readonly licenseFiles: readonly string[];
  readonly maintainers: readonly string[];
}

/** What the recipe builds from: the built wheel, or the package's folder, where the recipe lies. */
type RecipeSource =
  | { readonly kind: 'wheel'; readonly path: string; readonly sha256: string }
  | { readonly kind: 'tree' };

/** What is not in the wheel. */
export type GivenFacts = Pick<RecipeFacts, 'name' | 'buildNumber' | 'source' | 'host' | 'run' | 'maintainers'>;

export function recipeFacts(wheel: WholeWheel, target: CondaTarget, given: GivenFacts): RecipeFacts {
  const { metadata } = wheel;
  const urls = projectUrls(metadata);
  return {
    ...given,
    version: metadata.version,
    noarch: target.kind === 'noarch',
    entryPoints: commandsOf(wheel.entryPoints).map(({ name, module, attribute }) => `${name} = ${module}:${attribute}`),
    imports: importableModules(wheel.files),
    summary: metadata.summary,
    description: metadata.description?.trim(),
    homepage: urls.home,
    documentation: urls.documentation,
    repository: urls.repository,
    license: spdxExpression(licenseOf(metadata)),
    licenseFiles: metadata.licenseFiles,
  };
}

/** conda's tools take SPDX only; anything else becomes a reference to its own words. */
function spdxExpression(license: string | undefined): string | undefined {
  if (license === undefined) return undefined;
  const words = license.split(/[\s()]+/).filter((word) => word !== '' && !['AND', 'OR', 'WITH'].includes(word));
  const isSpdx = words.every((word) => SPDX.has(word.replace(/\+$/, '')) || /^LicenseRef-|-exception/.test(word));
  return isSpdx ? license : `LicenseRef-${license.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^-|-$/g, '')}`;
}

const SPDX: ReadonlySet<string> = spdxLicenses;
