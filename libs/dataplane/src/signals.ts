import type { Component } from '#model';

/** A part of a cluster's network that its objects can show. */
export type NetworkPart =
  | 'flannel'
  | 'calico'
  | 'kube-router'
  | 'cilium'
  | 'antrea'
  | 'weave'
  | 'kindnet'
  | 'aws-vpc-cni'
  | 'azure-cni'
  | 'azure-npm'
  | 'gke'
  | 'gke-dpv2'
  | 'ovn-kubernetes'
  | 'kube-network-policies'
  | 'kube-proxy'
  | 'multus'
  | 'sriov'
  | 'multi-networkpolicy'
  | 'ip-masq-agent';

interface Signal {
  readonly part: NetworkPart;
  /** Name of the DaemonSet. */
  readonly daemonSet?: RegExp;
  /** Name of one of its containers. */
  readonly container?: RegExp;
  /** Repository of one of its images, without registry and tag: its last one or two elements. */
  readonly image?: RegExp;
  /** The same of an init container, where that is an image of its own. */
  readonly initImage?: RegExp;
  /** A ConfigMap that only this part writes. */
  readonly configMap?: RegExp;
}

/** The strong signals (dataplane A.1): each alone shows that the part is, or was meant to be, there. */
export const signals: readonly Signal[] = [
  {
    part: 'flannel',
    daemonSet: /^kube-flannel-ds(-(amd64|arm|arm64|ppc64le|s390x))?$/,
    container: /^kube-flannel$/,
    image: /(^|\/)(flannel|flannelcni-flannel|mirrored-flannelcni-flannel|hardened-flannel)$/,
    initImage: /(^|\/)(mirrored-flannelcni-)?flannel-cni-plugin$/,
    configMap: /^(kube-flannel-cfg|(rke2-)?canal-config)$/,
  },
  {
    part: 'calico',
    daemonSet: /^calico-node$/,
    container: /^calico-node$/,
    image: /(^|\/)(calico\/node|calico-node|mirrored-calico-node|hardened-calico)$/,
    configMap: /^(calico-config|(rke2-)?canal-config)$/,
  },
  {
    part: 'kube-router',
    daemonSet: /^kube-router$/,
    container: /^kube-router$/,
    image: /(^|\/)kube-router$/,
    configMap: /^kube-router-cfg$/,
  },
  { part: 'gke-dpv2', daemonSet: /^anetd$/ },
  {
    part: 'cilium',
    daemonSet: /^cilium$/,
    container: /^cilium-agent$/,
    image: /(^|\/)(cilium\/cilium|cilium-cilium|mirrored-cilium-cilium)$/,
    configMap: /^cilium-config$/,
  },
  {
    part: 'antrea',
    daemonSet: /^antrea-agent$/,
    container: /^antrea-agent$/,
    image: /(^|\/)antrea-agent/,
    configMap: /^antrea-config/,
  },
  { part: 'gke', daemonSet: /^netd$/ },
  { part: 'weave', daemonSet: /^weave-net$/, container: /^weave$/, image: /(^|\/)weave-kube$/ },
  { part: 'kindnet', daemonSet: /^kindnet$/, container: /^kindnet-cni$/, image: /(^|\/)kindnetd$/ },
  {
    part: 'aws-vpc-cni',
    daemonSet: /^aws-node$/,
    container: /^aws-node$/,
    image: /(^|\/)amazon-k8s-cni$/,
    configMap: /^amazon-vpc-cni$/,
  },
  { part: 'azure-npm', daemonSet: /^azure-npm$/, image: /(^|\/)azure-npm$/ },
  { part: 'azure-cni', daemonSet: /^azure-(cns|cni-networkmonitor|ip-masq-agent)$/, image: /(^|\/)azure-cns$/ },
  { part: 'ovn-kubernetes', daemonSet: /^ovnkube-node$/, container: /^ovnkube-(node|controller)$/ },
  {
    part: 'kube-network-policies',
    daemonSet: /^kube-network-policies$/,
    container: /^kube-network-policies$/,
    image: /(^|\/)kube-network-policies$/,
  },
  { part: 'kube-proxy', daemonSet: /^kube-proxy(-windows)?$/, image: /(^|\/)kube-proxy$/ },
  { part: 'multus', daemonSet: /^kube-multus-ds/, container: /^kube-multus$/, image: /(^|\/)multus-cni$/ },
  { part: 'sriov', daemonSet: /^(kube-sriov-|sriov-)/ },
  { part: 'multi-networkpolicy', daemonSet: /^multi-networkpolicy-/, image: /(^|\/)multi-networkpolicy-[^/]*$/ },
  { part: 'ip-masq-agent', daemonSet: /^(ip-masq-agent|azure-ip-masq-agent)$/ },
];

/** Parts that can give pods their network, in the order in which they are named. */
export const providers: readonly NetworkPart[] = [
  'flannel',
  'calico',
  'kube-router',
  'cilium',
  'antrea',
  'weave',
  'kindnet',
  'aws-vpc-cni',
  'azure-cni',
  'gke-dpv2',
  'gke',
  'ovn-kubernetes',
];

/** What one object says for a part. */
export interface ObjectSignal {
  readonly part: NetworkPart;
  readonly signal: string;
  readonly score: number;
}

/** Strong: one alone decides. */
export const strong = 3;

/** What a DaemonSet says: its name, its containers, their images. */
export function signalsOfDaemonSet({ ref, containers }: Component): readonly ObjectSignal[] {
  const running = containers.filter(({ init }) => !init);
  const preparing = containers.filter(({ init }) => init);
  return signals.flatMap(({ part, daemonSet, container, image, initImage }) => {
    const found = [
      ...(daemonSet?.test(ref.name) === true ? [`DaemonSet ${ref.name}`] : []),
      ...running.filter(({ name }) => container?.test(name) === true).map(({ name }) => `container ${name}`),
      ...running
        .map((one) => repositoryOf(one.image))
        .filter((repository) => image?.test(repository) === true)
        .map((repository) => `image ${repository}`),
      ...preparing
        .map((one) => repositoryOf(one.image))
        .filter((repository) => initImage?.test(repository) === true)
        .map((repository) => `init image ${repository}`),
    ];
    return found.map((signal) => ({ part, signal, score: strong }));
  });
}

/** What a ConfigMap says by its name. */
export function signalsOfConfigMap({ ref }: Component): readonly ObjectSignal[] {
  return signals
    .filter(({ configMap }) => configMap?.test(ref.name) === true)
    .map(({ part }) => ({ part, signal: `ConfigMap ${ref.name}`, score: strong }));
}

/** Node annotations that only one part writes; weak, since they outlive it. */
export const annotationSignals: readonly { readonly part: NetworkPart; readonly pattern: RegExp }[] = [
  { part: 'flannel', pattern: /^flannel\.alpha\.coreos\.com\// },
  { part: 'calico', pattern: /^projectcalico\.org\// },
  { part: 'kube-router', pattern: /^kube-router\.io\// },
  { part: 'cilium', pattern: /^(network\.cilium\.io\/|io\.cilium\.network\.)/ },
  { part: 'ovn-kubernetes', pattern: /^k8s\.ovn\.org\// },
];

/** Reasons that an agent writes into NetworkUnavailable. */
export const conditionSignals: Readonly<Record<string, NetworkPart>> = {
  FlannelIsUp: 'flannel',
  CalicoIsUp: 'calico',
  CiliumIsUp: 'cilium',
  WeaveIsUp: 'weave',
};

/** An image without tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}
