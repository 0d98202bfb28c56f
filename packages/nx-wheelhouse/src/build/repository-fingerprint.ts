/**
 * A program: prints what versions made from git depend on, one line. Nx runs it once per command and hashes its output.
 * Its argument is a folder of the workspace that is a repository of its own (a submodule), percent-encoded; without one, the workspace's.
 */
import { join } from 'node:path';
import { repositoryState } from './repository-view.js';

process.stdout.write(`${repositoryState(join(process.cwd(), decodeURIComponent(process.argv[2] ?? '.')))}\n`);
