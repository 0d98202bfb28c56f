/** Entry points of a distribution: what it offers to others by name, its commands among it. */
const REFERENCE =
  /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*(\s*:\s*[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*)?\s*(\[.*\])?$/u;

export interface EntryPoint {
  readonly name: string;
  readonly module: string;
  /** the attributes that lead to the object, dotted; empty for the module itself */
  readonly attribute: string;
}

interface Line {
  readonly group: string;
  /** as it is written */
  readonly text: string;
  readonly name: string;
  /** `module:object [extra]`; undefined for a line without `=` */
  readonly reference: string | undefined;
}

/**
 * The entry points by group. Extras behind a reference are passed over: nobody asks for them any more. So are lines without `name =`,
 * see {@link entryPointProblems}.
 * @param text of entry_points.txt
 * @see Entry points specification, "File format"
 */
export function parseEntryPoints(text: string): ReadonlyMap<string, readonly EntryPoint[]> {
  const groups = new Map<string, EntryPoint[]>();
  for (const { group, name, reference } of readLines(text)) {
    if (reference === undefined || name === '') continue;
    const [module = '', attribute = ''] = reference
      .replace(/\s*\[[^\]]*\]\s*$/, '')
      .split(':')
      .map((part) => part.trim());
    groups.set(group, [...(groups.get(group) ?? []), { name, module, attribute }]);
  }
  return groups;
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
  return readLines(text).flatMap(({ group, text: line, name, reference }) => {
    if (reference === undefined || name === '')
      return [`the entry point "${line}" is none: it needs \`name = module:object\``];
    if (REFERENCE.test(reference)) return scriptProblem(group, name, reference);
    return [`the entry point "${name}" names "${reference}", which can be no object: write \`module:object\``];
  });
}

/** Line by line, as importlib.metadata has it: what installers go by. */
function readLines(text: string): readonly Line[] {
  let group = '';
  return text.split(/\r?\n/).flatMap((raw): Line[] => {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) return [];
    if (/^\[.*\]$/.test(line)) {
      group = line.slice(1, -1);
      return [];
    }
    const equals = line.indexOf('=');
    const [name, reference] =
      equals < 0 ? [line, undefined] : [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
    return [{ group, text: line, name, reference }];
  });
}

/** A script calls something, so it has to name an object in the module. */
function scriptProblem(group: string, name: string, reference: string): string[] {
  const isScript = group === 'console_scripts' || group === 'gui_scripts';
  if (!isScript || reference.includes(':')) return [];
  return [`the script "${name}" names the module "${reference}" only: write \`${reference}:main\``];
}
