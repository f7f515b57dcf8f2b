import type { Context } from '../context.js';
import type { End } from '../ends.js';
import type { Route } from '../trace.js';

/** Routes over networks that both pods are attached to besides the cluster's own (dataplane D). */
export function secondaryRoutes(_context: Context, _client: End, _server: End, _port: number | null): Route[] {
  return [];
}
