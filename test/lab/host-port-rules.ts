import type { Cluster } from '#engine';
import type { Node } from '#model';

/** What the portmap plugin puts into the nat table: the source is masqueraded for neighbours on the pod's own link. */
export function hostPortRules(cluster: Cluster, node: Node, podPrefix: number): readonly string[] {
  const local = '-m addrtype --dst-type LOCAL -p tcp';
  const pods = [...cluster.model.pods].filter((pod) => pod.node === node.name && !pod.hostNetwork);
  const rules = pods.flatMap(({ ports, addresses: [address] }) =>
    ports.flatMap(({ port, hostPort }) =>
      hostPort === null
        ? []
        : ['PREROUTING', 'OUTPUT'].flatMap((chain) => [
            `${chain} ${local} --dport ${hostPort} -s ${address}/${podPrefix} -j MARK --set-xmark 0x2000/0x2000`,
            `${chain} ${local} --dport ${hostPort} -j DNAT --to-destination ${address}:${port}`,
          ]),
    ),
  );
  return rules.length === 0 ? [] : ['POSTROUTING -m mark --mark 0x2000/0x2000 -j MASQUERADE', ...rules];
}
