/** ID tokens: how a CI job proves who it is. Where they come from differs by CI; what they are does not (OpenID Connect). */
import { existsSync, readFileSync } from 'node:fs';
import { childEnvironment } from '../toolchain/child-environment.js';
import { runTool } from '../toolchain/run-tool.js';
import { NoAnswer, send } from './http.js';

/** Where the ID token of this job comes from. */
export type IdTokenSource =
  | { readonly kind: 'github'; readonly requestUrl: string; readonly requestToken: string }
  /** variables that the job declares under `id_tokens`, each good for one use */
  | { readonly kind: 'gitlab'; readonly environment: NodeJS.ProcessEnv }
  /** the metadata server of the machine, such as `http://host` */
  | { readonly kind: 'google'; readonly metadata: string }
  /** the agent gives it, to those who have its own token */
  | { readonly kind: 'buildkite'; readonly agentToken: string | undefined }
  /** the job has got it by itself: the ActiveState Platform makes one for its own builder and has nothing to ask */
  | { readonly kind: 'given'; readonly token: string };

/** A job that cannot have an ID token, in words. */
export class NoIdToken extends Error {
  override readonly name = 'NoIdToken';
}

const GOOGLE_MACHINE = '/sys/class/dmi/id/product_name';

/** @returns `undefined` outside of CI, and where the job may not ask for ID tokens */
export function idTokenSource(environment: NodeJS.ProcessEnv): IdTokenSource | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = environment;
  const given = environment.NX_WHEELHOUSE_ID_TOKEN?.trim();
  if (given) return { kind: 'given', token: given };
  if (requestUrl && requestToken) return { kind: 'github', requestUrl, requestToken };
  if (environment.GITLAB_CI && Object.keys(environment).some((name) => name.endsWith('_ID_TOKEN'))) {
    return { kind: 'gitlab', environment };
  }
  if (environment.BUILDKITE === 'true') {
    return { kind: 'buildkite', agentToken: environment.BUILDKITE_AGENT_ACCESS_TOKEN };
  }
  const { GCE_METADATA_HOST: host } = environment;
  if (host) return { kind: 'google', metadata: `http://${host}` };
  const isGoogle =
    environment.CI && existsSync(GOOGLE_MACHINE) && readFileSync(GOOGLE_MACHINE, 'utf8').includes('Google');
  return isGoogle ? { kind: 'google', metadata: 'http://metadata.google.internal' } : undefined;
}

/** What a job lacks that could publish without a token. */
export function missingPermission({ GITHUB_ACTIONS, GITLAB_CI }: NodeJS.ProcessEnv): string | undefined {
  if (GITHUB_ACTIONS) return 'for trusted publishing give the job `permissions: id-token: write`';
  return GITLAB_CI ? 'for trusted publishing give the job `id_tokens: PYPI_ID_TOKEN: aud: pypi`' : undefined;
}

/**
 * @param audience whom the token is for
 * @throws {NoIdToken}
 * @see GitHub Actions, "OpenID Connect reference"; GitLab CI, "id_tokens"; Google Compute Engine, "Verify the identity of instances"
 */
export async function idTokenFor(audience: string, source: IdTokenSource): Promise<string> {
  switch (source.kind) {
    case 'given':
      return source.token;
    case 'github': {
      const url = new URL(source.requestUrl);
      url.searchParams.set('audience', audience);
      const said = await get(url.href, { Authorization: `bearer ${source.requestToken}` }, 'GitHub');
      const { value } = JSON.parse(said) as { value?: unknown };
      if (typeof value === 'string') return value;
      throw new NoIdToken('GitHub gives no ID token');
    }
    case 'google': {
      const query = new URLSearchParams({ audience, format: 'full' });
      const path = '/computeMetadata/v1/instance/service-accounts/default/identity';
      return (await get(`${source.metadata}${path}?${query}`, { 'Metadata-Flavor': 'Google' }, 'Google')).trim();
    }
    case 'gitlab': {
      const variable = `${audience.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_ID_TOKEN`;
      const token = source.environment[variable];
      if (token) return token;
      throw new NoIdToken(`the job has no ${variable} (\`id_tokens\` with \`aud: ${audience}\`)`);
    }
    case 'buildkite': {
      const args = ['oidc', 'request-token', '--audience', audience];
      const { status, stdout } = await runTool('buildkite-agent', args, {
        env: childEnvironment({ BUILDKITE_AGENT_ACCESS_TOKEN: source.agentToken }),
      });
      if (status === 0) return stdout.trim();
      throw new NoIdToken('buildkite-agent gives no ID token');
    }
  }
}

async function get(url: string, headers: Readonly<Record<string, string>>, whose: string): Promise<string> {
  try {
    const { status, body } = await send({ method: 'GET', url, headers });
    if (status === 200) return body.toString('utf8');
    throw new NoIdToken(`${whose} gives no ID token: ${status}`);
  } catch (error) {
    if (error instanceof NoAnswer) throw new NoIdToken(`${whose} gives no ID token: ${error.message}`);
    throw error;
  }
}

/** What a token says of its job, for a person who looks for what is configured otherwise. Nothing in it is secret. */
export function describeIdToken(token: string): string | undefined {
  let claims: Record<string, unknown>;
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  const names = [
    'iss',
    'sub',
    'repository',
    'job_workflow_ref',
    'project_path',
    'organization',
    'project',
    'actor',
    'organization_slug',
    'pipeline_slug',
    'ci_config_ref_uri',
    'environment',
    'email',
  ];
  const shown = names.flatMap((name) => (typeof claims[name] === 'string' ? [`${name} ${claims[name]}`] : []));
  return shown.length > 0 ? shown.join(', ') : undefined;
}
