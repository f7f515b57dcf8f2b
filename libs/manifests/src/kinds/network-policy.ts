import { parseLegacyCidr } from '../validation/cidr.js';
import { networkPolicyShape } from '../validation/policy-shapes.js';
import { decodePolicy, validateNetworkPolicy } from '../validation/validate-network-policy.js';
import type { KindReader } from './kind-reader.js';

/**
 * NetworkPolicy in upstream's shape with every default written out: `policyTypes` as the server computes them, protocol
 * TCP, CIDRs in canonical form. Lists keep their order, since answers name rules by their number.
 */
export const networkPolicyReader: KindReader = {
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  versions: ['v1'],
  aliases: ['extensions/v1beta1'],
  namespaced: true,
  isPolicy: true,
  shape: networkPolicyShape,
  unknownFields: 'Dropped',
  read(object, decoder) {
    for (const complaint of validateNetworkPolicy(object, { strictCidr: false })) {
      // What else is wrong with the metadata is complained of for every kind.
      if (complaint.field.startsWith('spec') || complaint.field === 'metadata.annotations') decoder.complain(complaint);
    }
    if (decoder.complaints.length > 0) return {};
    const policy = decodePolicy(decoder, object);
    const defaults = policy.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
    type Rules = typeof policy.ingress;
    const rules = (list: Rules, peerField: 'from' | 'to'): Record<string, unknown>[] =>
      list.map(({ ports, peers }) => ({
        ports: ports.map(({ protocol, port, endPort }) => ({
          protocol: protocol ?? 'TCP',
          port: port ?? undefined,
          endPort: endPort ?? undefined,
        })),
        [peerField]: peers.map(({ podSelector, namespaceSelector, ipBlock }) => ({
          podSelector: podSelector ?? undefined,
          namespaceSelector: namespaceSelector ?? undefined,
          ipBlock:
            ipBlock === null
              ? undefined
              : { cidr: canonicalCidr(ipBlock.cidr), except: ipBlock.except.map(canonicalCidr) },
        })),
      }));
    return {
      spec: {
        podSelector: policy.podSelector,
        policyTypes: policy.policyTypes.length > 0 ? policy.policyTypes : defaults,
        ingress: rules(policy.ingress, 'from'),
        egress: rules(policy.egress, 'to'),
      },
    };
  },
};

function canonicalCidr(text: string): string {
  return parseLegacyCidr(text)?.text ?? text;
}
