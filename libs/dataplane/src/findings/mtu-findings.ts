import type { ClusterModel, Dataplane, Finding, ObjectRef } from '#model';
import { flannelLink } from '../flannel/flannel-link.js';
import { tunnelMtuOf } from '../pod-mtu.js';
import { found } from './found.js';
import { segmentsOf } from './segments-of.js';

/** MTUs that are written down and those that follow from the host's (MTU-001 to MTU-004). */
export function mtuFindings(model: ClusterModel, { network }: Dataplane): Finding[] {
  const { kind, flannel, calico, kubeRouter, hostMtu } = network;
  const evidence = { hostMtu: hostMtu.value, hostMtuProvenance: hostMtu.provenance };
  const compare = (
    what: string,
    explicit: number | null,
    possible: number | null,
    subjects: readonly ObjectRef[],
  ): Finding[] => {
    if (explicit === null || possible === null || explicit === possible) return [];
    return explicit > possible
      ? [
          found(
            'MTU-001',
            `${what} is ${explicit}, but only ${possible} fits: packets are fragmented or lost`,
            subjects,
            { evidence },
          ),
        ]
      : [found('MTU-002', `${what} is ${explicit}, and ${possible} would fit`, subjects, { evidence })];
  };
  const at = (ref: ObjectRef | null): ObjectRef[] => (ref === null ? [] : [ref]);
  const findings: Finding[] = [];
  if (kind === 'flannel' && flannel?.config != null) {
    findings.push(
      ...compare('the MTU of the CNI configuration', flannel.cniMtu, tunnelMtuOf(network), at(flannel.from)),
    );
    const { mtu } = flannel.config.backend;
    findings.push(...compare('Backend.MTU', mtu, hostMtu.value, at(flannel.from)));
  }
  if (kind === 'canal' && flannel?.config != null && calico !== null) {
    const { overheadBytes } = flannelLink(flannel.config.backend);
    if (calico.vethMtu === null && overheadBytes > 0) {
      findings.push(
        found(
          'MTU-003',
          `veth_mtu is not set: pods get ${hostMtu.value}, flannel's tunnel carries ${tunnelMtuOf(network)}`,
          at(flannel.from),
          { evidence },
        ),
      );
    }
    findings.push(...compare('veth_mtu', calico.vethMtu, tunnelMtuOf(network), at(flannel.from)));
  }
  if (kind === 'calico' && calico !== null) {
    const uses = {
      ipip: calico.pools.some(({ ipipMode }) => ipipMode !== 'Never'),
      vxlan: calico.pools.some(({ vxlanMode }) => vxlanMode !== 'Never'),
    };
    const overhead = Math.max(0, uses.ipip ? 20 : 0, uses.vxlan ? 50 : 0, calico.wireguard ? 60 : 0);
    findings.push(
      ...compare('the MTU of pods', calico.vethMtu, hostMtu.value - overhead, at(calico.from)),
      ...(uses.ipip ? compare('ipipMTU', calico.ipipMtu, hostMtu.value - 20, at(calico.from)) : []),
      ...(uses.vxlan ? compare('vxlanMTU', calico.vxlanMtu, hostMtu.value - 50, at(calico.from)) : []),
      ...(calico.wireguard ? compare('wireguardMTU', calico.wireguardMtu, hostMtu.value - 60, at(calico.from)) : []),
    );
  }
  if (kind === 'kube-router' && kubeRouter !== null) {
    const isUsed =
      kubeRouter.overlay && (kubeRouter.overlayType === 'full' || segmentsOf(network, model.nodes).apart !== null);
    const bytes = kubeRouter.overlayEncap === 'fou' ? 32 : 20;
    // With --auto-mtu kube-router writes the MTU itself, over what is configured.
    const explicit = kubeRouter.autoMtu ? null : kubeRouter.cniMtu;
    findings.push(
      ...compare('the MTU of kube-bridge', explicit, hostMtu.value - (isUsed ? bytes : 0), at(kubeRouter.from)),
    );
    if (isUsed && kubeRouter.autoMtu)
      findings.push(
        found('MTU-004', `tunnels between nodes carry ${bytes} bytes less than pods send`, at(kubeRouter.from), {
          evidence,
        }),
      );
  }
  return findings;
}
