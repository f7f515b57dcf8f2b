import { type Attachment, type PodAttachment, readAttachments, readPodAttachments } from '#dataplane';
import type { Context } from '../context.js';
import type { End, PodEnd } from '../ends.js';
import { Path } from '../path.js';
import type { HopKind, Route } from '../trace.js';
import { canTalk, type SecondaryAnswer, type SecondaryEnd } from './can-talk.js';
import { passSecondaryGate } from './secondary-gate.js';

/**
 * Routes over networks that both pods are attached to besides the cluster's own (dataplane D): neither NetworkPolicy nor
 * Services hold there, but MultiNetworkPolicies may. `address` limits them to the one that has it. Cost: linear in network objects.
 */
export function secondaryRoutes(
  context: Context,
  client: End,
  server: End,
  port: number | null,
  address: string | null = null,
): Route[] {
  if (client.kind !== 'Pod' || server.kind !== 'Pod') return [];
  const mine = readPodAttachments(client.pod);
  const theirs = readPodAttachments(server.pod).filter(({ ips }) => address === null || ips.includes(address));
  if (mine.length === 0 || theirs.length === 0) return [];
  const definitions = readAttachments(context.cluster.model);
  return theirs.flatMap((on): Route[] => {
    const own = mine.find(({ network }) => network === on.network) ?? nearest(mine, on, definitions);
    return own === undefined
      ? []
      : [routeOver(context, client, server, port, ends(own, on, client, server, definitions))];
  });
}

type Pair = readonly [a: SecondaryEnd, b: SecondaryEnd];

function ends(
  own: PodAttachment,
  on: PodAttachment,
  client: PodEnd,
  server: PodEnd,
  definitions: ReadonlyMap<string, Attachment>,
): Pair {
  return [
    { on: own, definition: definitions.get(own.network), node: client.pod.node },
    { on, definition: definitions.get(on.network), node: server.pod.node },
  ];
}

/** Another attachment that may reach the same wire: one of the same parent or resource. */
function nearest(
  mine: readonly PodAttachment[],
  on: PodAttachment,
  definitions: ReadonlyMap<string, Attachment>,
): PodAttachment | undefined {
  const there = definitions.get(on.network);
  return mine.find(({ network }) => {
    const here = definitions.get(network);
    const isOneParent = here?.plugin?.master != null && here.plugin.master === there?.plugin?.master;
    const isOneResource = here?.resource != null && here.resource === there?.resource;
    return isOneParent || isOneResource;
  });
}

function routeOver(context: Context, client: PodEnd, server: PodEnd, port: number | null, [a, b]: Pair): Route {
  const answer = canTalk(a, b);
  const path = new Path({
    source: a.on.ips[0] ?? null,
    destination: b.on.ips[0] ?? null,
    ...(port === null ? {} : { destinationPort: port }),
  });
  const mtu = a.definition?.plugin?.mtu ?? context.cluster.dataplane.network.hostMtu.value;
  const nameSource = (end: SecondaryEnd): 'observed' | 'assumed' => (end.on.attached === true ? 'observed' : 'assumed');
  const kind: HopKind = a.definition?.plugin?.type === 'sriov' ? 'vf' : 'podInterface';
  path.add({
    node: client.node,
    netns: 'pod',
    device: a.on.interface,
    nameSource: nameSource(a),
    kind,
    action: 'send',
    mtu,
  });
  path.weaken(answer.delivery, answer.reason);
  const flow = { client, server, a, b, port };
  if (!path.isStopped) passSecondaryGate(context, path, { ...flow, direction: 'Egress' });
  if (!path.isStopped) {
    between(path, client, server, [a, b], answer, mtu);
    path.seeByPolicy();
    path.add({
      node: server.node,
      netns: 'pod',
      device: b.on.interface,
      nameSource: nameSource(b),
      kind,
      action: 'deliver',
      mtu,
    });
    passSecondaryGate(context, path, { ...flow, direction: 'Ingress' });
    path.note('NOT_POLICED: neither NetworkPolicy nor Services hold on this network');
  }
  return path.finish(answer.when ?? 'always', b.on.network);
}

/** What lies between the two interfaces. */
function between(
  path: Path,
  client: PodEnd,
  server: PodEnd,
  [a, b]: Pair,
  { over }: SecondaryAnswer,
  mtu: number,
): void {
  const [mine, theirs] = [a.definition?.plugin, b.definition?.plugin];
  const isBridge = mine?.type === 'bridge';
  const device = (plugin: typeof mine): string | null =>
    isBridge ? (plugin?.bridge ?? 'cni0') : (plugin?.master ?? null);
  if (isBridge)
    path.add({
      node: client.node,
      netns: 'host',
      device: 'veth…',
      nameSource: 'random',
      kind: 'hostVeth',
      action: 'receive',
      mtu,
    });
  if (mine?.type === 'sriov') {
    path.add({ node: client.node, netns: 'none', device: null, kind: 'embeddedSwitch', action: 'switch', mtu });
  } else {
    const kind = isBridge ? 'bridge' : 'nic';
    const action = over === 'inside' ? 'switch' : 'send';
    path.add({ node: client.node, netns: 'host', device: device(mine), nameSource: 'observed', kind, action, mtu });
  }
  if (over === 'outside') {
    path.add({ node: null, netns: 'none', device: null, kind: 'fabric', action: 'switch', mtu });
    if (theirs?.type === 'sriov')
      path.add({ node: server.node, netns: 'none', device: null, kind: 'embeddedSwitch', action: 'switch', mtu });
    else
      path.add({
        node: server.node,
        netns: 'host',
        device: device(theirs),
        nameSource: 'observed',
        kind: isBridge ? 'bridge' : 'nic',
        action: 'receive',
        mtu,
      });
  }
  if (isBridge)
    path.add({
      node: server.node,
      netns: 'host',
      device: 'veth…',
      nameSource: 'random',
      kind: 'hostVeth',
      action: 'send',
      mtu,
    });
}
