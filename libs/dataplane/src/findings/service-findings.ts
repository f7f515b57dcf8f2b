import { type ClusterModel, type Dataplane, type Finding, type Pod, selectorMatches, type Service } from '#model';
import { cidrHolds } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { isRouterProxy } from '../find-proxy.js';
import { versionAtLeast } from '../image-version.js';
import { isNotCollected } from '../is-not-collected.js';
import { kubeProxyConfig } from '../kube-proxy-config.js';
import { counted, found, foundFor, nodeRef, podRef, serviceRef } from './found.js';

/** Proxies, Services and the ports of pods (PRX-001 to POD-002). */
export function serviceFindings(model: ClusterModel, dataplane: Dataplane, evidence: Evidence): Finding[] {
  return [...proxyFindings(model, dataplane, evidence), ...trafficFindings(model), ...portFindings(model)];
}

function proxyFindings(model: ClusterModel, { proxy, network }: Dataplane, evidence: Evidence): Finding[] {
  const kubeProxy = evidence.daemons.find(({ part, by }) => part === 'kube-proxy' && by.desired !== 0)?.by;
  const others = [
    ...(isRouterProxy(evidence) ? ['kube-router'] : []),
    ...(proxy.value === 'ebpf/cilium' ? ['cilium'] : []),
    ...(proxy.value === 'ebpf/calico' ? ['calico’s eBPF dataplane'] : []),
  ];
  const isNew = model.nodes.some(
    ({ kubeletVersion }) => kubeletVersion !== null && versionAtLeast(kubeletVersion.replace(/^v/, ''), 1, 35),
  );
  return [
    ...(kubeProxy !== undefined && others.length > 0
      ? [found('PRX-001', `kube-proxy and ${others[0]} both translate Services`, [kubeProxy.ref])]
      : []),
    ...(proxy.value === 'kube-proxy/ipvs' && isNew
      ? [
          found(
            'PRX-002',
            'ipvs mode is deprecated since Kubernetes 1.35',
            kubeProxy === undefined ? [] : [kubeProxy.ref],
          ),
        ]
      : []),
    ...localDetection(model, proxy, network.proxy),
  ];
}

function localDetection(
  model: ClusterModel,
  proxy: Dataplane['proxy'],
  { detectLocalMode, clusterCidrs }: Dataplane['network']['proxy'],
): Finding[] {
  if (!proxy.value.startsWith('kube-proxy/') || detectLocalMode !== 'ClusterCIDR') return [];
  const config = kubeProxyConfig(model);
  // Without its configuration nobody knows that it has none.
  if (clusterCidrs === null)
    return config.settings.kind !== 'Settings'
      ? []
      : [
          found(
            'PRX-003',
            'kube-proxy has no clusterCIDR, so that it cannot tell pods from clients outside',
            config.from === null ? [] : [config.from],
          ),
        ];
  const isCovered = (address: string): boolean => clusterCidrs.some((cidr) => cidrHolds(cidr, address));
  const comparable = (address: string): boolean =>
    clusterCidrs.some((cidr) => cidr.includes(':') === address.includes(':'));
  const outside = [...model.pods].filter(
    ({ hostNetwork, addresses, phase }) =>
      !hostNetwork && phase === 'Running' && addresses.some((address) => comparable(address) && !isCovered(address)),
  );
  return foundFor(
    'PRX-003',
    outside.map(podRef),
    (first, count) =>
      `kube-proxy takes ${counted(count, 'pod')} for a client outside, since clusterCIDR ${clusterCidrs.join(',')} does not hold it: ${first}`,
  );
}

function trafficFindings(model: ClusterModel): Finding[] {
  // Nobody knows the backends of Services whose pods were not collected.
  if (isNotCollected(model.info, 'Pod')) return [];
  const byNamespace = new Map<string, Pod[]>();
  for (const pod of model.pods) {
    const list = byNamespace.get(pod.namespace);
    if (list === undefined) byNamespace.set(pod.namespace, [pod]);
    else list.push(pod);
  }
  const nodesWithPods = new Set(
    [...model.pods].filter(({ hostNetwork, phase }) => !hostNetwork && phase === 'Running').map(({ node }) => node),
  );
  return model.services.flatMap((service): Finding[] => {
    const { selector } = service;
    if (selector === null || service.type === 'ExternalName') return [];
    const selected = (byNamespace.get(service.namespace) ?? []).filter(
      ({ labels, phase }) => phase !== 'Succeeded' && phase !== 'Failed' && selectorMatches(selector, labels),
    );
    const ready = selected.filter((pod) => pod.ready || service.publishNotReadyAddresses);
    const name = `${service.namespace}/${service.name}`;
    if (ready.length === 0)
      return [
        found('SVC-004', `Service ${name} selects ${selected.length === 0 ? 'no pod' : 'no ready pod'}`, [
          serviceRef(service),
        ]),
      ];
    const backends = new Set(ready.map(({ node }) => node));
    const isPlaced = !backends.has(null) && model.nodes.length > 0;
    return [
      ...missingPorts(service, ready),
      ...(isPlaced && isBlindlyChosen(service) && service.externalTrafficPolicy === 'Local'
        ? lackingNodes(
            'SVC-001',
            service,
            model.nodes.filter((node) => !backends.has(node.name)),
            'drops what it receives from outside',
          )
        : []),
      ...(isPlaced && service.internalTrafficPolicy === 'Local'
        ? lackingNodes(
            'SVC-002',
            service,
            model.nodes.filter((node) => !backends.has(node.name) && nodesWithPods.has(node.name)),
            'drops what its pods send',
          )
        : []),
    ];
  });
}

/** Whether clients, or a balancer that cannot ask, send to any node. */
function isBlindlyChosen({ type, healthCheckNodePort }: Service): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && healthCheckNodePort === null);
}

function lackingNodes(
  id: 'SVC-001' | 'SVC-002',
  service: Service,
  nodes: ClusterModel['nodes'],
  what: string,
): Finding[] {
  if (nodes.length === 0) return [];
  const evidence = { nodes: nodes.slice(0, 20).map(({ name }) => name) };
  const message = `Service ${service.namespace}/${service.name} keeps traffic on the node, and ${counted(nodes.length, 'node')} without a backend ${what}: ${nodes[0].name}`;
  return [found(id, message, [serviceRef(service), ...nodes.map(nodeRef)], { evidence })];
}

function missingPorts(service: Service, backends: readonly Pod[]): Finding[] {
  const absent = service.ports.filter(
    ({ targetPort, protocol }) =>
      typeof targetPort === 'string' &&
      !backends.some(({ ports }) => ports.some((port) => port.name === targetPort && port.protocol === protocol)),
  );
  return absent.map(({ port, targetPort }) =>
    found(
      'SVC-004',
      `port ${port} of Service ${service.namespace}/${service.name} leads to the port named ${JSON.stringify(targetPort)}, which no backend declares`,
      [serviceRef(service)],
    ),
  );
}

function portFindings({ pods }: ClusterModel): Finding[] {
  const live = [...pods].filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  const clashing = live.filter(({ ports }) =>
    repeats(ports.filter(({ declaredBy }) => declaredBy !== 'Init').map(({ port, protocol }) => `${protocol} ${port}`)),
  );
  const claims = new Map<string, Claims>();
  for (const pod of live) {
    if (pod.node === null) continue;
    const wanted = pod.hostNetwork
      ? pod.ports.filter(({ declaredBy }) => declaredBy !== 'Init').map((one) => ({ ...one, hostPort: one.port }))
      : pod.ports;
    for (const { protocol, hostPort, hostIp } of wanted) {
      if (hostPort === null) continue;
      const key = `${pod.node} ${protocol} ${hostPort}`;
      const known: Claims = claims.get(key) ?? new Map();
      known.set(hostIp, (known.get(hostIp) ?? new Set()).add(pod));
      claims.set(key, known);
    }
  }
  const taken = [...claims]
    .map(([key, claimed]): [string, Pod[]] => [key, clashingPods(claimed)])
    .filter(([, owners]) => owners.length > 1);
  return [
    ...foundFor(
      'POD-001',
      clashing.map(podRef),
      (first, count) => `${counted(count, 'pod')} with containers that declare the same port: ${first}`,
    ),
    ...taken.map(([key, owners]) => {
      const [node, protocol, port] = key.split(' ');
      return found(
        'POD-002',
        `${counted(owners.length, 'pod')} want ${protocol} port ${port} of node ${node}`,
        owners.map(podRef),
      );
    }),
  ];
}

/** Pods that want one port of a node, by the address that they want it of; null: of all. */
type Claims = Map<string | null, Set<Pod>>;

/** Pods that want the port of the same address: one that wants all addresses is in the way of everybody. */
function clashingPods(claims: Claims): Pod[] {
  const everywhere = claims.get(null) ?? new Set();
  if (everywhere.size > 0) {
    const all = new Set([...claims.values()].flatMap((pods) => [...pods]));
    return all.size > 1 ? [...all] : [];
  }
  return [...new Set([...claims.values()].flatMap((pods) => (pods.size > 1 ? [...pods] : [])))];
}

function repeats(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}
