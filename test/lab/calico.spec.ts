import { describeNetwork } from './describe-network.js';
import { outside } from './lab.js';
import { missing } from './missing.js';
import { openWorld } from './open-world.js';
import { flowsBetweenNodes, hostPortPod, usualFlows, usualPairs } from './usual-flows.js';

const inWorld = 'ipipMode: Always, vxlanMode: Never, natOutgoing: true';
const add = [hostPortPod('192.168.10.8', 'a')];

/** Pools, each with the tunnel whose address nodes are annotated with. */
const pools = [
  { title: 'IPIP', pool: 'ipipMode: Always, vxlanMode: Never', lacks: missing.ipip() },
  { title: 'IPIP CrossSubnet', pool: 'ipipMode: CrossSubnet, vxlanMode: Never', lacks: missing.ipip() },
  { title: 'VXLAN', pool: 'ipipMode: Never, vxlanMode: Always' },
  { title: 'VXLAN CrossSubnet', pool: 'ipipMode: Never, vxlanMode: CrossSubnet' },
];

for (const { title, pool, lacks } of pools) {
  const replace = {
    [inWorld]: `${pool}, natOutgoing: true`,
    ...(title.startsWith('VXLAN')
      ? { 'calico_backend: bird': 'calico_backend: vxlan', IPv4IPIPTunnelAddr: 'IPv4VXLANTunnelAddr' }
      : {}),
  };
  const cluster = await openWorld('calico', { replace, add });
  describeNetwork(`Calico ${title}`, cluster, {
    lacks,
    pairs: usualPairs,
    flows: (title.endsWith('CrossSubnet') ? flowsBetweenNodes : usualFlows)(cluster),
  });
}

const bare = await openWorld('calico', {
  replace: { [inWorld]: 'ipipMode: Never, vxlanMode: Never, natOutgoing: false' },
});
describeNetwork('Calico without tunnels and without natOutgoing', bare, {
  pairs: [
    ['web/s', 'web/s2'],
    ['web/s', 'db/d'],
  ],
  flows: [
    ['web/s', 'db/d', 5432],
    ['web/s', 'node:b', 8080],
    ['node:a', 'db/d', 5432],
  ],
  conditional: [
    ['web/s', 'db/m', 8080],
    ['node:a', 'db/m', 8080],
    ['web/s', `ip:${outside.address}`, 8080],
  ],
});
