import { type Profile, type ProfileName, profiles, scaled } from './profiles.js';
import { Random } from './random.js';

/** What to generate. Equal options give equal objects. */
export interface GenerateOptions {
  readonly profile: ProfileName;
  readonly seed?: number;
  /** 1: the profile's own size. */
  readonly scale?: number;
  /**
   * Percent of the pods that each generation replaces by new ones of other name, uid and address; a tenth as many
   * policies get another port, and a hundredth as many workloads another label.
   */
  readonly mutate?: number;
  /** How many times the cluster was mutated; 1 unless said. */
  readonly generation?: number;
}

export interface PlannedNamespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface PlannedWorkload {
  readonly number: number;
  readonly namespace: number;
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job';
  readonly replicas: number;
  /** Number of its first pod; the others follow. */
  readonly firstPod: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly protocol: string }[];
  readonly hostNetwork: boolean;
  readonly image: string;
}

export interface PlannedService {
  readonly number: number;
  readonly name: string;
  readonly workload: PlannedWorkload;
}

/** Everything of a cluster but its pods and policies, which are made one at a time. */
export interface ClusterPlan {
  readonly options: Required<GenerateOptions>;
  readonly profile: Profile;
  readonly namespaces: readonly PlannedNamespace[];
  readonly workloads: readonly PlannedWorkload[];
  /** Workloads by namespace. */
  readonly workloadsOf: readonly (readonly PlannedWorkload[])[];
  readonly services: readonly PlannedService[];
  readonly podCount: number;
  /** Which generation last changed a thing; 0: it is as it was made. `share` is the percent that each one changes. */
  generationOf(kind: string, number: number, share: number): number;
}

/** Namespace 0 is the one of the cluster itself. */
export const systemNamespace = 0;

const environments = ['prod', 'staging', 'dev'];
const tiers = ['frontend', 'backend', 'data', 'batch'];
const appNames = [
  'api',
  'web',
  'orders',
  'billing',
  'search',
  'mail',
  'auth',
  'cache',
  'db',
  'worker',
  'report',
  'feed',
];
const portsOfTier: Readonly<Record<string, readonly number[]>> = {
  frontend: [8080, 3000],
  backend: [8080, 9000, 50051],
  data: [5432, 6379, 9092],
  batch: [8080],
};

/** Plans a cluster. Cost: linear in its namespaces, workloads and Services. */
export function planCluster(given: GenerateOptions): ClusterPlan {
  const options = { seed: 1, scale: 1, mutate: 0, generation: 1, ...given };
  const profile = scaled(profiles[options.profile], options.scale);
  const { seed, mutate, generation } = options;
  const namespaces = Array.from({ length: profile.namespaces }, (_, i) => planNamespace(seed, i, profile));
  const generationOf = (kind: string, number: number, share: number): number => {
    if (mutate === 0) return 0;
    for (let g = generation; g > 0; g--) if (new Random(seed, 'mutate', g, kind, number).chance(share)) return g;
    return 0;
  };
  const workloads = planWorkloads(options, profile, (number) => generationOf('workload', number, mutate / 100));
  const workloadsOf: PlannedWorkload[][] = namespaces.map(() => []);
  for (const workload of workloads) workloadsOf[workload.namespace].push(workload);
  const last = workloads[workloads.length - 1];
  return {
    options,
    profile,
    namespaces,
    workloads,
    workloadsOf,
    services: planServices(profile, workloads),
    podCount: last.firstPod + last.replicas,
    generationOf,
  };
}

function planNamespace(seed: number, number: number, profile: Profile): PlannedNamespace {
  const random = new Random(seed, 'namespace', number);
  const name =
    number === systemNamespace
      ? 'kube-system'
      : number === 1
        ? 'monitoring'
        : `team-${String(number).padStart(4, '0')}`;
  const labels: Record<string, string> = {
    env: random.pick(environments),
    'kubernetes.io/metadata.name': name,
    team: `t${random.below(Math.max(2, Math.ceil(profile.namespaces / 20)))}`,
  };
  if (random.chance(5)) labels.pci = 'true';
  if (profile.tenants > 0) labels.tenant = tenantName(number % profile.tenants);
  return { name, labels };
}

function planWorkloads(
  { seed }: Required<GenerateOptions>,
  profile: Profile,
  relabelled: (number: number) => number,
): PlannedWorkload[] {
  const system = systemWorkloads(profile);
  const ordinary = Math.max(1, profile.workloads - system.length);
  const pods = Math.max(ordinary, profile.pods - system.reduce((sum, { replicas }) => sum + replicas, 0));
  // A few workloads are large, most are small.
  const weights = Array.from({ length: ordinary }, (_, i) => 1 / (0.02 + new Random(seed, 'replicas', i).fraction()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const replicas = weights.map((weight) => 1 + Math.floor(((pods - ordinary) * weight) / total));
  replicas[0] += pods - replicas.reduce((sum, count) => sum + count, 0);
  let firstPod = 0;
  const place = (workload: Omit<PlannedWorkload, 'number' | 'firstPod'>, number: number): PlannedWorkload => {
    const placed = { ...workload, number, firstPod };
    firstPod += workload.replicas;
    return placed;
  };
  const own = replicas.map((count, i) => planWorkload(seed, i, count, profile, relabelled(i)));
  own.sort((a, b) => a.namespace - b.namespace);
  return [...system, ...own].map(place);
}

/** What runs the cluster itself: a network that enforces policies, the proxy, DNS. */
function systemWorkloads({ nodes, pods }: Profile): Omit<PlannedWorkload, 'number' | 'firstPod'>[] {
  const onEachNode = pods >= 4 * nodes ? nodes : 3;
  const daemon = (name: string, image: string): Omit<PlannedWorkload, 'number' | 'firstPod'> => ({
    namespace: systemNamespace,
    name,
    kind: 'DaemonSet',
    replicas: onEachNode,
    labels: { 'k8s-app': name },
    ports: [],
    hostNetwork: true,
    image,
  });
  return [
    daemon('calico-node', 'docker.io/calico/node:v3.29.1'),
    daemon('kube-proxy', 'registry.k8s.io/kube-proxy:v1.33.2'),
    {
      namespace: systemNamespace,
      name: 'coredns',
      kind: 'Deployment',
      replicas: 3,
      labels: { 'k8s-app': 'kube-dns' },
      ports: [
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
        { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      ],
      hostNetwork: false,
      image: 'registry.k8s.io/coredns/coredns:v1.12.1',
    },
  ];
}

function planWorkload(
  seed: number,
  number: number,
  replicas: number,
  profile: Profile,
  relabelled: number,
): Omit<PlannedWorkload, 'number' | 'firstPod'> {
  const random = new Random(seed, 'workload', number);
  // Namespaces beyond the first have from a fourth to twice of what is usual.
  const namespace = 1 + Math.floor((profile.namespaces - 1) * random.fraction() ** 1.15);
  const app = `${random.pick(appNames)}-${number}`;
  const tier = random.pick(tiers);
  const labels: Record<string, string> = {
    app,
    'app.kubernetes.io/part-of': `suite-${random.below(40)}`,
    release: relabelled === 0 ? `r${random.below(5)}` : `m${relabelled}`,
    tier,
  };
  if (profile.tenants > 0) labels.tenant = tenantName(number % profile.tenants);
  for (let i = 0; Object.keys(labels).length + 1 < profile.labelsPerPod; i++)
    labels[`example.com/label-${i}`] = `v${random.below(i === 0 ? 200 : 8)}`;
  const ports = [{ name: 'http', containerPort: random.pick(portsOfTier[tier]), protocol: 'TCP' }];
  if (random.chance(50)) ports.push({ name: 'metrics', containerPort: 9090 + random.below(3), protocol: 'TCP' });
  const kind = tier === 'data' ? 'StatefulSet' : tier === 'batch' && random.chance(40) ? 'Job' : 'Deployment';
  return {
    namespace,
    name: app,
    kind,
    replicas,
    labels,
    ports,
    hostNetwork: false,
    image: `registry.example.com/${app}:1.${random.below(90)}`,
  };
}

function planServices(profile: Profile, workloads: readonly PlannedWorkload[]): PlannedService[] {
  const dns = workloads.find(({ name }) => name === 'coredns') as PlannedWorkload;
  const served = workloads.filter(({ kind, namespace }) => kind !== 'Job' && namespace !== systemNamespace);
  return Array.from({ length: profile.services }, (_, number): PlannedService => {
    if (number === 0) return { number, name: 'kube-dns', workload: dns };
    const workload = served[Math.floor((number * served.length) / profile.services)] ?? dns;
    const repeated = profile.services > served.length ? `-${number}` : '';
    return { number, name: `${workload.name}${repeated}`, workload };
  });
}

export function tenantName(number: number): string {
  return `tenant-${String(number).padStart(4, '0')}`;
}
