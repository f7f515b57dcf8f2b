import type { Cluster } from '#engine';
import type { Node } from '#model';
import { backendOf } from './backend-of.js';
import type { Rules } from './wiring.js';

/** What kube-proxy programs on a node, in its mode iptables. */
export function kubeProxyRules(cluster: Cluster, node: Node): Rules {
  const { clusterCidrs } = cluster.dataplane.network.proxy;
  const nat = cluster.model.services.flatMap((service) => {
    const backend = backendOf(cluster, service);
    if (backend === null || service.clusterIps.length === 0) return [];
    const [address] = backend.addresses;
    const isLocal = service.externalTrafficPolicy === 'Local';
    return service.ports.flatMap(({ port, targetPort, nodePort }) => {
      const to = `-j DNAT --to-destination ${address}:${targetPort ?? port}`;
      const vip = `-p tcp -d ${service.clusterIps[0]} --dport ${port}`;
      const mark = '-j MARK --set-xmark 0x4000/0x4000';
      const inside = [
        // A client that is no pod of the cluster, or the backend itself, is masqueraded.
        `PREROUTING ${vip} ! -s ${clusterCidrs?.[0]} ${mark}`,
        `PREROUTING ${vip} -s ${address} ${mark}`,
        `OUTPUT ${vip} ! -s ${clusterCidrs?.[0]} ${mark}`,
        `PREROUTING ${vip} ${to}`,
        `OUTPUT ${vip} ${to}`,
      ];
      if (nodePort === null || (isLocal && backend.node !== node.name)) return inside;
      const outer = `-p tcp -d ${node.addresses[0]} --dport ${nodePort}`;
      return [
        ...inside,
        ...['PREROUTING', 'OUTPUT'].flatMap((chain) => [
          ...(isLocal ? [] : [`${chain} ${outer} ${mark}`]),
          `${chain} ${outer} ${to}`,
        ]),
      ];
    });
  });
  const local = cluster.model.services.filter(({ externalTrafficPolicy }) => externalTrafficPolicy === 'Local');
  const filter = local
    .filter((service) => backendOf(cluster, service)?.node !== node.name)
    .flatMap(({ ports }) => ports.map(({ nodePort }) => `INPUT -p tcp --dport ${nodePort} -j DROP`));
  return { nat: [...nat, 'POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE'], filter };
}
