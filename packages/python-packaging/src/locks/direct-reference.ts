/** Direct references, as requirements state them, to what a lock has from elsewhere than an index. */

interface Place {
  /** of the archive or repository, where the project is not at its top */
  readonly subdirectory: string | undefined;
}

/** @see pip documentation, "VCS Support" */
export function gitReference(
  url: string,
  { commit, subdirectory }: Place & { commit: string | undefined },
): string | undefined {
  if (commit === undefined) return undefined;
  // `git@host:path` is a spelling of git's that no URL has.
  const address = url.replace(/^([\w.-]+@[\w.-]+):(?!\/)/, 'ssh://$1/');
  return `${address.startsWith('git+') ? '' : 'git+'}${address}@${commit}${fragment(subdirectory)}`;
}

export function archiveReference(url: string, { subdirectory }: Place): string {
  return `${url.replace(/#.*$/, '')}${fragment(subdirectory)}`;
}

function fragment(subdirectory: string | undefined): string {
  return subdirectory === undefined ? '' : `#subdirectory=${subdirectory}`;
}
