import { describe, expect, it } from 'vitest';
import { buildModel, readManifests } from '#manifests';
import type { Dataplane } from '#model';
import { detectDataplane } from './detect-dataplane.js';

interface Daemon {
  readonly name: string;
  readonly containers: readonly { name: string; image: string; args?: string[]; env?: Record<string, string> }[];
  /** Pods by node: whether each is ready. */
  readonly pods?: Readonly<Record<string, boolean>>;
  readonly desired?: number;
}

const daemonSet = ({ name, containers, pods = {}, desired = 2 }: Daemon): unknown[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'kube-system' },
    spec: {
      template: {
        metadata: { labels: { app: name } },
        spec: {
          hostNetwork: true,
          containers: containers.map(({ env = {}, ...container }) => ({
            ...container,
            env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          })),
        },
      },
    },
    status: { desiredNumberScheduled: desired, numberReady: desired },
  },
  ...Object.entries(pods).map(([node, ready]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${node}`,
      namespace: 'kube-system',
      labels: { app: name },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, controller: true }],
    },
    spec: { nodeName: node, hostNetwork: true, containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  })),
];
const node = (name: string, kubeletVersion = 'v1.33.0', annotations: Record<string, string> = {}): unknown => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations },
  spec: { podCIDR: `10.244.${name.slice(1)}.0/24` },
  status: { addresses: [{ type: 'InternalIP', address: `192.168.0.${name.slice(1)}` }], nodeInfo: { kubeletVersion } },
});
const configMap = (name: string, data: Record<string, string>): unknown => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
});
const flannel: Daemon = {
  name: 'kube-flannel-ds',
  containers: [{ name: 'kube-flannel', image: 'ghcr.io/flannel-io/flannel:v0.26.7' }],
};
const calico: Daemon = {
  name: 'calico-node',
  containers: [{ name: 'calico-node', image: 'docker.io/calico/node:v3.30.2' }],
};
const splitCalico: Daemon = {
  ...calico,
  containers: [{ ...calico.containers[0], env: { CALICO_NETWORKING_BACKEND: 'none' } }],
};
const kubeRouter = (...args: string[]): Daemon => ({
  name: 'kube-router',
  containers: [{ name: 'kube-router', image: 'docker.io/cloudnativelabs/kube-router:v2.5.0', args }],
});

async function detect(objects: unknown[], overrides?: unknown): Promise<Dataplane> {
  const text = [node('n1'), node('n2'), ...objects].map((object) => JSON.stringify(object)).join('\n');
  const source = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from(text);
  };
  const { objects: stored, info } = await readManifests(source());
  return detectDataplane(buildModel(stored, info).model, overrides);
}

const daemons = (...list: Daemon[]): unknown[] => list.flatMap(daemonSet);

describe('which network a cluster runs', () => {
  it.each<[string, unknown[], string, string, string]>([
    ['plain flannel', daemons(flannel), 'flannel', 'none', 'no'],
    ['calico', daemons(calico), 'calico', 'calico', 'yes'],
    [
      'canal in one DaemonSet',
      daemons({ name: 'canal', containers: [...calico.containers, ...flannel.containers] }),
      'canal',
      'calico',
      'yes',
    ],
    ['flannel with calico for policy', daemons(flannel, splitCalico), 'canal-split', 'calico', 'yes'],
    ['flannel and calico both as networks', daemons(flannel, calico), 'ambiguous', 'calico', 'yes'],
    [
      'kube-router',
      daemons(kubeRouter('--run-router=true', '--run-firewall=true')),
      'kube-router',
      'kube-router',
      'yes',
    ],
    [
      'kube-router with its firewall by default',
      daemons(kubeRouter('--run-router=true')),
      'kube-router',
      'kube-router',
      'yes',
    ],
    [
      'kube-router without its firewall',
      daemons(kubeRouter('--run-firewall=true', '--run-firewall=false')),
      'kube-router',
      'none',
      'no',
    ],
    [
      'flannel with kube-router as firewall only',
      daemons(flannel, kubeRouter('--run-router=false', '--run-firewall')),
      'flannel',
      'kube-router',
      'yes',
    ],
    [
      'cilium',
      daemons({ name: 'cilium', containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.17.0' }] }),
      'cilium',
      'cilium',
      'yes',
    ],
    [
      'cilium that never enforces',
      [
        ...daemons({ name: 'cilium', containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.17.0' }] }),
        configMap('cilium-config', { 'enable-policy': 'never' }),
      ],
      'cilium',
      'none',
      'no',
    ],
    [
      'flannel with kube-network-policies inside',
      daemons({
        ...flannel,
        containers: [
          ...flannel.containers,
          { name: 'kube-network-policies', image: 'registry.k8s.io/networking/kube-network-policies:v0.9' },
        ],
      }),
      'flannel',
      'kube-network-policies',
      'yes',
    ],
    [
      'a new kindnet',
      daemons({
        name: 'kindnet',
        containers: [{ name: 'kindnet-cni', image: 'docker.io/kindest/kindnetd:v20241023-a345ebe4' }],
      }),
      'kindnet',
      'kube-network-policies',
      'yes',
    ],
    [
      'an old kindnet',
      daemons({
        name: 'kindnet',
        containers: [{ name: 'kindnet-cni', image: 'docker.io/kindest/kindnetd:v20230511-dc714da8' }],
      }),
      'kindnet',
      'none',
      'no',
    ],
    [
      'a kindnet of the weeks between',
      daemons({
        name: 'kindnet',
        containers: [{ name: 'kindnet-cni', image: 'docker.io/kindest/kindnetd:v20240730-abc' }],
      }),
      'kindnet',
      'unknown',
      'unknown',
    ],
    [
      'GKE Dataplane V2, which is Cilium inside',
      daemons({ name: 'anetd', containers: [{ name: 'cilium-agent', image: 'gke.gcr.io/cilium/cilium:v1.14' }] }),
      'gke-dpv2',
      'cilium',
      'yes',
    ],
    [
      'aws with calico for policy',
      daemons({ name: 'aws-node', containers: [{ name: 'aws-node', image: 'x/amazon-k8s-cni:v1.19' }] }, calico),
      'aws-vpc-cni',
      'calico',
      'yes',
    ],
    [
      'azure with cilium',
      daemons(
        {
          name: 'azure-cns',
          containers: [{ name: 'cns', image: 'mcr.microsoft.com/containernetworking/azure-cns:v1.6' }],
        },
        { name: 'cilium', containers: [{ name: 'cilium-agent', image: 'mcr.microsoft.com/oss/cilium/cilium:1.16' }] },
      ),
      'azure-cni',
      'cilium',
      'yes',
    ],
    [
      'weave with its controller',
      daemons({
        name: 'weave-net',
        containers: [
          { name: 'weave', image: 'weaveworks/weave-kube:2.8' },
          { name: 'weave-npc', image: 'weaveworks/weave-npc:2.8' },
        ],
      }),
      'weave',
      'weave-npc',
      'yes',
    ],
    [
      'aws without its agent',
      daemons({ name: 'aws-node', containers: [{ name: 'aws-node', image: 'x/amazon-k8s-cni:v1.19' }] }),
      'aws-vpc-cni',
      'none',
      'no',
    ],
    [
      'aws with its agent',
      daemons({
        name: 'aws-node',
        containers: [
          { name: 'aws-node', image: 'x/amazon-k8s-cni:v1.19' },
          { name: 'aws-eks-nodeagent', image: 'x/aws-network-policy-agent:v1', args: ['--enable-network-policy=true'] },
        ],
      }),
      'aws-vpc-cni',
      'aws-network-policy-agent',
      'yes',
    ],
    ['a leftover of flannel beside calico', daemons({ ...flannel, desired: 0 }, calico), 'calico', 'calico', 'yes'],
    ['nothing at all', [], 'unknown', 'unknown', 'unknown'],
  ])('%s', async (_, objects, primary, engine, enforcement) => {
    const found = await detect(objects);
    expect([found.primary.value, found.policyEngine.value, found.enforcement.value]).toEqual([
      primary,
      engine,
      enforcement,
    ]);
  });

  it('sees daemons whose DaemonSet is not in the input by their pods', async () => {
    // As `kubectl get pods,nodes` gives them: pods with the containers of their DaemonSet.
    const podsOf = (daemon: Daemon): unknown[] =>
      daemonSet({ ...daemon, pods: { n1: true, n2: true } })
        .slice(1)
        .map((pod) => {
          const { spec, ...rest } = pod as { spec: object };
          return { ...rest, spec: { ...spec, containers: daemon.containers } };
        });
    const found = async (...list: Daemon[]): Promise<string[]> => {
      const { primary, policyEngine, enforcement } = await detect(list.flatMap(podsOf));
      return [primary.value, policyEngine.value, enforcement.value];
    };
    expect(await found(flannel)).toEqual(['flannel', 'none', 'no']);
    expect(await found({ name: 'canal', containers: [...calico.containers, ...flannel.containers] })).toEqual([
      'canal',
      'calico',
      'yes',
    ]);
    expect(await found(kubeRouter('--run-router=true', '--run-firewall=false'))).toEqual(['kube-router', 'none', 'no']);
  });

  it('takes GKE without Dataplane V2 and Calico for a network that enforces nothing', async () => {
    const gkeNode = {
      ...(node('n3') as object),
      metadata: { name: 'n3', labels: { 'cloud.google.com/gke-nodepool': 'p' } },
    };
    const other: Daemon = {
      name: 'fluentbit-gke',
      containers: [{ name: 'fluentbit', image: 'gke.gcr.io/fluent-bit:1' }],
    };
    expect((await detect([gkeNode, ...daemons(other)])).enforcement.value).toBe('no');
    expect((await detect([gkeNode])).enforcement).toMatchObject({ value: 'unknown', provenance: 'assumed' });
    expect((await detect([gkeNode, ...daemons(other, { ...calico })])).enforcement.value).toBe('yes');
  });

  it('knows that controllers of Calico without a node agent enforce nothing', async () => {
    const controllers = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'calico-kube-controllers', namespace: 'kube-system' },
      spec: { template: { spec: { containers: [{ name: 'c', image: 'docker.io/calico/kube-controllers:v3.30.2' }] } } },
    };
    expect(await detect([controllers])).toMatchObject({
      policyEngine: { value: 'none' },
      enforcement: { value: 'no' },
    });
    expect((await detect([controllers, ...daemons(calico)])).enforcement.value).toBe('yes');
  });

  it('takes manifests with nothing but policies of one engine for meant for it, and says that it does', async () => {
    const policy = (group: string, kind: string, spec: object): object => ({
      apiVersion: group,
      kind,
      metadata: { name: 'p', namespace: 'x' },
      spec,
    });
    const calicos = policy('projectcalico.org/v3', 'NetworkPolicy', {});
    const ciliums = policy('cilium.io/v2', 'CiliumNetworkPolicy', { endpointSelector: {} });
    expect(await detect([calicos])).toMatchObject({
      policyEngine: { value: 'calico', provenance: 'assumed' },
      enforcement: { value: 'yes', provenance: 'assumed' },
      assumptions: [{ name: 'policyEngine', value: 'calico', provenance: 'assumed' }, {}, {}],
    });
    expect((await detect([calicos, ciliums])).policyEngine.value).toBe('unknown');
    expect((await detect([calicos, ...daemons(flannel)])).policyEngine.value).toBe('none');
    expect(await detect([ciliums])).toMatchObject({
      policyEngine: { value: 'cilium', provenance: 'assumed' },
      enforcement: { value: 'yes', provenance: 'assumed' },
      assumptions: [
        { name: 'policyEngine', value: 'cilium', provenance: 'assumed' },
        { name: 'podIpInIpBlock', value: 'no' },
        { name: 'podToOwnNode', value: 'policy' },
      ],
    });
    const endpoint = { apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', metadata: { name: 'e', namespace: 'x' } };
    expect((await detect([endpoint])).policyEngine.value).toBe('unknown');
  });

  it('is partial where the daemon is not ready on a node', async () => {
    const found = await detect(daemons({ ...calico, pods: { n1: true, n2: false } }));
    expect(found.enforcement.value).toBe('partial');
    expect(found.perNode.map(({ node: name, enforcement }) => [name, enforcement])).toEqual([
      ['n1', 'yes'],
      ['n2', 'partial'],
    ]);
  });

  it('takes k3s for flannel with a controller inside, unless that is switched off', async () => {
    const k3s = (args: string): unknown =>
      node('n3', 'v1.33.0+k3s1', { 'flannel.alpha.coreos.com/backend-type': 'vxlan', 'k3s.io/node-args': args });
    expect((await detect([k3s('["server"]')])).policyEngine.value).toBe('kube-router');
    expect((await detect([k3s('["server","--disable-network-policy"]')])).enforcement.value).toBe('no');
  });

  it('does not take what could not be collected for none', async () => {
    const info = {
      apiVersion: 'canreach.dev/v1',
      kind: 'SnapshotInfo',
      notCollected: [{ kind: 'daemonsets.apps', reason: 'forbidden' }],
    };
    expect((await detect([info, ...daemons(flannel)])).enforcement).toMatchObject({
      value: 'unknown',
      provenance: 'derived',
    });
    expect((await detect([info])).enforcement).toMatchObject({ value: 'unknown', provenance: 'derived' });
    expect((await detect([])).enforcement).toMatchObject({ value: 'unknown', provenance: 'assumed' });
  });

  it('finds proxy and CIDRs and says where they come from', async () => {
    const proxy: Daemon = {
      name: 'kube-proxy',
      containers: [{ name: 'kube-proxy', image: 'registry.k8s.io/kube-proxy:v1.33', args: ['--proxy-mode=ipvs'] }],
    };
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { clusterIP: '10.96.3.7', ports: [{ port: 80 }] },
    };
    const found = await detect([
      ...daemons(flannel, proxy),
      configMap('kube-flannel-cfg', { 'net-conf.json': '{"Network":"10.200.0.0/16"}' }),
      service,
    ]);
    expect(found.proxy).toMatchObject({ value: 'kube-proxy/ipvs', provenance: 'observed' });
    expect(found.podCidrs).toMatchObject({
      value: ['10.200.0.0/16'],
      provenance: 'observed',
      from: { kind: 'ConfigMap' },
    });
    expect((await detect([])).podCidrs).toEqual({ value: ['10.244.0.0/22'], provenance: 'assumed' });
  });

  it('is told what it cannot see', async () => {
    const found = await detect(daemons(flannel), 'policyEngine:calico,enforcement:yes');
    expect(found).toMatchObject({
      policyEngine: { value: 'calico', provenance: 'configured' },
      enforcement: { value: 'yes', provenance: 'configured' },
      semantics: { value: { podToOwnNode: 'policy' } },
    });
    await expect(detect([], 'enforcement:maybe')).rejects.toThrow('accepted is yes, partial, no, unknown');
    await expect(detect([], 'colour:red')).rejects.toThrow('"colour" is nothing that can be said about a network');
  });

  it('keeps nothing secret of what it reads', async () => {
    const secret = {
      name: 'calico-node',
      image: 'docker.io/calico/node:v3.30.2',
      args: ['--peer-router-passwords=hunter2', '--token', 'hunter2'],
      env: { ETCD_PASSWORD: 'hunter2', CLUSTER_TYPE: 'k8s' },
    };
    const objects = [
      ...daemons({ name: 'calico-node', containers: [secret] }),
      configMap('kube-flannel-cfg', {
        'net-conf.json': '{"Network":"10.0.0.0/8","Backend":{"Type":"wireguard","PSK":"hunter2"}}',
        other: 'hunter2',
      }),
      configMap('calico-config', { cni_network_config: '{"k8s_api_token": "hunter2", "kubeconfig": "hunter2"}' }),
    ];
    const source = async function* (): AsyncIterable<Uint8Array> {
      yield Buffer.from(objects.map((object) => JSON.stringify(object)).join('\n'));
    };
    const { objects: stored } = await readManifests(source());
    expect(stored).toHaveLength(3);
    expect(JSON.stringify(stored)).not.toContain('hunter2');
    expect(JSON.stringify(stored)).toContain('CLUSTER_TYPE');
  });
});
