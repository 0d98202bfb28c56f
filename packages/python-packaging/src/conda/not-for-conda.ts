/** Something that a wheel can be or have, and a conda package cannot. */
export class NotForConda extends Error {
  override readonly name = 'NotForConda';
}
