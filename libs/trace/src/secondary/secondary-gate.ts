import { judgeFlow, openCluster, type Party, resolvePeer } from '#engine';
import { type Component, defaultSemantics, type Direction, formatObjectRef, type Pod, type Policy } from '#model';
import { askedAt, type Context } from '../context.js';
import type { PodEnd } from '../ends.js';
import type { Path } from '../path.js';
import type { SecondaryEnd } from './can-talk.js';

/** A flow over a secondary network, at the subject of one direction. */
export interface SecondaryFlow {
  readonly direction: Direction;
  readonly client: PodEnd;
  readonly server: PodEnd;
  readonly a: SecondaryEnd;
  readonly b: SecondaryEnd;
  readonly port: number | null;
}

/**
 * Runs a packet through the MultiNetworkPolicies of its subject's network, and says what becomes of it (dataplane D.4).
 * They are policies like any other over the addresses of that network, so the engine judges the two pods alone. Cost:
 * a compile of two pods with the policies of the network.
 */
export function passSecondaryGate(context: Context, path: Path, flow: SecondaryFlow): void {
  const { direction, client, server, a, b } = flow;
  const [subject, end] = direction === 'Egress' ? [client, a] : [server, b];
  const { network } = end.on;
  const policies = policiesFor(context, flow);
  const unread = context.cluster.model.notUnderstood.filter(
    ({ ref }) => ref.kind === 'MultiNetworkPolicy' && [null, subject.pod.namespace].includes(ref.namespace),
  );
  if (policies.length + unread.length === 0) return;
  const daemon = context.cluster.model.components.find(isPolicyDaemon);
  if (daemon === undefined) {
    path.note(`NOT_ENFORCED: MultiNetworkPolicies are for ${network}, but nothing implements them`);
    return;
  }
  const plugin = end.definition?.plugin?.type;
  if (plugin === undefined || !pluginsOf(daemon).includes(plugin)) {
    const covered = pluginsOf(daemon).join(', ');
    path.note(
      `NOT_POLICED: ${daemon.ref.name} covers networks of ${covered}, and ${network} is of ${plugin ?? 'none'}`,
    );
    return;
  }
  if (unread.length > 0) {
    const names = unread.map(({ ref }) => formatObjectRef(ref)).join(', ');
    path.weaken('unknown', `NOT_UNDERSTOOD: ${names} may change it`);
  }
  const judged = judge(context, flow, policies);
  if (judged === null) {
    path.weaken('unknown', `ADDRESS_UNKNOWN: no object shows the addresses of both pods on ${network}`);
    return;
  }
  const { gate } = judged;
  if (gate.decidedBy.length + gate.considered.length === 0) return;
  const isTc = daemon.ref.name.includes('-tc');
  path.gate(
    subject.node,
    {
      ...gate,
      engine: daemon.ref.name,
      hook: isTc ? `tc on ${end.on.interface}` : 'iptables in the network namespace of the pod',
      enforcement: 'enforced',
      denyAction: 'DROP',
    },
    end.on.interface,
  );
  const what = `${direction.toUpperCase()}_${gate.verdict === 'denied' ? 'DENIED' : 'UNDECIDED'}: ${subject.party.text} on ${network}`;
  if (gate.verdict === 'denied') path.weaken('blockedByPolicy', what);
  else if (gate.verdict !== 'allowed') path.weaken(gate.verdict === 'unknown' ? 'unknown' : 'conditional', what);
}

function isPolicyDaemon({ ref }: Component): boolean {
  return ref.kind === 'DaemonSet' && ref.name.startsWith('multi-networkpolicy-');
}

/** Plugins whose networks the daemon looks after; macvlan where it is not told. */
function pluginsOf({ containers }: Component): readonly string[] {
  const args = containers.flatMap((container) => container.args);
  const at = args.findIndex((arg) => /^--?network-plugins(=|$)/.test(arg));
  const value = at < 0 ? undefined : args[at].includes('=') ? args[at].split('=')[1] : args[at + 1];
  return (value ?? 'macvlan').split(',').map((name) => name.trim());
}

/** The policies for the subject's network. Pods are met as peers on networks of the policy only. */
function policiesFor({ cluster: { model } }: Context, { direction, a, b }: SecondaryFlow): Policy[] {
  const [own, other] = direction === 'Egress' ? [a, b] : [b, a];
  return model.secondaryPolicies
    .filter(({ networks }) => networks.includes(own.on.network))
    .map(({ policy, networks }) => (networks.includes(other.on.network) ? policy : withoutPodPeers(policy)));
}

function withoutPodPeers(policy: Policy): Policy {
  const without = (rules: Policy['ingress']): Policy['ingress'] =>
    rules.map((rule) => ({ ...rule, peers: rule.peers?.filter(({ kind }) => kind !== 'Pods') ?? null }));
  return { ...policy, ingress: without(policy.ingress), egress: without(policy.egress) };
}

function judge(
  context: Context,
  { direction, client, server, a, b, port }: SecondaryFlow,
  policies: readonly Policy[],
): ReturnType<typeof judgeFlow> {
  const { model, dataplane } = context.cluster;
  const [from, to] = [podOn(client.pod, a), podOn(server.pod, b)];
  const family = to.addresses[0]?.includes(':') ? 'IPv6' : 'IPv4';
  const cluster = openCluster({
    model: {
      namespaces: model.namespaces,
      nodes: [],
      pods: [from, to],
      workloads: [],
      services: [],
      entries: [],
      policies,
      secondaryPolicies: [],
      notUnderstood: [],
      components: [],
      networkObjects: [],
      info: { ...model.info, semantics: {} },
    },
    dataplane: {
      ...dataplane,
      enforcement: { value: 'yes', provenance: 'configured' },
      perNode: [],
      semantics: { value: defaultSemantics, provenance: 'assumed' },
    },
  });
  const party = (pod: Pod): Party | null => {
    const resolved = resolvePeer(cluster, `pod:${pod.namespace}/${pod.name}`, 'to');
    return resolved.kind === 'Parties' ? (resolved.parties[0] ?? null) : null;
  };
  const [source, destination] = [party(from), party(to)];
  if (source === null || destination === null) return null;
  const asked = askedAt(context, port);
  return judgeFlow(cluster, { direction, source, destination, family, asked, viaService: false, semantics: null });
}

/** A pod as it is on a secondary network. */
function podOn({ namespace, name, labels, serviceAccount, ports }: Pod, { on }: SecondaryEnd): Pod {
  const first = (isWide: boolean): string[] => on.ips.filter((ip) => ip.includes(':') === isWide).slice(0, 1);
  return {
    namespace,
    name,
    labels,
    addresses: [...first(false), ...first(true)],
    node: null,
    hostNetwork: false,
    phase: 'Running',
    ready: true,
    serviceAccount,
    ports,
    workload: null,
    annotations: {},
    origin: 'Observed',
  };
}
