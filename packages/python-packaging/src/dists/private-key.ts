/** Private keys in the form that begins with `-----BEGIN` (RFC 7468). */

/**
 * A certificate may stand before the key; a text that speaks of keys begins with something else.
 * @param start of a file
 */
export function isPrivateKey(start: Buffer): boolean {
  return (
    start.subarray(0, 10).toString('latin1') === '-----BEGIN' &&
    /^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(start.toString('latin1'))
  );
}
