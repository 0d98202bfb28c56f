/** What changes the result of whatever runs Python, beside files: two named inputs of every package. */
import { CONSTRAINTS_FILE } from '../build/build-constraints.js';
import { mayBeCompiled } from '../workspace/package-settings.js';
import type { Package } from '../workspace/workspace.js';
import type { Input } from './named-inputs.js';

/** Of what runs on this machine: the whole identity of the interpreter. */
export const TOOLCHAIN = 'pythonToolchain';
/**
 * Of what makes dists: for a pure package its language and no platform, so that machines of all kinds share one cache; with what else every
 * build takes from outside the package.
 */
export const BUILD_TOOLCHAIN = 'pythonBuildToolchain';

/** What compilers, linkers and the backends that call them read. */
const COMPILER_VARIABLES = [
  'CC',
  'CXX',
  'CPATH',
  'CPPFLAGS',
  'CFLAGS',
  'CXXFLAGS',
  'LDFLAGS',
  'LIBRARY_PATH',
  'PKG_CONFIG_PATH',
  'ARCHFLAGS',
  'MACOSX_DEPLOYMENT_TARGET',
  '_PYTHON_HOST_PLATFORM',
  'AUDITWHEEL_PLAT',
  'RUSTFLAGS',
  'CARGO_BUILD_TARGET',
  'MATURIN_PEP517_ARGS',
  'CMAKE_ARGS',
  'CMAKE_BUILD_TYPE',
  'CMAKE_GENERATOR',
  'SKBUILD_CMAKE_ARGS',
];

/**
 * A command for Nx to run, and to hash what it prints.
 * @param script one of ours, relative to the workspace root, so that the command is the same on all machines
 * @param args percent-encoded, because a shell reads them
 */
export function programInput(script: string, args: readonly string[] = []): string {
  return [`node "${script}"`, ...args.map(asArgument)].join(' ');
}

function asArgument(text: string): string {
  return encodeURIComponent(text)
    .replace(/%2F/g, '/')
    .replace(/[!'()*~]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

/**
 * The interpreter is asked at run time: it belongs to the machine, not to the workspace.
 * @param fingerprintScript the program that tells interpreter and plugin version, relative to the workspace root, so that it is the same
 * on all machines
 */
export function toolchainInputs(pkg: Package, fingerprintScript: string): Record<string, Input[]> {
  const tools = (...options: string[]): Input[] => [
    '{workspaceRoot}/.python-version',
    { runtime: programInput(fingerprintScript, options) },
    { env: 'UV_PYTHON' },
  ];
  // Whose backend is inside uv is made by uv. Each command is a process: none of them starts two.
  const uv = pkg.manifest.buildSystem.backend === 'uv_build' ? ['--uv'] : [];
  return {
    [TOOLCHAIN]: tools('--platform'),
    [BUILD_TOOLCHAIN]: [
      ...(mayBeCompiled(pkg)
        ? [...tools('--platform', ...uv), ...COMPILER_VARIABLES.map((env) => ({ env }))]
        : tools(...uv)),
      // By its name even where there is none yet: making it must not need another reading of the manifests.
      `{workspaceRoot}/${CONSTRAINTS_FILE}`,
      { env: 'SOURCE_DATE_EPOCH' },
    ],
  };
}
