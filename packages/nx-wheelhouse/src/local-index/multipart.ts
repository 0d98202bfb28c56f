/** Reads a multipart/form-data body as it arrives: fields into memory, the one file straight to the disk. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export interface Form {
  /** the values of each field, in the order in which they came */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** the name of the file that was sent, and where it is now */
  readonly file: { readonly filename: string; readonly path: string } | undefined;
}

export class InvalidForm extends Error {
  override readonly name = 'InvalidForm';
}

/** Metadata with a long readme are far below. */
const MAX_FIELDS_SIZE = 8 << 20;
const HEADERS_END = Buffer.from('\r\n\r\n');

/**
 * @param body the request's chunks
 * @param contentType of the request, which names the boundary
 * @param filePath where the part with a file name is written
 * @throws {InvalidForm} when the body is no complete form, or its fields are larger than any metadata
 * @see RFC 7578, RFC 2046 section 5.1.1
 */
export async function readForm(body: AsyncIterable<Buffer>, contentType: string, filePath: string): Promise<Form> {
  const boundary = /^multipart\/form-data\s*;.*?\bboundary="?([^";]+)/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new InvalidForm('the body is no multipart form');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields = new Map<string, string[]>();
  let fieldsSize = 0;
  let file: { filename: string; path: string } | undefined;

  const input = new Scanner(body);
  try {
    await input.skipPast(delimiter.subarray(2)); // the first delimiter needs no line end before it
    while ((await input.take(2)).toString('latin1') !== '--') {
      const { name, filename } = partName((await input.readUntil(HEADERS_END, MAX_FIELDS_SIZE)).toString('utf8'));
      if (filename === undefined) {
        const value = await input.readUntil(delimiter, MAX_FIELDS_SIZE - fieldsSize);
        fieldsSize += value.length;
        fields.set(name, [...(fields.get(name) ?? []), value.toString('utf8')]);
        continue;
      }
      if (file !== undefined) throw new InvalidForm('there is more than one file');
      file = { filename, path: filePath };
      await pipeline(input.streamUntil(delimiter), createWriteStream(filePath));
    }
    return { fields, file };
  } finally {
    await input.close();
  }
}

function partName(headers: string): { name: string; filename: string | undefined } {
  const disposition = /^content-disposition:\s*form-data\b(.*)$/im.exec(headers)?.[1] ?? '';
  const name = /;\s*name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw new InvalidForm('a part has no name');
  return { name, filename: /;\s*filename="([^"]*)"/i.exec(disposition)?.[1] };
}

/** Looks for byte sequences in chunks, wherever those are cut. */
class Scanner {
  #buffer: Buffer = Buffer.alloc(0);
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(body: AsyncIterable<Buffer>) {
    this.#chunks = body[Symbol.asyncIterator]();
  }

  /** Lets go of the chunks: the rest is the caller's. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async skipPast(mark: Buffer): Promise<void> {
    for await (const _ of this.streamUntil(mark)) {
      // what comes before the first delimiter is nobody's
    }
  }

  async take(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) await this.#more();
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async readUntil(mark: Buffer, limit: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of this.streamUntil(mark)) {
      size += part.length;
      if (size > limit) throw new InvalidForm('the fields are too large');
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** Everything before the mark; the mark itself is consumed. */
  async *streamUntil(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(mark);
      if (at >= 0) {
        if (at > 0) yield this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + mark.length);
        return;
      }
      // The last bytes may be the beginning of the mark.
      const sure = this.#buffer.length - mark.length + 1;
      if (sure > 0) {
        yield this.#buffer.subarray(0, sure);
        this.#buffer = this.#buffer.subarray(sure);
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new InvalidForm('the body ends before the form does');
    this.#buffer = this.#buffer.length === 0 ? value : Buffer.concat([this.#buffer, value]);
  }
}
