import type { Node } from '#model';
import type { Flow } from './flow.js';
import { Path } from './path.js';
import type { Route } from './trace.js';

/** The route of a flow that touches a node with Windows, whose devices are not modelled (dataplane C.8); null for others. */
export function windowsRoute({ client, server, use, when }: Flow): Route | null {
  const isWindows = (node: Node | null | undefined): node is Node => node?.operatingSystem === 'windows';
  const node = [client.node, use?.entry, server.node].find(isWindows);
  if (node === undefined) return null;
  const path = new Path({ source: null, destination: null });
  path.weaken('unknown', `WINDOWS_NODE: how packets travel at ${node.name}, which runs Windows, is not modelled`);
  return path.finish(when ?? 'always', 'default');
}
