/** Listings of an index: what files a project has there, in both forms of the simple API (PEP 503, PEP 691). */

export interface ListedFile {
  readonly filename: string;
  /** as written; relative to the listing's own address */
  readonly url: string;
  /** lower-case hexadecimal, where the index states it */
  readonly sha256: string | undefined;
  readonly requiresPython: string | undefined;
  readonly isYanked: boolean;
  /** ISO 8601, where the index states it (PEP 700) */
  readonly uploadTime: string | undefined;
}

/** An answer that is no listing: a login page, say, or a broken proxy's words. */
export class NotAListing extends Error {
  override readonly name = 'NotAListing';
}

/** What a client should send as `Accept`: the JSON form where the index has it. */
export const SIMPLE_ACCEPT =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

/**
 * @param contentType of the answer; decides on the form
 * @throws {NotAListing}
 */
export function parseSimpleListing(text: string, contentType: string): readonly ListedFile[] {
  return contentType.includes('json') ? parseSimpleJson(text) : parseSimpleHtml(text);
}

/**
 * @throws {NotAListing} when it is not JSON, or has no list of files
 * @see PEP 691, "Project Detail"
 */
export function parseSimpleJson(text: string): readonly ListedFile[] {
  let listing: { files?: unknown };
  try {
    listing = JSON.parse(text);
  } catch {
    throw new NotAListing('the answer is not JSON');
  }
  if (!Array.isArray(listing?.files)) throw new NotAListing('the answer has no list of files');
  return listing.files.map((file) => ({
    filename: String(file.filename),
    url: String(file.url),
    sha256: file.hashes?.sha256?.toLowerCase(),
    requiresPython: file['requires-python'] ?? undefined,
    isYanked: Boolean(file.yanked),
    uploadTime: file['upload-time'] ?? undefined,
  }));
}

const ANCHOR = /<a\s+([^>]*)>([^<]*)<\/a>/gi;
const ATTRIBUTE = /([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi;

/**
 * @throws {NotAListing} for a page whose anchors name no files, such as a login page
 * @see PEP 503, "Specification"
 */
export function parseSimpleHtml(text: string): readonly ListedFile[] {
  if (/<(form|input)\b/i.test(text)) throw new NotAListing('the answer is a page with a form, not a listing');
  return [...text.matchAll(ANCHOR)].map(([, attributeText = '', label = '']) => {
    const attributes = new Map(
      [...attributeText.matchAll(ATTRIBUTE)].map((match) => [
        (match[1] as string).toLowerCase(),
        decodeEntities(match[2] ?? match[3] ?? match[4] ?? ''),
      ]),
    );
    const [address = '', fragment = ''] = (attributes.get('href') ?? '').split('#');
    return {
      filename: decodeEntities(label).trim() || decodeURIComponent(address.split('/').at(-1) ?? ''),
      url: address,
      sha256: /(?:^|&)sha256=([0-9a-f]{64})/i.exec(fragment)?.[1]?.toLowerCase(),
      requiresPython: attributes.get('data-requires-python'),
      isYanked: attributes.has('data-yanked'),
      uploadTime: undefined,
    };
  });
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, entity: string) => {
    if (entity.startsWith('#')) {
      const digits = entity.slice(1);
      return String.fromCodePoint(
        /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10),
      );
    }
    return ENTITIES[entity.toLowerCase()] ?? whole;
  });
}
