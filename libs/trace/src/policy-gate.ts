import { judgeFlow, type Party } from '#engine';
import type { Direction, Node } from '#model';
import { askedAt, type Context } from './context.js';
import type { Path } from './path.js';
import type { TracedGate } from './trace.js';

interface GateQuestion {
  readonly direction: Direction;
  readonly node: Node | null;
  readonly source: Party;
  readonly destination: Party;
  readonly port: number | null;
  readonly viaService: boolean;
  /** The host's end of the subject's link. */
  readonly device: string;
  /** What the packet passes there: it is the node's own at one end, or neither. */
  readonly chain: 'FORWARD' | 'INPUT' | 'OUTPUT';
}

/** Runs a packet through the gate of one direction, as the cluster's engine has it, and says what becomes of it. */
export function passGate(context: Context, path: Path, question: GateQuestion): void {
  const { cluster, family, semantics, question: asked } = context;
  const { direction, node, source, destination, port, viaService, device, chain } = question;
  const judged = judgeFlow(cluster, {
    direction,
    source,
    destination,
    family,
    asked: askedAt(context, port),
    viaService,
    semantics,
  });
  if (judged === null) return;
  const { gate } = judged;
  const enforcement = asked.mode === 'intended' ? 'enforced' : judged.enforcement;
  const engine = cluster.dataplane.policyEngine.value;
  const subject = direction === 'Egress' ? source : destination;
  if (engine === 'none' && enforcement !== 'enforced') {
    const policies = gate.decidedBy.length + gate.considered.length;
    if (policies > 0) {
      path.note(
        `NOT_ENFORCED: ${policies} policies select ${subject.text} for ${direction.toLowerCase()}, but nothing implements them`,
      );
    }
    return;
  }
  path.gate(
    node,
    {
      ...gate,
      engine,
      hook: hookOf(context, engine, { direction, device, chain }),
      enforcement,
      denyAction: denyActionOf(context, engine),
    },
    device,
  );
  if (gate.verdict === 'allowed') return;
  if (engine === 'kube-router' && asked.protocol === 'ICMP') {
    path.note('ICMP_ALWAYS_ACCEPTED: kube-router lets echo requests through whatever policies say');
    return;
  }
  const name = `${direction.toUpperCase()}_${gate.verdict === 'denied' ? 'DENIED' : 'UNDECIDED'}`;
  const what = `${name}: ${subject.text} at ${node?.name ?? 'its node'}`;
  if (gate.verdict !== 'denied') {
    path.weaken(gate.verdict === 'unknown' ? 'unknown' : 'conditional', what);
    return;
  }
  if (enforcement === 'enforced') path.weaken('blockedByPolicy', what);
  else if (enforcement === 'unknown') {
    path.weaken(
      'conditional',
      `ENFORCEMENT_UNKNOWN: policies deny ${subject.text}, and nobody knows whether ${node?.name ?? 'its node'} enforces them`,
    );
  } else path.note(`NOT_ENFORCED: policies deny ${subject.text}, but nothing implements them`);
}

/** Where an engine hooks in (dataplane A.6). */
function hookOf(
  { cluster }: Context,
  engine: string,
  { direction, device, chain }: Pick<GateQuestion, 'direction' | 'device' | 'chain'>,
): string {
  const isEgress = direction === 'Egress';
  switch (engine) {
    case 'calico':
      if (cluster.dataplane.network.calico?.ebpf === true)
        return isEgress ? `tc ingress of ${device}` : `tc egress of ${device}`;
      if (isEgress && chain === 'INPUT') return `cali-INPUT → cali-wl-to-host → cali-fw-${device}`;
      return isEgress ? `cali-fw-${device}` : `cali-tw-${device}`;
    case 'kube-router':
      return `KUBE-ROUTER-${chain} → KUBE-POD-FW-…`;
    case 'kube-network-policies':
      return `inet kube-network-policies ${chain === 'INPUT' ? 'input' : 'postrouting'} (NFQUEUE)`;
    case 'cilium':
      return isEgress ? `tc ingress of ${device}` : `tc egress of ${device}`;
    case 'aws-network-policy-agent':
      return isEgress ? `tc ingress of ${device}` : `tc egress of ${device}`;
    case 'antrea':
      return isEgress ? 'Open vSwitch: table EgressRule' : 'Open vSwitch: table IngressRule';
    case 'ovn-kubernetes':
      return isEgress ? 'OVN: ACLs from-lport' : 'OVN: ACLs to-lport';
    default:
      return `${engine}: ${direction.toLowerCase()}`;
  }
}

/** What a denied client notices: silence, or a refusal. */
function denyActionOf({ cluster }: Context, engine: string): TracedGate['denyAction'] {
  if (engine === 'kube-router') return 'REJECT';
  return engine === 'calico' && cluster.dataplane.network.calico?.denyAction === 'Reject' ? 'REJECT' : 'DROP';
}
