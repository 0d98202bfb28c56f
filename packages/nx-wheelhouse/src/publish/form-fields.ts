/** The fields of an upload: what a dist's metadata say, under the names that the upload API has for them. */
import type { Upload } from './uploaders/uploader.js';

/** Fields that the upload API calls otherwise than the metadata do. Wrong names are ignored without a word. */
const RENAMED: Readonly<Record<string, string>> = { classifier: 'classifiers', 'project-url': 'project_urls' };

/** @see Upload API, docs of the Python package index; the names are those that twine sends */
export function formFields({ dist, metadata, attestations }: Upload): [name: string, value: string][] {
  const described = metadata.fields.some(([name]) => name.toLowerCase() === 'description');
  return [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['filetype', dist.kind === 'wheel' ? 'bdist_wheel' : 'sdist'],
    ['pyversion', dist.kind === 'wheel' ? (dist.filename.split('-').at(-3) ?? '') : 'source'],
    ['sha256_digest', dist.sha256],
    ...metadata.fields.map(([name, value]): [string, string] => [fieldName(name), value]),
    ...(metadata.description !== undefined && !described
      ? [['description', metadata.description] as [string, string]]
      : []),
    ...(attestations.length > 0 ? [['attestations', `[${attestations.join(',')}]`] as [string, string]] : []),
  ];
}

function fieldName(name: string): string {
  const lower = name.toLowerCase();
  return RENAMED[lower] ?? lower.replaceAll('-', '_');
}
