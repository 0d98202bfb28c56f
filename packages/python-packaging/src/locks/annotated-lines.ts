/** The lines of a requirements file with the comments that pip-compile and uv write below them: `# via` what each is there for. */

export interface AnnotatedLine {
  /** without comments, continuations joined */
  readonly text: string;
  /** counted from 1 */
  readonly line: number;
  /** `undefined` where there is no such comment */
  readonly via: readonly string[] | undefined;
}

/**
 * `# via requests` behind or below a requirement, or `# via` and one name on each line below it.
 * @see pip-compile's `--annotation-style`
 */
export function annotatedLines(text: string): readonly AnnotatedLine[] {
  const lines: { text: string; line: number; via: string[] | undefined }[] = [];
  let pending: { text: string; line: number } | undefined;
  let isInVia = false;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const [, code = '', comment]: readonly (string | undefined)[] = /^(.*?)(?:(?:^|\s)#(.*))?$/.exec(raw) ?? [];
    if (code.trim() !== '') {
      pending = { text: (pending?.text ?? '') + code.replace(/\\\s*$/, ' '), line: pending?.line ?? index + 1 };
      isInVia = false;
      if (/\\\s*$/.test(code)) continue;
    }
    if (pending !== undefined) lines.push({ ...pending, text: pending.text.trim(), via: undefined });
    pending = undefined;
    const last = lines.at(-1);
    if (comment === undefined || last === undefined) {
      isInVia = false;
      continue;
    }
    const reasons: string | undefined =
      /^\s*via\b(.*)$/.exec(comment)?.[1] ?? (isInVia && /^\s{2,}/.test(comment) ? comment : undefined);
    isInVia = reasons !== undefined;
    if (reasons === undefined) continue;
    const names = reasons.split(',').map((reason) => reason.trim());
    last.via = [...(last.via ?? []), ...names.filter((name) => name !== '')];
  }
  return lines;
}
