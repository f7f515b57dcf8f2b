import type { End } from './ends.js';
import { Path } from './path.js';
import type { Route } from './trace.js';

/** MTU of `lo` on Linux. */
const loopbackMtu = 65536;

/** A process that speaks to its own network namespace: nothing leaves it, and no policy sees it (dataplane C.1). */
export function loopbackRoute(end: End, destination: string | null, port: number | null): Route {
  const { node } = end;
  const netns = end.kind === 'Pod' ? 'pod' : 'host';
  const path = new Path({ source: destination, destination, ...(port === null ? {} : { destinationPort: port }) });
  path.add({ node, netns, device: null, kind: 'socket', action: 'send' });
  path.add({ node, netns, device: 'lo', nameSource: 'derived', kind: 'loopback', action: 'loop', mtu: loopbackMtu });
  path.add({ node, netns, device: null, kind: 'socket', action: 'deliver' });
  path.note('LOOPBACK: the packet never leaves its network namespace');
  path.seeByPolicy();
  return path.finish('always', 'default');
}
