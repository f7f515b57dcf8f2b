import type { Cluster } from '#engine';
import { outside } from './lab.js';
import type { Flow } from './predict.js';

/** A pod with a host port beside `web/s`, for worlds that have none. */
export function hostPortPod(address: string, node: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'h', namespace: 'web', labels: { app: 'h' } },
    spec: {
      nodeName: node,
      containers: [{ name: 'c', image: 'c:1', ports: [{ containerPort: 8080, hostPort: 8081 }] }],
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

/** Pairs of pods: on one node, on neighbours, behind a router, and back. */
export const usualPairs = [
  ['web/s', 'web/s2'],
  ['web/s', 'db/m'],
  ['web/s', 'db/d'],
  ['db/d', 'db/m'],
] as const;

/** Connections whose client's address hangs on how nodes are joined. */
export function flowsBetweenNodes(cluster: Cluster): readonly Flow[] {
  const [own, ofM] = ['s', 'm'].map((name) => nodeOf(cluster, name));
  return [
    ['web/s', 'service:db/d', 80],
    [own, 'db/m', 8080],
    [own, 'db/d', 5432],
    [`ip:${outside.address}`, ofM, 30080],
    [`ip:${outside.address}`, own, 30081],
  ];
}

/** Connections through Services, to and from nodes, from outside and to it, in the worlds of the corpus. */
export function usualFlows(cluster: Cluster): readonly Flow[] {
  const [own, ofM, ofD] = ['s', 'm', 'd'].map((name) => nodeOf(cluster, name));
  const client = `ip:${outside.address}`;
  const hasHostPort = [...cluster.model.pods].some(({ name }) => name === 'h');
  return [
    ['web/s', 'service:db/m', 80],
    ['web/s', 'service:db/d', 80],
    ['web/s', 'service:web/s', 80],
    ['web/s', client, 8080],
    ['web/s', own, 8080],
    ['web/s', ofM, 8080],
    ['web/s', ofD, 8080],
    ['web/s', ofM, 30080],
    [own, 'db/m', 8080],
    [own, 'db/d', 5432],
    [own, 'web/s', 8080],
    [own, 'service:db/m', 80],
    [own, 'service:db/d', 80],
    [own, 'service:web/s', 80],
    [client, ofM, 30080],
    [client, ofM, 30081],
    [client, own, 30081],
    [client, ofM, 30082],
    [client, own, 30082],
    ...(hasHostPort
      ? ([
          ['web/s', own, 8081],
          ['web/h', own, 8081],
          ['db/m', own, 8081],
          [ofM, own, 8081],
          [own, own, 8081],
          [client, own, 8081],
        ] as const)
      : []),
  ];
}

function nodeOf({ model }: Cluster, name: string): string {
  return `node:${[...model.pods].find((pod) => pod.name === name)?.node}`;
}
