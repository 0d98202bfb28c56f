/** A program: prints what versions made from git depend on, one line. Nx runs it once per command and hashes its output. */
import { repositoryState } from './repository-view.js';

process.stdout.write(`${repositoryState(process.cwd())}\n`);
