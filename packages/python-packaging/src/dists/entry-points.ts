/** Entry points of a distribution: what it offers to others by name, its commands among it. */
import { readIni } from '../manifests/ini.js';

const REFERENCE =
  /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*(\s*:\s*[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*)?\s*(\[.*\])?$/u;

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

/**
 * @param text the file
 * @returns one sentence per line that no installer can make anything of
 * @see Entry points specification, "File format" and "Data model"
 */
export function entryPointProblems(text: string): readonly string[] {
  let group = '';
  return text.split(/\r?\n/).flatMap((raw) => {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) return [];
    if (/^\[.*\]$/.test(line)) {
      group = line.slice(1, -1).trim();
      return [];
    }
    const [name = '', ...rest] = line.split('=');
    const reference = rest.join('=').trim();
    if (rest.length === 0 || name.trim() === '')
      return [`the entry point "${line}" is none: it needs \`name = module:object\``];
    if (REFERENCE.test(reference)) return scriptProblem(group, name.trim(), reference);
    return [`the entry point "${name.trim()}" names "${reference}", which can be no object: write \`module:object\``];
  });
}

/** A script calls something, so it has to name an object in the module. */
function scriptProblem(group: string, name: string, reference: string): string[] {
  const isScript = group === 'console_scripts' || group === 'gui_scripts';
  if (!isScript || reference.includes(':')) return [];
  return [`the script "${name}" names the module "${reference}" only: write \`${reference}:main\``];
}
