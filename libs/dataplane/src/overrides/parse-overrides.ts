import { QuestionError } from '#model';

/** What a user may say about a network that its objects do not show; lists are joined by `+`. */
export interface DataplaneOverrides {
  readonly primary?: string;
  readonly policyEngine?: string;
  readonly enforcement?: 'yes' | 'partial' | 'no' | 'unknown';
  readonly proxy?: string;
  readonly proxyMode?: 'iptables' | 'ipvs' | 'nftables';
  readonly podCIDR?: string;
  readonly serviceCIDRs?: string;
  /** Bytes. */
  readonly hostMTU?: string;
  readonly nodeInterface?: string;
  /** `cidr` or `cidr=node;node`, several joined by `+`: nodes of one L2 segment. */
  readonly nodeSubnets?: string;
  /** Prefix length under which two nodes are neighbours where nothing tells. */
  readonly assumedNodePrefix?: string;
  /** Whether the controller inside k3s enforces policies. */
  readonly 'k3s.networkPolicy'?: 'true' | 'false';
  /** Whether the fabric routes pod addresses. */
  readonly externalRouting?: 'true' | 'false';
  /** `ns/name` or `class=ns/name`, several joined by `+`: the workload or pod that serves Ingresses and Gateways (of a class). */
  readonly ingressController?: string;
}

const booleans = ['true', 'false'] as const;
const cidrs = /^[0-9a-fA-F:./+]{1,200}$/;

const words: Readonly<Record<keyof DataplaneOverrides, readonly string[] | RegExp>> = {
  primary: /^[a-z0-9-]{1,40}$/,
  policyEngine: /^[a-z0-9-]{1,40}$/,
  enforcement: ['yes', 'partial', 'no', 'unknown'],
  proxy: /^[a-z0-9/-]{1,40}$/,
  proxyMode: ['iptables', 'ipvs', 'nftables'],
  podCIDR: cidrs,
  serviceCIDRs: cidrs,
  hostMTU: /^[1-9]\d{2,4}$/,
  nodeInterface: /^[A-Za-z0-9._@-]{1,15}$/,
  nodeSubnets: /^[0-9a-fA-F:./]+(=[a-z0-9.;-]+)?(\+[0-9a-fA-F:./]+(=[a-z0-9.;-]+)?)*$/,
  assumedNodePrefix: /^([1-9]|[12]\d|3[0-2])$/,
  'k3s.networkPolicy': booleans,
  externalRouting: booleans,
  ingressController:
    /^([a-z0-9.-]{1,253}=)?[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}(\+([a-z0-9.-]{1,253}=)?[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253})*$/,
};

const shapes: Readonly<Partial<Record<keyof DataplaneOverrides, string>>> = {
  hostMTU: 'a number of bytes from 100 to 99999',
  nodeInterface: 'the name of an interface',
  podCIDR: 'CIDRs joined by +',
  serviceCIDRs: 'CIDRs joined by +',
  nodeSubnets: 'CIDRs joined by +, each with its nodes as cidr=node;node where only those are meant',
  assumedNodePrefix: 'a prefix length from 1 to 32',
  ingressController: 'ns/name of a workload or pod, or class=ns/name, several joined by +',
};

/**
 * Reads overrides given as `key:value,…` or as a record.
 * @throws QuestionError DATAPLANE_INVALID
 */
export function parseOverrides(given: unknown, field: string): DataplaneOverrides {
  if (given === undefined || given === null || given === '') return {};
  const entries =
    typeof given === 'string' ? given.split(',').map(pairOf) : Object.entries(given as Record<string, unknown>);
  const result: Record<string, string> = {};
  for (const [key, value] of entries) {
    const accepted = Object.hasOwn(words, key) ? words[key as keyof DataplaneOverrides] : null;
    const fits =
      typeof value === 'string' &&
      (accepted instanceof RegExp ? accepted.test(value) : accepted?.includes(value) === true);
    if (!fits) throw refused(field, String(key).slice(0, 60), value, accepted);
    result[key] = value;
  }
  return result;
}

function pairOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text.trim(), ''] : [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function refused(
  field: string,
  key: string,
  value: unknown,
  accepted: readonly string[] | RegExp | null,
): QuestionError {
  const keys = Object.keys(words).join(', ');
  if (accepted === null) {
    return new QuestionError(
      'DATAPLANE_INVALID',
      `${field}: ${JSON.stringify(key)} is nothing that can be said about a network; accepted are ${keys}`,
      field,
      keys,
    );
  }
  const shown =
    accepted instanceof RegExp ? (shapes[key as keyof DataplaneOverrides] ?? 'a name') : accepted.join(', ');
  return new QuestionError(
    'DATAPLANE_INVALID',
    `${field}: ${key} is ${JSON.stringify(String(value).slice(0, 60))}; accepted is ${shown}`,
    field,
    shown,
  );
}
