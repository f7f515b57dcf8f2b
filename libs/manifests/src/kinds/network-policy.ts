import { parseLegacyCidr } from '../validation/cidr.js';
import type { Decoder, Fields } from '../validation/decoder.js';
import type { RemarkCode } from '../validation/remark.js';
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
    if (policy.policyTypes.length === 0) remarkDefaults(decoder, object, policy);
    remarkCidrs(decoder, policy);
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

type DecodedPolicy = ReturnType<typeof decodePolicy>;

/** What the server makes of absent policyTypes is known to few. */
function remarkDefaults(decoder: Decoder, { spec }: Fields, { ingress, egress }: DecodedPolicy): void {
  const field = 'spec.policyTypes';
  if (egress.length > 0 && ingress.length === 0) {
    const detail = 'is absent, so that the policy isolates ingress as well, although it has egress rules only';
    decoder.remark({ code: 'EGRESS_RULES_ISOLATE_INGRESS', field, detail });
  }
  if (egress.length === 0 && Array.isArray((spec as Fields | null | undefined)?.egress)) {
    const detail = 'is absent and egress is empty, which does not isolate egress';
    decoder.remark({ code: 'EMPTY_EGRESS_NOT_ISOLATING', field, detail });
  }
}

function remarkCidrs(decoder: Decoder, { ingress, egress }: DecodedPolicy): void {
  for (const [rules, name, peerField] of [
    [ingress, 'ingress', 'from'],
    [egress, 'egress', 'to'],
  ] as const) {
    rules.forEach(({ peers }, i) => {
      peers.forEach(({ ipBlock }, j) => {
        if (ipBlock === null) return;
        const at = `spec.${name}[${i}].${peerField}[${j}].ipBlock`;
        remarkCidr(decoder, ipBlock.cidr, `${at}.cidr`);
        ipBlock.except.forEach((cidr, k) => remarkCidr(decoder, cidr, `${at}.except[${k}]`));
      });
    });
  }
}

/** Newer servers refuse what is not in canonical form. */
function remarkCidr(decoder: Decoder, text: string, field: string): void {
  const cidr = parseLegacyCidr(text);
  if (cidr === null) return;
  const odd: [RemarkCode, boolean, string][] = [
    ['CIDR_LEADING_ZERO', cidr.leadingZeros, 'has leading zeros, which count as decimal'],
    ['CIDR_V4_MAPPED', cidr.isMapped, 'is an IPv4 block in IPv6 notation'],
    ['CIDR_HOST_BITS', cidr.hasHostBits, 'has bits set beyond the prefix length'],
  ];
  for (const [code, is, what] of odd) {
    if (is) decoder.remark({ code, field, detail: `${what}: ${cidr.text} is meant`, value: text });
  }
}
