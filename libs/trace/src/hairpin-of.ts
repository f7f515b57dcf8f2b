import type { Node } from '#model';
import type { Context } from './context.js';
import type { PodEnd } from './ends.js';
import type { ChosenSource, Plugin } from './plugin/plugin.js';
import type { ServiceUse } from './service-use.js';

/** What a pod sees as its peer that a Service or a host port sends back to it, or why nothing gets back (dataplane C.7). */
export function hairpinOf(
  { plugin, cluster, family }: Context,
  { pod, address }: PodEnd,
  node: Node,
  { service, by, address: vip }: ServiceUse,
): ReturnType<Plugin['hairpin']> {
  const { kubeRouter, kind } = cluster.dataplane.network;
  // kube-router's settings are about its proxy. Host ports are portmap's: it masquerades, and only the bridge may refuse.
  if (by === 'HostPort' && kind === 'kube-router' && kubeRouter !== null)
    return ofBridge(kubeRouter, plugin.sourceOfNode(node, null, family));
  const annotated = service?.annotations['kube-router.io/service.hairpin'] !== undefined;
  return plugin.hairpin(node, pod, annotated, vip ?? address ?? '');
}

function ofBridge(
  { bridgeHairpin, cniBridge }: { readonly bridgeHairpin: boolean; readonly cniBridge: string },
  source: ChosenSource,
): ReturnType<Plugin['hairpin']> {
  if (bridgeHairpin) return source;
  return { refused: `HAIRPIN_OFF: ${cniBridge} does not send a frame back through the port it came from` };
}
