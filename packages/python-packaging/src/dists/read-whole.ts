/** Small archives are read at once: each read of a part costs a turn of the event loop and a thread's, many times the read itself. */

/** Bytes of an archive, or of a file in it, that may be in memory at once. */
export const READ_WHOLE = 8 << 20;
