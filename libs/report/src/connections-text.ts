import type { ConnectionsView } from '#engine';

/** Connections on one line: `All Connections`, `TCP 80,8000-8090,UDP 53`, `No Connections`. */
export function connectionsText({ all, protocols }: ConnectionsView): string {
  if (all) return 'All Connections';
  const parts = Object.entries(protocols ?? {}).map(([protocol, values]) => `${protocol} ${values.join(',')}`);
  return parts.length === 0 ? 'No Connections' : parts.join(',');
}
