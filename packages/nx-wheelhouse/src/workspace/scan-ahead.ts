/** Finds and keeps the imports of a workspace, for the graph that is made meanwhile, see `listFilesAhead`. */
import { listFiles, type WorkspaceFiles } from './files.js';
import { KeptImports } from './kept/kept-imports.js';
import { isSource, readImports } from './python-imports.js';

export function scanAhead(root: string, cacheFolder: string): WorkspaceFiles {
  const files = listFiles(root);
  const kept = new KeptImports(cacheFolder);
  readImports(root, files.paths.filter(isSource), files, kept);
  kept.save();
  return files;
}
