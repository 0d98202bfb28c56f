/** What `nx add nx-wheelhouse` runs: registers the plugin, adds ignore entries, names the projects of `nx release`. Running it again changes nothing. */
import { type NxJsonConfiguration, readNxJson, type Tree, updateNxJson } from '@nx/devkit';
import { PUBLISHABLE_TAG } from '../../graph/publishable-tag.js';

const PLUGIN = 'nx-wheelhouse';

/** Everything that building and testing leaves in a workspace. */
const IGNORED = ['.venv/', '.wheelhouse/', '__pycache__/', '*.egg-info/', '.pytest_cache/', 'dist/'];

export default function init(tree: Tree): void {
  registerPlugin(tree);
  ignoreOutputs(tree);
}

function registerPlugin(tree: Tree): void {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  const isRegistered = plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === PLUGIN);
  const release = releaseProjects(nxJson.release);
  if (isRegistered && release === nxJson.release) return;
  const changed: NxJsonConfiguration = { ...nxJson, plugins: isRegistered ? plugins : [...plugins, PLUGIN] };
  updateNxJson(tree, release === undefined ? changed : { ...changed, release });
}

/** Left to itself Nx releases what has a package.json; a choice of projects that is there already stays. */
function releaseProjects(release: NxJsonConfiguration['release']): NxJsonConfiguration['release'] {
  return release?.projects || release?.groups ? release : { ...release, projects: [`tag:${PUBLISHABLE_TAG}`] };
}

function ignoreOutputs(tree: Tree): void {
  const text = tree.read('.gitignore', 'utf8') ?? '';
  const lines = new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')));
  // A workspace without any ignore file has not told git of npm and Nx either.
  const wanted = tree.exists('.gitignore') ? IGNORED : ['node_modules/', '.nx/', ...IGNORED];
  const missing = wanted.filter((entry) => !lines.has(entry.replace(/\/$/, '')));
  if (missing.length === 0) return;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = text === '' || text.endsWith('\n') ? '' : lineEnd;
  const block = ['# Python packages (nx-wheelhouse)', ...missing].map((line) => line + lineEnd).join('');
  tree.write('.gitignore', `${text}${separator}${text === '' ? '' : lineEnd}${block}`);
}
