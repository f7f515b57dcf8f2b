import { describeNetwork } from './describe-network.js';
import { missing } from './missing.js';
import { openWorld } from './open-world.js';
import { flowsBetweenNodes, hostPortPod, usualFlows, usualPairs } from './usual-flows.js';

/** Back ends, each as `net-conf.json` has it, with the type that flanneld writes to its node. */
const backends = [
  { title: 'vxlan', backend: '{ "Type": "vxlan" }', type: 'vxlan', flows: usualFlows },
  {
    title: 'vxlan with DirectRouting',
    backend: '{ "Type": "vxlan", "DirectRouting": true }',
    type: 'vxlan',
    flows: flowsBetweenNodes,
  },
  { title: 'host-gw', backend: '{ "Type": "host-gw" }', type: 'host-gw', flows: usualFlows },
  { title: 'udp', backend: '{ "Type": "udp" }', type: '""', flows: flowsBetweenNodes, lacks: missing.userspace() },
  { title: 'ipip', backend: '{ "Type": "ipip" }', type: 'ipip', flows: flowsBetweenNodes, lacks: missing.ipip() },
  {
    title: 'wireguard',
    backend: '{ "Type": "wireguard" }',
    type: 'wireguard',
    flows: flowsBetweenNodes,
    lacks: missing.wireguard(),
  },
];

for (const { title, backend, type, flows, lacks } of backends) {
  const replace = { '{ "Type": "vxlan" }': backend, 'backend-type: vxlan': `backend-type: ${type}` };
  const cluster = await openWorld('flannel', { replace, add: [hostPortPod('10.244.1.8', 'node1')] });
  describeNetwork(`flannel ${title}`, cluster, { lacks, pairs: usualPairs, flows: flows(cluster) });
}

const canal = await openWorld('canal', { add: [hostPortPod('10.244.1.8', 'node1')] });
describeNetwork('canal, which is flannel between nodes and Calico at pods', canal, {
  pairs: usualPairs,
  flows: usualFlows(canal),
});

const stray = await openWorld('flannel', {
  replace: { '"hairpinMode": true, ': '', '--ip-masq, ': '' },
  add: [hostPortPod('10.244.1.8', 'node1')],
});
describeNetwork('flannel without --ip-masq, on a bridge without hairpin', stray, {
  pairs: [],
  flows: usualFlows(stray),
});
