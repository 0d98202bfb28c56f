/** The file system as a manifest script sees it: the package's folder, under a root that no real path can be taken for. */
import type { PackageFolder } from '../manifest.js';

/** Stands for the absolute path of the package's folder; where it shows up in a value, the value differs from machine to machine. */
export const ROOT = '/\uE000';

/** @see os.path.join */
export function joinPath(first: string, ...parts: readonly string[]): string {
  let path = first;
  for (const part of parts) {
    if (part.startsWith('/')) path = part;
    else path += path === '' || path.endsWith('/') ? part : `/${part}`;
  }
  return path;
}

/** @see os.path.dirname */
export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** @see os.path.basename */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @see os.path.abspath */
export function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of joinPath(ROOT, path).split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== ROOT.slice(1)) parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** @returns the path from the package's folder, `undefined` for a place elsewhere on the machine */
export function withinFolder(path: string): string | undefined {
  const full = absolute(path);
  if (full === ROOT) return '.';
  return full.startsWith(`${ROOT}/`) ? full.slice(ROOT.length + 1) : undefined;
}

/** Reads files and remembers which, since a change of any of them may change what the manifest says. */
export class ReadFiles {
  readonly texts = new Map<string, string>();

  private isLost = false;

  constructor(private readonly folder: PackageFolder) {}

  /** From here on it is not known where a relative path leads. */
  lose(): void {
    this.isLost = true;
  }

  read(path: string): string | undefined {
    const inner = withinFolder(path);
    if (this.isLost || inner === undefined || inner === '.') return undefined;
    const text = this.texts.get(inner) ?? this.folder.read(inner);
    if (text !== undefined) this.texts.set(inner, text);
    return text?.replace(/\r\n?/g, '\n');
  }
}
