import { describeNetwork } from './describe-network.js';
import { openWorld } from './open-world.js';
import { hostPortPod, usualFlows, usualPairs } from './usual-flows.js';

const cluster = await openWorld('canal', { add: [hostPortPod('10.244.1.8', 'node1')] });
describeNetwork('canal', cluster, { pairs: usualPairs, flows: usualFlows(cluster) });
