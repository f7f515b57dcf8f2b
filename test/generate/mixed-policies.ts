import type { GeneratedObject } from './generated-object.js';

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Port {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly Port[];
}
interface Spec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/**
 * A NetworkPolicy as another kind, in turn: six of ten are Calico's, of which one is global; one is an
 * AdminNetworkPolicy; the rest stay. Those of Calico's say what the NetworkPolicy says, one rule for each peer.
 */
export function asMixedKind(object: GeneratedObject, number: number): GeneratedObject {
  const { metadata } = object;
  const namespace = String(metadata.namespace);
  const spec = (object as unknown as { spec: Spec }).spec;
  const name = `${namespace}.${metadata.name}`;
  switch (number % 10) {
    case 0:
    case 1:
    case 2:
      return object;
    case 3:
      return {
        apiVersion: 'policy.networking.k8s.io/v1alpha1',
        kind: 'AdminNetworkPolicy',
        metadata: { ...metadata, name, namespace: undefined },
        spec: {
          priority: number % 1000,
          subject: { pods: { namespaceSelector: named(namespace), podSelector: spec.podSelector } },
          ingress: [{ action: 'Pass', from: [{ namespaces: named(namespace) }] }],
        },
      } as GeneratedObject;
    case 4:
      return calico(
        'GlobalNetworkPolicy',
        { ...metadata, name, namespace: undefined },
        {
          ...calicoSpec(spec),
          order: number,
          namespaceSelector: `projectcalico.org/name == '${namespace}'`,
        },
      );
    default:
      return calico('NetworkPolicy', metadata, calicoSpec(spec));
  }
}

function calico(kind: string, metadata: GeneratedObject['metadata'], spec: object): GeneratedObject {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata, spec } as GeneratedObject;
}

function named(namespace: string): Selector {
  return { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
}

function calicoSpec({ podSelector, policyTypes, ingress = [], egress = [] }: Spec): object {
  return {
    selector: textOf(podSelector),
    types: policyTypes,
    ingress: ingress.flatMap(({ from, ports }) => rulesOf('source', from, ports)),
    egress: egress.flatMap(({ to, ports }) => rulesOf('destination', to, ports)),
  };
}

function rulesOf(side: 'source' | 'destination', peers: readonly Peer[] = [{}], ports: readonly Port[] = []): object[] {
  const protocols = ports.length === 0 ? [undefined] : [...new Set(ports.map(({ protocol = 'TCP' }) => protocol))];
  return peers.flatMap((peer) =>
    protocols.map((protocol) => {
      const listed = ports.filter(({ protocol: own = 'TCP' }) => own === protocol).map(portOf);
      const destination = listed.length === 0 ? {} : { ports: listed };
      return {
        action: 'Allow',
        protocol,
        source: side === 'source' ? entityOf(peer) : {},
        destination: side === 'source' ? destination : { ...entityOf(peer), ...destination },
      };
    }),
  );
}

function entityOf({ podSelector, namespaceSelector, ipBlock }: Peer): object {
  if (ipBlock !== undefined) return { nets: [ipBlock.cidr], notNets: ipBlock.except };
  return {
    selector: podSelector === undefined ? undefined : textOf(podSelector),
    namespaceSelector: namespaceSelector === undefined ? undefined : textOf(namespaceSelector) || 'all()',
  };
}

function portOf({ port, endPort }: Port): number | string {
  return endPort === undefined ? (port ?? '1:65535') : `${port}:${endPort}`;
}

function textOf({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key} == '${value}'`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      const list = `{${values.map((value) => `'${value}'`).join(', ')}}`;
      if (operator === 'In') return `${key} in ${list}`;
      if (operator === 'NotIn') return `${key} not in ${list}`;
      return operator === 'Exists' ? `has(${key})` : `!has(${key})`;
    }),
  ].join(' && ');
}
