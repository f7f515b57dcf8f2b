import { type Attachment, cidrHolds, type PodAttachment } from '#dataplane';
import type { Delivery } from '../trace.js';

/** One end of a secondary network. */
export interface SecondaryEnd {
  readonly on: PodAttachment;
  readonly definition: Attachment | undefined;
  readonly node: string | null;
}

/** Whether two attachments can talk, and over what (dataplane D.3). */
export interface SecondaryAnswer {
  readonly delivery: Delivery;
  readonly reason: string | null;
  /** What decides; null where nothing has to. */
  readonly when: string | null;
  /** `inside`: never leaves the node; `outside`: over the parents' network. */
  readonly over: 'inside' | 'outside';
}

const inside: SecondaryAnswer = { delivery: 'delivered', reason: null, when: null, over: 'inside' };

/** Checked in the order of dataplane D.3: the first that applies decides. */
export function canTalk(a: SecondaryEnd, b: SecondaryEnd): SecondaryAnswer {
  const refusal = cannotTalk(a, b);
  if (refusal !== null) return { ...inside, delivery: 'unreachable', reason: refusal };
  const [mine, theirs] = [a.definition?.plugin, b.definition?.plugin];
  if (mine == null || theirs == null) {
    const reason = `DEFINITION_UNKNOWN: what ${mine == null ? a.on.network : b.on.network} is made of no object shows`;
    return { ...inside, delivery: 'unknown', reason };
  }
  if (mine.type !== theirs.type) {
    return {
      ...inside,
      delivery: 'conditional',
      over: 'outside',
      reason: `MIXED_TYPES: ${mine.type} and ${theirs.type}`,
      when: 'both hang on one L2 segment',
    };
  }
  const isNear = a.node !== null && a.node === b.node;
  const isOneParent = isNear && (mine.master ?? '') === (theirs.master ?? '');
  switch (mine.type) {
    case 'bridge':
      return bridge(
        isNear && (mine.bridge ?? 'cni0') === (theirs.bridge ?? 'cni0'),
        mine.vlan === theirs.vlan,
        mine.portIsolation || theirs.portIsolation,
      );
    case 'macvlan':
      return isOneParent ? macvlanSiblings(mine.mode ?? 'bridge') : overSwitch('both parents are on one L2 segment');
    case 'ipvlan':
      if (isOneParent) return inside;
      return overSwitch(
        (mine.mode ?? 'l2') === 'l2'
          ? 'both parents are on one L2 segment'
          : 'the fabric has routes to the addresses of the other node',
      );
    case 'sriov':
      if ((mine.vlan ?? 0) !== (theirs.vlan ?? 0)) {
        return {
          ...inside,
          delivery: 'unreachable',
          reason: `VLAN_DIFFERS: ${mine.vlan ?? 0} and ${theirs.vlan ?? 0}, and nothing routes between them`,
        };
      }
      return isNear && a.definition?.resource === b.definition?.resource
        ? inside
        : overSwitch('the switch carries the VLAN to both ports');
    case 'vlan':
      return isOneParent && mine.vlan === theirs.vlan
        ? inside
        : overSwitch('the switch carries the VLAN to both ports');
    default:
      return { ...overSwitch('the plugin carries it'), reason: `PLUGIN_NOT_MODELLED: ${mine.type}` };
  }
}

function cannotTalk(a: SecondaryEnd, b: SecondaryEnd): string | null {
  for (const { on } of [a, b]) {
    if (on.attached === false) return `NOT_ATTACHED: the network status does not have ${on.network}`;
  }
  const shared = a.on.ips.find((ip) => b.on.ips.includes(ip));
  if (shared !== undefined) return `ADDRESS_TWICE: both have ${shared}`;
  const ipam = a.definition?.plugin?.ipam;
  const [address] = b.on.ips;
  if (ipam === undefined || ipam.subnets.length === 0 || address === undefined) return null;
  const isCovered = [...ipam.subnets, ...ipam.routes].some((cidr) => cidrHolds(cidr, address)) || ipam.hasGateway;
  return isCovered
    ? null
    : `OTHER_SUBNET: ${address} is in none of ${ipam.subnets.join(', ')}, and there is no route to it`;
}

function bridge(isOneBridge: boolean, isOneVlan: boolean, isolated: boolean): SecondaryAnswer {
  if (!isOneBridge) {
    const reason = 'BRIDGE_IS_LOCAL: a bridge ends at its node unless an interface is enslaved to it';
    return {
      delivery: 'conditional',
      reason,
      when: 'an interface of each node is enslaved to the bridge',
      over: 'outside',
    };
  }
  if (!isOneVlan)
    return {
      ...inside,
      delivery: 'unreachable',
      reason: 'VLAN_DIFFERS: the ports of the bridge are in different VLANs',
    };
  return isolated
    ? {
        ...inside,
        delivery: 'unreachable',
        reason: 'PORT_ISOLATION: the bridge does not switch between isolated ports',
      }
    : inside;
}

function macvlanSiblings(mode: string): SecondaryAnswer {
  switch (mode) {
    case 'bridge':
      return inside;
    case 'vepa': {
      const reason = 'MACVLAN_VEPA: siblings talk only by way of the switch';
      return {
        delivery: 'conditional',
        reason,
        when: 'the adjacent switch sends frames back where they came from',
        over: 'outside',
      };
    }
    case 'private':
      return {
        ...inside,
        delivery: 'unreachable',
        reason: 'MACVLAN_PRIVATE: siblings never talk, even where the switch reflects frames',
      };
    case 'passthru':
      return { ...inside, delivery: 'unreachable', reason: 'MACVLAN_PASSTHRU: a parent has only one child' };
    default:
      return { ...inside, delivery: 'unknown', reason: `MACVLAN_MODE: ${mode} is no mode` };
  }
}

function overSwitch(when: string): SecondaryAnswer {
  return { delivery: 'conditional', reason: null, when, over: 'outside' };
}
