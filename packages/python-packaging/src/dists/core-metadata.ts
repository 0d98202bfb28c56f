/** Core metadata: PKG-INFO of an sdist, METADATA of a wheel, up to version 2.5. */

export interface CoreMetadata {
  readonly metadataVersion: string;
  readonly name: string;
  readonly version: string;
  readonly summary: string | undefined;
  /** the body, or the Description field of old metadata */
  readonly description: string | undefined;
  readonly descriptionContentType: string | undefined;
  readonly requiresPython: string | undefined;
  /** dependency specifiers, as written */
  readonly requiresDist: readonly string[];
  readonly providesExtra: readonly string[];
  readonly classifiers: readonly string[];
  readonly licenseExpression: string | undefined;
  readonly licenseFiles: readonly string[];
  readonly dynamic: readonly string[];
  readonly keywords: readonly string[];
  readonly author: string | undefined;
  readonly authorEmail: string | undefined;
  readonly maintainer: string | undefined;
  readonly maintainerEmail: string | undefined;
  /** the old, free text; new metadata have an expression */
  readonly license: string | undefined;
  /** address by label, `Home-page` and `Download-URL` of old metadata not among them */
  readonly projectUrls: ReadonlyMap<string, string>;
  readonly requiresExternal: readonly string[];
  readonly providesDist: readonly string[];
  readonly obsoletesDist: readonly string[];
  /** PEP 794: what is imported; `undefined` where nothing is said, empty where it is said that there is nothing */
  readonly importNames: readonly string[] | undefined;
  readonly importNamespaces: readonly string[];
  /** whether the description is the body */
  readonly hasBody: boolean;
  /** every field in its order, known or not; the description is not among them when it is the body */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export class InvalidMetadata extends Error {
  override readonly name = 'InvalidMetadata';
}

/**
 * @param text the whole file, UTF-8
 * @throws {InvalidMetadata} when a line is no field, or Metadata-Version, Name or Version is missing
 * @see Core metadata specifications
 */
export function parseCoreMetadata(text: string): CoreMetadata {
  const { fields, body } = splitMessage(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
  const all = (name: string) => fields.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
  const one = (name: string): string | undefined => all(name)[0];
  const required = (name: string): string => {
    const value = one(name.toLowerCase());
    if (!value) throw new InvalidMetadata(`the field ${name} is missing`);
    return value;
  };
  return {
    metadataVersion: required('Metadata-Version'),
    name: required('Name'),
    version: required('Version'),
    summary: one('summary'),
    description: body ?? one('description'),
    descriptionContentType: one('description-content-type'),
    requiresPython: one('requires-python'),
    requiresDist: all('requires-dist'),
    providesExtra: all('provides-extra'),
    classifiers: all('classifier'),
    licenseExpression: one('license-expression'),
    licenseFiles: all('license-file'),
    dynamic: all('dynamic'),
    keywords:
      one('keywords')
        ?.split(',')
        .map((keyword) => keyword.trim()) ?? [],
    author: one('author'),
    authorEmail: one('author-email'),
    maintainer: one('maintainer'),
    maintainerEmail: one('maintainer-email'),
    license: one('license'),
    projectUrls: new Map(all('project-url').map(labelledUrl)),
    requiresExternal: all('requires-external'),
    providesDist: all('provides-dist'),
    obsoletesDist: all('obsoletes-dist'),
    importNames: one('import-name') === undefined ? undefined : all('import-name').filter((name) => name !== ''),
    importNamespaces: all('import-namespace'),
    hasBody: body !== undefined,
    fields,
  };
}

function labelledUrl(text: string): [label: string, url: string] {
  const comma = text.indexOf(',');
  return comma < 0 ? [text, ''] : [text.slice(0, comma).trim(), text.slice(comma + 1).trim()];
}

/** Headers and body of an e-mail message, which is what core metadata are written as. */
function splitMessage(text: string): { fields: (readonly [string, string])[]; body: string | undefined } {
  const fields: [string, string][] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' && !/^[ \t]/.test(line)) {
      const body = lines.slice(index + 1).join('\n');
      return { fields: unfold(fields), body: body.trim() === '' ? undefined : body };
    }
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) {
      last[1] += `\n${line}`;
      continue;
    }
    const match = /^([^\s:]+):[ \t]?(.*)$/.exec(line);
    if (match === null) throw new InvalidMetadata(`line ${index + 1} is no field: "${line.slice(0, 80)}"`);
    fields.push([match[1] as string, match[2] as string]);
  }
  return { fields: unfold(fields), body: undefined };
}

/** Continuation lines carry white space, or a bar, that belongs to the form and not to the value. */
function unfold(fields: readonly [string, string][]): [string, string][] {
  return fields.map(([name, value]) => [name, value.replace(/\n[ \t]+\|?/g, '\n').trim()]);
}
