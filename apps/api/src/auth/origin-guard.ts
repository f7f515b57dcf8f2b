import type { FastifyRequest } from 'fastify';
import { type Config, isLoopback } from '../config.js';
import { refuse } from '../problems/problem.js';

const readingMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps web pages from reading or feeding the map: a request must be addressed to this server by a name that is its
 * own, which a name that a page rebinds to this address is not, and a write must not come from another origin.
 * @throws ProblemError4xx 421 HOST_NOT_ALLOWED, 403 ORIGIN_NOT_ALLOWED
 */
export function checkOrigin({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>, config: Config): void {
  const host = headers.host ?? '';
  if (!isOwnName(host, config)) {
    throw refuse(
      421,
      'HOST_NOT_ALLOWED',
      `the request is addressed to ${JSON.stringify(host.slice(0, 100))}; loopback names and those of CANREACH_ALLOWED_HOSTS are accepted`,
      'Host',
    );
  }
  if (readingMethods.has(method)) return;
  const { origin } = headers;
  const isForeign = origin !== undefined && !isOwnOrigin(origin, host, config);
  if (isForeign || headers['sec-fetch-site'] === 'cross-site') {
    throw refuse(403, 'ORIGIN_NOT_ALLOWED', 'writes from web pages of another origin are refused', 'Origin');
  }
}

function isOwnName(host: string, { allowedHosts }: Config): boolean {
  const name = hostName(host);
  return name !== null && (isLoopback(name) || allowedHosts.includes(name));
}

/** Same name and port as the request is addressed to, or a name that is configured. */
function isOwnOrigin(origin: string, host: string, { allowedHosts }: Config): boolean {
  try {
    const url = new URL(origin);
    return url.host.toLowerCase() === host.toLowerCase() || allowedHosts.includes(url.hostname.toLowerCase());
  } catch {
    return false;
  }
}

/** Host without its port, lower case; null where it is none. */
function hostName(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.exec(host);
  return match === null ? null : match[1].toLowerCase().replace(/^\[|\]$/g, '');
}
