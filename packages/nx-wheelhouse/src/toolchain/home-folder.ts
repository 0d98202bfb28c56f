/** The user's home folder. */
import { homedir } from 'node:os';
import { parse } from 'node:path';

/**
 * @returns absolute; for a user without one, as containers run under any number, the root of the file system: nothing is found there, and
 * nothing can be written
 */
export function homeFolder(): string {
  const { root } = parse(process.cwd());
  try {
    return homedir() || root;
  } catch {
    return root;
  }
}
