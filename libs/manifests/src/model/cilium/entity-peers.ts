import type { Direction, RulePeer } from '#model';
import type { CiliumEntity } from '../stored-cilium.js';
import { everyPod, not, outside, outsideOf } from './plain-peers.js';

/** What entities mean in a rule of a direction. */
export interface EntitySurroundings {
  readonly direction: Direction;
  /** The addresses of the API server, as CIDRs; null where the snapshot does not tell. */
  readonly apiServer: readonly string[] | null;
}

/**
 * Whom an entity stands for; null: everyone (policy semantics 4). A pod lets its own node in before every rule, so that in
 * rules for ingress `host` stands for nobody. What no snapshot shows, such as Cilium's own health endpoints, is nobody.
 */
export function entityPeers(entity: CiliumEntity, { direction, apiServer }: EntitySurroundings): RulePeer[] | null {
  switch (entity) {
    case 'all':
      return null;
    case 'world':
      return [outside];
    case 'world-ipv4':
      return [outsideOf('IPv4')];
    case 'world-ipv6':
      return [outsideOf('IPv6')];
    case 'cluster':
      return [not(outside), ...(apiServer === null ? [] : addressesOf(apiServer))];
    case 'host':
      return direction === 'Egress' ? [{ kind: 'OwnNode' }] : [];
    case 'remote-node':
      return [{ kind: 'All', of: [...nodes, ...(direction === 'Egress' ? [not({ kind: 'OwnNode' })] : [])] }];
    case 'kube-apiserver':
      return apiServer === null
        ? [{ kind: 'All', of: [not(everyPod), { kind: 'Undecidable', what: 'which addresses the API server has' }] }]
        : addressesOf(apiServer);
    case 'ingress':
    case 'unmanaged':
    case 'init':
    case 'health':
    case 'none':
      return [];
  }
}

const nodes: readonly RulePeer[] = [not(outside), not(everyPod)];

function addressesOf(cidrs: readonly string[]): RulePeer[] {
  return [{ kind: 'Addresses', cidrs, except: [] }];
}
