import type { ConnectionsView, ConnectivityEnd } from '#engine';

/** REST's end with every field there, as GraphQL wants it. */
export function endView(end: ConnectivityEnd): unknown {
  return { hostNetwork: false, ranges: [], ...end };
}

/** REST's connections as a list, since GraphQL has no maps. */
export function connectionsView({ all, protocols }: ConnectionsView): unknown {
  return { all, protocols: Object.entries(protocols ?? {}).map(([protocol, ports]) => ({ protocol, ports })) };
}
