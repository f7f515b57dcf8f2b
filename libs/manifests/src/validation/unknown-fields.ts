import type { Fields } from './decoder.js';

type Shape = { readonly [field: string]: Shape | readonly [Shape] | null };

const selector: Shape = { matchLabels: null, matchExpressions: [{ key: null, operator: null, values: null }] };
const ports: readonly [Shape] = [{ protocol: null, port: null, endPort: null }];
const peers: readonly [Shape] = [
  { podSelector: selector, namespaceSelector: selector, ipBlock: { cidr: null, except: null } },
];
const networkPolicySpec: Shape = {
  podSelector: selector,
  policyTypes: null,
  ingress: [{ ports, from: peers }],
  egress: [{ ports, to: peers }],
};

/**
 * Paths in a NetworkPolicy that upstream does not know. The server drops them, so that `podSelecter` selects every
 * pod: worth a warning.
 */
export function unknownNetworkPolicyFields(object: Fields): string[] {
  return unknownIn(object.spec, networkPolicySpec, 'spec');
}

function unknownIn(value: unknown, shape: Shape | readonly [Shape] | null, path: string): string[] {
  if (shape === null || value === null || typeof value !== 'object') return [];
  if (isListOf(shape))
    return Array.isArray(value) ? value.flatMap((element, i) => unknownIn(element, shape[0], `${path}[${i}]`)) : [];
  return Object.entries(value).flatMap(([key, member]) =>
    Object.hasOwn(shape, key) ? unknownIn(member, shape[key], `${path}.${key}`) : [`${path}.${key}`],
  );
}

function isListOf(shape: Shape | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}
