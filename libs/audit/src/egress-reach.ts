import { noAddress, notUnderstoodFlag, outsideClass, policiesSelecting, ruleConnections } from '#engine';
import { type Finding, noOwner, type ObjectRef, type Pod, type PortProtocol } from '#model';
import { podRef } from '#dataplane';
import type { Audited } from './audited.js';
import { lint } from './lint.js';
import type { LintId } from './lint-catalogue.js';

/** Something that pods want to reach, as the index knows it. */
export interface WantedDestination {
  readonly class: number;
  /** Address blocks that it has, one for each family. */
  readonly blocks: readonly number[];
  readonly port: number;
  /** The number of its own pod, or of the node it is; its own traffic is not asked about. */
  readonly pod: number;
  readonly node: number;
}

/** Pods that the same policies keep from something. */
export interface CutOff {
  readonly profile: number;
  readonly pods: number;
  readonly first: number;
  /** One pod of each workload. */
  readonly members: readonly ObjectRef[];
}

/** What pods may open connections to, by the policies that apply to them: each profile is asked once. */
export class EgressReach {
  constructor(readonly audited: Audited) {}

  /** Whether pods with a profile may, or perhaps may, open a connection. */
  mayReach(profile: number, to: WantedDestination, protocol: PortProtocol): boolean {
    const { index } = this.audited.cluster;
    if ((index.arrays.profileFlags[profile] & notUnderstoodFlag) !== 0) return true;
    const { sets, outcomes } = index;
    const port = { kind: 'Range', protocol, first: to.port, last: to.port } as const;
    const wanted = ruleConnections({ action: 'Allow', peers: null, ports: [port] }, new Map(), sets);
    return to.blocks.some((block) => {
      const outcome = index.outcome(profile, to.class, block);
      const possible = sets.union(outcomes.allowed(outcome), outcomes.unknown(outcome));
      return sets.intersection(possible, wanted) !== sets.none;
    });
  }

  /** The pods of which `isCutOff` says so by their profile, by profile. Cost: linear in the pods. */
  cutOff(isCutOff: (profile: number) => boolean, destinations: readonly WantedDestination[]): CutOff[] {
    const { index, lookups, model } = this.audited.cluster;
    const { podClass } = index.arrays;
    const { node } = lookups.columns();
    const { owner } = lookups.columns().owners();
    const known = new Map<number, boolean>();
    const found = new Map<number, { pods: number; first: number; members: ObjectRef[] }>();
    const seen = new Set<number>();
    const own = new Set(destinations.map(({ pod }) => pod));
    const ownNodes = new Set(destinations.map((destination) => destination.node));
    for (let pod = 0; pod < podClass.length; pod++) {
      if (podClass[pod] <= outsideClass) continue;
      const profile = index.profileOf('Egress', podClass[pod]);
      if (profile === 0) continue;
      let cut = known.get(profile);
      if (cut === undefined) known.set(profile, (cut = isCutOff(profile)));
      // Its own node is open to a pod, and a server does not need itself.
      if (!cut || own.has(pod) || ownNodes.has(node[pod])) continue;
      let group = found.get(profile);
      if (group === undefined) found.set(profile, (group = { pods: 0, first: pod, members: [] }));
      group.pods++;
      if (owner[pod] !== noOwner) {
        if (seen.has(owner[pod])) continue;
        seen.add(owner[pod]);
      }
      group.members.push(podRef(model.pods.at(pod) as Pod));
    }
    return [...found].map(([profile, group]) => ({ profile, ...group }));
  }

  /** One finding for each list of policies, about these policies. */
  *findings(id: LintId, cut: readonly CutOff[], what: string): Iterable<Finding> {
    const { cluster } = this.audited;
    for (const { pods, first } of cut) {
      const pod = cluster.model.pods.at(first) as Pod;
      const policies = policiesSelecting(cluster, pod.namespace, pod.name).filter(({ directions }) =>
        directions.includes('Egress'),
      );
      const message = `${pods === 1 ? 'a pod' : `${pods} pods`} that ${policies.length === 1 ? 'a policy applies' : `${policies.length} policies apply`} to ${what}: ${pod.namespace}/${pod.name}`;
      const subjects = [...policies.map(({ policy }) => policy), podRef(pod)];
      yield lint(id, message, subjects, { path: 'spec.egress', witness: this.audited.podText(first), pods });
    }
  }
}

/** The address blocks of a pod, one for each family that it has. */
export function blocksOfPod({ cluster: { index } }: Audited, pod: number): number[] {
  const { podBlock4, podBlock6 } = index.arrays;
  return [podBlock4[pod], podBlock6[pod]].filter((block) => block !== noAddress);
}
