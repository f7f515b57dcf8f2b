import type { Cluster } from '#engine';
import { describePolicies } from './describe-policies.js';
import { outside } from './lab.js';
import { missing } from './missing.js';
import { openWorld } from './open-world.js';
import type { Flow } from './predict.js';

/** Only the client outside may reach `db/d`, and `web/s2` may reach nobody. */
const add = [
  policy('db', 'd', {
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ ipBlock: { cidr: `${outside.address}/32` } }] }],
  }),
  policy('web', 's2', { policyTypes: ['Egress'] }),
];

function policy(namespace: string, app: string, spec: object): object {
  const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
  return { ...kind, metadata: { namespace, name: app }, spec: { podSelector: { matchLabels: { app } }, ...spec } };
}

const calico = await openWorld('calico', { add });
describePolicies('Calico', calico, { lacks: missing.ipip(), flows: [...flowsOf(calico), ...translated(calico)] });

const canal = await openWorld('canal', { add });
describePolicies('canal', canal, { flows: flowsOf(canal).slice(0, 3) });

// What IPVS translates meets policies in OUTPUT, where the lab's stand-in for it does not come by.
const kubeRouter = await openWorld('kube-router', { add });
describePolicies('kube-router', kubeRouter, {
  lacks: missing.ipip(),
  flows: [...flowsOf(kubeRouter), [nodeOf(kubeRouter, 'd'), 'db/d', 5432]],
});

const engine = { name: 'kube-network-policies', image: 'registry.k8s.io/networking/kube-network-policies:v1.0.0' };
const addOn = await openWorld('flannel', {
  add,
  replace: {
    'args: [--ip-masq, --kube-subnet-mgr]': `args: [--ip-masq, --kube-subnet-mgr]\n        - ${JSON.stringify(engine)}`,
  },
});
describePolicies('flannel with kube-network-policies', addOn, { flows: [...flowsOf(addOn), ...translated(addOn)] });

const alone = await openWorld('flannel', { add });
describePolicies('flannel alone, which enforces none', alone, {
  flows: [
    ['web/s', 'db/d', 5432],
    ['web/s2', 'web/s', 8080],
  ],
});

function nodeOf({ model }: Cluster, name: string): string {
  return `node:${[...model.pods].find((pod) => pod.name === name)?.node}`;
}

function flowsOf(cluster: Cluster): readonly Flow[] {
  return [
    ['web/s', 'db/m', 8080],
    ['web/s', 'db/d', 5432],
    [nodeOf(cluster, 'm'), 'db/d', 5432],
    ['web/s2', 'db/m', 8080],
    ['web/s2', 'web/s', 8080],
    ['web/s2', nodeOf(cluster, 's2'), 8080],
    ['web/s2', nodeOf(cluster, 'm'), 8080],
    [`ip:${outside.address}`, nodeOf(cluster, 'm'), 30080],
  ];
}

/** Flows whose destination is translated on the node that checks them. */
function translated(cluster: Cluster): readonly Flow[] {
  return [
    ['web/s', 'service:db/d', 80],
    ['web/s2', 'service:db/m', 80],
    [`ip:${outside.address}`, nodeOf(cluster, 'd'), 30080],
  ];
}
