/** The token for a channel on a server: from the variable that names the server, else from the one that its own tools read. */

export type TokenSearch =
  | { readonly kind: 'found'; readonly token: string }
  | { readonly kind: 'none'; readonly problem: string };

/**
 * @param server the host, with its port, or another name: `NX_WHEELHOUSE_TOKEN_<SERVER>`
 * @param toolVariable such as `ANACONDA_API_TOKEN`
 */
export function findToken(server: string, toolVariable: string, environment: NodeJS.ProcessEnv): TokenSearch {
  const ownVariable = `NX_WHEELHOUSE_TOKEN_${server.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
  // A line end that came along from a file or a secret store makes every server say 401.
  const token = (environment[ownVariable] || environment[toolVariable])?.trim();
  if (token) return { kind: 'found', token };
  return { kind: 'none', problem: `there is no token: looked at ${ownVariable} and ${toolVariable}` };
}
