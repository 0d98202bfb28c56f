/** Entry points: `entry_points.txt` of a wheel, as far as its syntax goes. */

const REFERENCE =
  /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*(\s*:\s*[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*)?\s*(\[.*\])?$/u;

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
