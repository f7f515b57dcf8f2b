import { describeNetwork } from './describe-network.js';
import { outside } from './lab.js';
import { missing } from './missing.js';
import { openWorld } from './open-world.js';
import { hostPortPod, usualFlows, usualPairs } from './usual-flows.js';

const add = [hostPortPod('10.244.1.8', 'node1')];
const args = '--run-router=true, ';
const lacks = missing.ipip();

const overlay = await openWorld('kube-router', { add });
describeNetwork('kube-router', overlay, { lacks, pairs: usualPairs, flows: usualFlows(overlay) });

const full = await openWorld('kube-router', { replace: { [args]: `${args}--overlay-type=full, --hairpin-mode, ` } });
describeNetwork('kube-router, tunnels between all nodes, hairpin', full, {
  lacks,
  pairs: usualPairs,
  flows: [
    ['web/s', 'service:web/s', 80],
    ['node:node1', 'db/m', 8080],
  ],
});

const bare = await openWorld('kube-router', {
  replace: {
    [args]: `${args}--enable-overlay=false, --enable-pod-egress=false, `,
    'metadata: { name: s, namespace: web }':
      'metadata: { name: s, namespace: web, annotations: { kube-router.io/service.hairpin: "" } }',
  },
});
describeNetwork('kube-router without tunnels and without egress', bare, {
  pairs: [['web/s', 'db/m']],
  flows: [['web/s', 'service:web/s', 80]],
  conditional: [
    ['web/s', 'db/d', 8080],
    ['node:node1', 'db/d', 8080],
    ['web/s', `ip:${outside.address}`, 8080],
  ],
});
