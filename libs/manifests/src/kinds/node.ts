import { members } from '../reading/wanted.js';
import { addressComplaint } from '../validation/address-complaint.js';
import type { KindReader } from './kind-reader.js';
import { nodeAnnotations } from './kept.js';
import { wantedObject } from './wanted-object.js';

/** Nodes: their addresses, pod CIDRs, and the annotations that dataplane detection reads. */
export const nodeReader: KindReader = {
  group: '',
  kind: 'Node',
  versions: ['v1'],
  namespaced: false,
  annotations: nodeAnnotations,
  wanted: wantedObject({
    spec: members({ podCIDRs: 'All', podCIDR: 'All', providerID: 'All' }),
    status: members({ addresses: 'All', conditions: 'All', nodeInfo: members({ kubeletVersion: 'All' }) }),
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
        };
      })
      .filter(({ type }) => type === 'Ready' || type === 'NetworkUnavailable');
    return {
      spec: {
        podCIDRs: podCidrs.length > 0 ? podCidrs : single === null || single === '' ? [] : [single],
        providerID: decoder.text(spec.providerID, 'spec.providerID') ?? undefined,
      },
      status: {
        addresses,
        conditions,
        nodeInfo: { kubeletVersion: decoder.text(info.kubeletVersion, 'status.nodeInfo.kubeletVersion') ?? undefined },
      },
    };
  },
};
