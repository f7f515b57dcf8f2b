import { members } from '../reading/wanted.js';
import { addressComplaint } from '../validation/address-complaint.js';
import type { KindReader } from './kind-reader.js';
import { k3sFlags, nodeAnnotations } from './kept.js';
import { wantedObject } from './wanted-object.js';

/** Nodes: their addresses, pod CIDRs, and the annotations that dataplane detection reads. */
export const nodeReader: KindReader = {
  group: '',
  kind: 'Node',
  versions: ['v1'],
  namespaced: false,
  annotations: nodeAnnotations,
  redactAnnotation: (key, value) => (key === 'k3s.io/node-args' ? keptNodeArgs(value) : value),
  wanted: wantedObject({
    spec: members({ podCIDRs: 'All', podCIDR: 'All', providerID: 'All' }),
    status: members({
      addresses: 'All',
      allocatable: members({ pods: 'All' }),
      conditions: 'All',
      nodeInfo: members({ kubeletVersion: 'All', operatingSystem: 'All' }),
    }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    const status = decoder.fields(object.status, 'status');
    const info = decoder.fields(status.nodeInfo, 'status.nodeInfo');
    const podCidrs = decoder.elements(spec.podCIDRs, 'spec.podCIDRs', (cidr, at) => decoder.text(cidr, at) ?? '');
    const single = decoder.text(spec.podCIDR, 'spec.podCIDR');
    const addresses = decoder
      .elements(status.addresses, 'status.addresses', (entry, at) => {
        const fields = decoder.fields(entry, at);
        const type = decoder.text(fields.type, `${at}.type`) ?? '';
        const address = decoder.text(fields.address, `${at}.address`) ?? '';
        const isAddress = type === 'InternalIP' || type === 'ExternalIP';
        return { type, address: isAddress ? addressComplaint(decoder, address, `${at}.address`) : '' };
      })
      .filter(({ address }) => address !== '');
    const conditions = decoder
      .elements(status.conditions, 'status.conditions', (entry, at) => {
        const fields = decoder.fields(entry, at);
        return {
          type: decoder.text(fields.type, `${at}.type`) ?? '',
          status: decoder.text(fields.status, `${at}.status`) ?? '',
          reason: decoder.text(fields.reason, `${at}.reason`) ?? '',
          message: networkMessage(decoder.text(fields.message, `${at}.message`) ?? ''),
        };
      })
      .filter(({ type }) => type === 'Ready' || type === 'NetworkUnavailable');
    const allocatable = decoder.fields(status.allocatable, 'status.allocatable');
    return {
      spec: {
        podCIDRs: podCidrs.length > 0 ? podCidrs : single === null || single === '' ? [] : [single],
        providerID: decoder.text(spec.providerID, 'spec.providerID') ?? undefined,
      },
      status: {
        addresses,
        allocatable: allocatable.pods === undefined ? undefined : { pods: String(allocatable.pods) },
        conditions,
        nodeInfo: {
          kubeletVersion: decoder.text(info.kubeletVersion, 'status.nodeInfo.kubeletVersion') ?? undefined,
          operatingSystem: info.operatingSystem === 'windows' ? 'windows' : undefined,
        },
      },
    };
  },
};

/** Of what a node says when it is not ready, only that its network is to blame is of interest. */
function networkMessage(message: string): string | undefined {
  return /cni plugin not initialized|network plugin is not ready|cni config uninitialized|NetworkPluginNotReady/i.exec(
    message,
  )?.[0];
}

/** The words of a k3s command line that speak of networks: the others may hold tokens. */
function keptNodeArgs(text: string): string {
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch {
    return '[]';
  }
  if (!Array.isArray(words)) return '[]';
  const list = words.map(String);
  const kept = list.filter((word, i) => {
    if (word.startsWith('-')) return k3sFlags.test(word.split('=')[0]);
    const before = list[i - 1] ?? '';
    return i === 0 || (before.startsWith('-') && !before.includes('=') && k3sFlags.test(before));
  });
  return JSON.stringify(kept);
}
