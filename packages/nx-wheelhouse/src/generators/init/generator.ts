/**
 * What `nx add nx-wheelhouse` runs: registers the plugin, keeps defaults of other languages' targets from Python's, adds ignore entries,
 * names the projects of `nx release`. Running it again changes nothing.
 */
import { readJson, readNxJson, type Tree } from '@nx/devkit';
import { PUBLISHABLE_TAG } from '../../graph/publishable-tag.js';
import { replacedLists } from '../../graph/target-defaults.js';
import { appendInNxJson, ownNxJson, setInNxJson } from './nx-json.js';

const PLUGIN = 'nx-wheelhouse';

/** Everything that building and testing leaves in a workspace. */
const IGNORED = ['.venv/', '.wheelhouse/', '__pycache__/', '*.egg-info/', '.pytest_cache/', 'dist/'];

export default function init(tree: Tree): void {
  registerPlugin(tree);
  keepOffDefaults(tree);
  nameReleaseProjects(tree);
  ignoreOutputs(tree);
}

function registerPlugin(tree: Tree): void {
  const plugins = readNxJson(tree)?.plugins ?? [];
  if (plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === PLUGIN)) return;
  // A list of its own replaces the one of a preset that nx.json extends.
  if (ownNxJson(tree).plugins) appendInNxJson(tree, ['plugins'], PLUGIN);
  else setInNxJson(tree, ['plugins'], [...plugins, PLUGIN]);
}

/** The targets of each executor that repositories have defaults for, by the names that they have here if nobody gives them others. */
const TARGETS = {
  'nx-wheelhouse:dist': ['build', 'publish', 'nx-release-publish'],
  'nx-wheelhouse:test': ['test'],
};

/** An empty default for the executor comes before those for names, which say what npm packages are hashed from and wait for. */
function keepOffDefaults(tree: Tree): void {
  for (const [executor, names] of Object.entries(TARGETS)) {
    const defaults = readNxJson(tree)?.targetDefaults;
    if (names.every((name) => replacedLists(name, executor, defaults).length === 0)) continue;
    if (ownNxJson(tree).targetDefaults) setInNxJson(tree, ['targetDefaults', executor], {});
    else setInNxJson(tree, ['targetDefaults'], { ...defaults, [executor]: {} });
  }
}

/** Left to itself Nx releases the public npm packages; a choice of projects that is there already stays. */
function nameReleaseProjects(tree: Tree): void {
  const release = readNxJson(tree)?.release;
  if (release?.projects || release?.groups) return;
  const projects = [...(hasNpmPackages(tree) ? ['tag:npm:public'] : []), `tag:${PUBLISHABLE_TAG}`];
  if (ownNxJson(tree).release) setInNxJson(tree, ['release', 'projects'], projects);
  else setInNxJson(tree, ['release'], { ...release, projects });
}

function hasNpmPackages(tree: Tree): boolean {
  return (
    tree.exists('pnpm-workspace.yaml') ||
    (tree.exists('package.json') && readJson(tree, 'package.json').workspaces !== undefined)
  );
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
