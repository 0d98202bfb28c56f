/** How a request gets to its host: through the proxy that the environment names, and whose certificates are believed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connect, rootCertificates } from 'node:tls';

export interface Route {
  readonly request: typeof requestHttp;
  /** what is asked for: the URL itself, or the proxy with the URL as its path */
  readonly options: RequestOptions;
}

/**
 * @param certificates PEM text of authorities to believe on top of the usual ones
 * @param environment `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case
 * @throws {Error} when the proxy does not let us through
 */
export async function routeTo(
  url: URL,
  certificates: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Route> {
  const proxy = proxyFor(url, environment);
  const ca = trustedAuthorities(certificates, environment);
  const trust = ca === undefined ? {} : { ca: [...ca] };
  const target = { hostname: bare(url.hostname), port: url.port, path: `${url.pathname}${url.search}` };
  if (url.protocol === 'https:') {
    // An agent of its own: a connection that was opened with other certificates must not be taken again.
    if (proxy === undefined) return { request: requestHttps, options: { ...target, agent: new Agent(trust) } };
    const socket = await tunnel(proxy, url);
    const createConnection = () => connect({ socket, servername: bare(url.hostname), ...trust });
    return { request: requestHttps, options: { ...target, createConnection } };
  }
  if (proxy === undefined) return { request: requestHttp, options: target };
  const headers = { Host: url.host, ...proxyAuthorization(proxy) };
  return {
    request: requestHttp,
    options: { hostname: bare(proxy.hostname), port: proxy.port || 80, path: url.href, headers },
  };
}

/**
 * All authorities to believe, as PEM texts, where they are not only the usual ones.
 * @param certificates PEM text of those to believe on top
 * @param environment `NODE_EXTRA_CA_CERTS`, which Node forgets where it is told of others
 * @throws {Error} when the file that it names cannot be read
 */
function trustedAuthorities(
  certificates: string | undefined,
  { NODE_EXTRA_CA_CERTS: extra }: NodeJS.ProcessEnv = process.env,
): readonly string[] | undefined {
  if (certificates === undefined && !extra) return undefined;
  return [
    ...rootCertificates,
    ...(extra ? [readFileSync(extra, 'utf8')] : []),
    ...(certificates ? [certificates] : []),
  ];
}

/**
 * Writes all authorities for a program to read, where they are not only the usual ones.
 * @param folder for the file
 * @returns its path
 */
export function writeAuthorities(certificates: string | undefined, folder: string): string | undefined {
  const authorities = trustedAuthorities(certificates);
  if (authorities === undefined) return undefined;
  const file = join(folder, 'certificates.pem');
  writeFileSync(file, authorities.join('\n'));
  return file;
}

/** What tells programs not to look for this machine behind a proxy. */
export function neverThroughAProxy({ NO_PROXY, no_proxy }: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const exceptions = [NO_PROXY ?? no_proxy, 'localhost,127.0.0.1,::1'].filter(Boolean).join(',');
  return { NO_PROXY: exceptions, no_proxy: exceptions };
}

/** The proxy for an address. This machine is never reached through one: no proxy could. */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name.toUpperCase()];
  const host = bare(url.hostname);
  if (isLoopback(host) || isExcepted(url, variable('no_proxy') ?? '')) return undefined;
  const stated = variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ?? variable('all_proxy');
  if (stated === undefined) return undefined;
  const text = stated.includes('://') ? stated : `http://${stated}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** `NO_PROXY`: hosts, also those below them, with or without a port; `*` for all. */
function isExcepted({ hostname, port, protocol }: URL, exceptions: string): boolean {
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return exceptions.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [name = '', onlyPort] = entry.toLowerCase().split(':');
    const suffix = name.replace(/^\*?\./, '');
    if (suffix === '' || (onlyPort !== undefined && onlyPort !== ownPort)) return false;
    return hostname === suffix || hostname.endsWith(`.${suffix}`);
  });
}

/** @see RFC 9110, "CONNECT" */
function tunnel(proxy: URL, { hostname, port }: URL): Promise<Socket> {
  const path = `${hostname}:${port || 443}`;
  return new Promise((resolve, reject) => {
    const request = requestHttp({
      hostname: bare(proxy.hostname),
      port: proxy.port || 80,
      method: 'CONNECT',
      path,
      headers: { Host: path, ...proxyAuthorization(proxy) },
    });
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Error(`the proxy ${proxy.host} answers ${response.statusCode} ${response.statusMessage}`));
    });
    request.once('error', (error) => reject(new Error(`the proxy ${proxy.host} cannot be reached: ${error.message}`)));
    request.end();
  });
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Node wants IPv6 addresses without their brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
