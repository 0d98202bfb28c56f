/** Entry points of a distribution: what it offers to others by name, its commands among it. */
import { readIni } from '../manifests/ini.js';

export interface EntryPoint {
  readonly name: string;
  readonly module: string;
  /** the attributes that lead to the object, dotted; empty for the module itself */
  readonly attribute: string;
}

/**
 * The entry points by group. Extras behind a reference are passed over: nobody asks for them any more.
 * @param text of entry_points.txt
 * @throws {InvalidIni}
 * @see Entry points specification, "File format"
 */
export function parseEntryPoints(text: string): ReadonlyMap<string, readonly EntryPoint[]> {
  const groups = [...readIni(text)].map(([group, values]): [string, EntryPoint[]] => [
    group,
    [...values].map(([name, value]) => {
      const reference = value.text.replace(/\s*\[[^\]]*\]\s*$/, '');
      const [module = '', attribute = ''] = reference.split(':').map((part) => part.trim());
      return { name, module, attribute };
    }),
  ]);
  return new Map(groups);
}

/** The commands that installing a distribution puts on PATH, console and graphical ones. */
export function commandsOf(entryPoints: string | undefined): readonly EntryPoint[] {
  const groups = parseEntryPoints(entryPoints ?? '');
  return ['console_scripts', 'gui_scripts'].flatMap((group) => groups.get(group) ?? []);
}
