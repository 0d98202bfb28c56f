/** The files that make a folder a candidate for a package. */

export const MANIFEST_FILES = ['pyproject.toml', 'setup.cfg', 'setup.py'] as const;

/** All of them as a pattern of Nx. Locks stay out of it: Nx takes the deletion of a matching file for a change of everything. */
export const MANIFEST_PATTERN = `**/{${MANIFEST_FILES.join(',')}}`;
