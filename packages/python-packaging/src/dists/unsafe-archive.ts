/** An archive that must not be trusted: entries outside of it, twice the same entry, bytes that are not what they should be. */
export class UnsafeArchive extends Error {
  override readonly name = 'UnsafeArchive';
}
