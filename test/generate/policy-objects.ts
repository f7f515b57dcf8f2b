import { type ClusterPlan, type PlannedWorkload, systemNamespace, tenantName } from './cluster-plan.js';
import type { GeneratedObject } from './generated-object.js';
import { podRange } from './pod-object.js';
import { Random } from './random.js';

type Spec = Readonly<Record<string, unknown>>;

/**
 * The NetworkPolicies of one namespace, as teams write them: first what every namespace has (default deny, DNS, its own
 * pods, ingress controller, monitoring, the internet), then who may call which application.
 */
export function* policyObjects(plan: ClusterPlan, namespace: number): Iterable<GeneratedObject> {
  const { policies, namespaces } = plan.profile;
  const first = Math.floor((policies * namespace) / namespaces);
  const end = Math.floor((policies * (namespace + 1)) / namespaces);
  for (let number = first; number < end; number++) {
    const random = new Random(plan.options.seed, 'policy', number);
    const { name, spec } =
      number - first < basics.length && plan.profile.tenants === 0
        ? basics[number - first](plan, namespace, random)
        : number - first < 2
          ? basics[number - first](plan, namespace, random)
          : callers(plan, namespace, random);
    yield {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `${name}-${number - first}`, namespace: plan.namespaces[namespace].name, uid: random.uid() },
      spec: edited(plan, number, spec, blocksOf(plan, number)),
    };
  }
}

type Basic = (plan: ClusterPlan, namespace: number, random: Random) => { name: string; spec: Spec };

const basics: readonly Basic[] = [
  (_, namespace, random) => {
    // Nobody denies the cluster's own pods.
    const policyTypes = random.chance(50) ? ['Ingress', 'Egress'] : ['Ingress'];
    const podSelector = namespace === systemNamespace ? { matchLabels: { 'k8s-app': 'kube-dns' } } : {};
    const allowed = namespace === systemNamespace ? { egress: [{}], ingress: [{}] } : {};
    return { name: 'default-deny', spec: { ...allowed, podSelector, policyTypes } };
  },
  () => ({
    name: 'allow-dns',
    spec: {
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
        },
      ],
      podSelector: {},
      policyTypes: ['Egress'],
    },
  }),
  (plan, namespace, random) =>
    random.chance(60)
      ? {
          name: 'allow-same-namespace',
          spec: {
            egress: [{ to: [{ podSelector: {} }] }],
            ingress: [{ from: [{ podSelector: {} }] }],
            podSelector: {},
            policyTypes: ['Ingress', 'Egress'],
          },
        }
      : callers(plan, namespace, random),
  () => ({
    name: 'allow-ingress-controller',
    spec: {
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'team-0002' } } }],
          ports: [{ port: 'http', protocol: 'TCP' }],
        },
      ],
      podSelector: { matchLabels: { tier: 'frontend' } },
      policyTypes: ['Ingress'],
    },
  }),
  () => ({
    name: 'allow-monitoring',
    spec: {
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [{ port: 'metrics', protocol: 'TCP' }],
        },
      ],
      podSelector: {},
      policyTypes: ['Ingress'],
    },
  }),
  (plan, namespace, random) =>
    random.chance(40)
      ? {
          name: 'allow-internet',
          spec: {
            egress: [
              {
                ports: [{ port: 443, protocol: 'TCP' }],
                to: [
                  {
                    ipBlock: {
                      cidr: '0.0.0.0/0',
                      except: ['10.0.0.0/8', '169.254.169.254/32', '172.16.0.0/12', '192.168.0.0/16'],
                    },
                  },
                ],
              },
            ],
            podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['backend', 'frontend'] }] },
            policyTypes: ['Egress'],
          },
        }
      : callers(plan, namespace, random),
];

/** Who may call one application. */
function callers(plan: ClusterPlan, namespace: number, random: Random): { name: string; spec: Spec } {
  const own = plan.workloadsOf[namespace];
  const subject = own.length === 0 ? null : random.pick(own);
  const podSelector = subject === null ? {} : { matchLabels: identityOf(subject) };
  const port = subject?.ports[0]?.containerPort ?? 8080;
  const ports = [
    random.chance(20)
      ? { endPort: port + 10, port, protocol: 'TCP' }
      : random.chance(30)
        ? { port: 'http', protocol: 'TCP' }
        : { port, protocol: 'TCP' },
  ];
  const from = Array.from({ length: 1 + random.below(3) }, () => peer(plan, own, random));
  const spec = random.chance(75)
    ? { ingress: [{ from, ports }], podSelector, policyTypes: ['Ingress'] }
    : { egress: [{ ports, to: from }], podSelector, policyTypes: ['Egress'] };
  return { name: `to-${subject?.name ?? 'all'}`, spec };
}

function identityOf({ labels }: PlannedWorkload): Record<string, string> {
  return 'app' in labels ? { app: labels.app } : { 'k8s-app': labels['k8s-app'] };
}

function peer(plan: ClusterPlan, own: readonly PlannedWorkload[], random: Random): Record<string, unknown> {
  const { tenants, namespaces } = plan.profile;
  const kind = random.below(100);
  if (tenants > 0 && kind < 40) {
    return {
      namespaceSelector: {},
      podSelector: { matchLabels: { tenant: tenantName(random.below(tenants)) } },
    };
  }
  if (kind < 45 && own.length > 0) return { podSelector: { matchLabels: identityOf(random.pick(own)) } };
  if (kind < 60) {
    const team = { matchLabels: { team: `t${random.below(Math.max(2, Math.ceil(namespaces / 20)))}` } };
    return { namespaceSelector: team, podSelector: { matchLabels: { tier: random.pick(['frontend', 'backend']) } } };
  }
  if (kind < 75) {
    const other = plan.workloads[random.below(plan.workloads.length)];
    const name = plan.namespaces[other.namespace].name;
    return {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
      podSelector: { matchLabels: identityOf(other) },
    };
  }
  if (kind < 85) {
    return {
      namespaceSelector: {
        matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['dev'] }],
        matchLabels: { team: `t${random.below(10)}` },
      },
    };
  }
  if (kind < 92) {
    return { podSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['backend', 'frontend'] }] } };
  }
  // Databases and offices outside of the cluster; few distinct ones.
  return { ipBlock: { cidr: `198.51.${random.below(40)}.0/24` } };
}

/** Blocks inside the pod range that fall on this policy. */
function blocksOf(plan: ClusterPlan, number: number): string[] {
  const { podRangeBlocks, policies, nodes } = plan.profile;
  const first = Math.floor((podRangeBlocks * number) / policies);
  const end = Math.floor((podRangeBlocks * (number + 1)) / policies);
  return Array.from({ length: end - first }, (_, i) => {
    const random = new Random(plan.options.seed, 'block', first + i);
    const prefix = 24 + random.below(9);
    const size = 2 ** (32 - prefix);
    const last = random.below(256);
    return `${podRange(random.below(nodes))}.${last - (last % size)}/${prefix}`;
  });
}

/** The spec with the blocks that fall on it as further peers, and with what a mutation changes. */
function edited(plan: ClusterPlan, number: number, spec: Spec, blocks: readonly string[]): Spec {
  const generation = plan.generationOf('policy', number, plan.options.mutate / 10);
  if (blocks.length === 0 && generation === 0) return spec;
  const ingress = [...((spec.ingress as unknown[] | undefined) ?? [])];
  if (blocks.length > 0) ingress.push({ from: blocks.map((cidr) => ({ ipBlock: { cidr } })) });
  if (generation > 0) ingress.push({ ports: [{ port: 20_000 + generation, protocol: 'TCP' }] });
  return { ...spec, ingress, policyTypes: [...new Set([...(spec.policyTypes as string[]), 'Ingress'])] };
}
