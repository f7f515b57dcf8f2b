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
  | 'gke-dpv2'
  | 'ovn-kubernetes'
  | 'kube-network-policies'
  | 'kube-proxy';

interface Signal {
  readonly part: NetworkPart;
  /** Name of the DaemonSet. */
  readonly daemonSet?: RegExp;
  /** Name of one of its containers. */
  readonly container?: RegExp;
  /** Repository of one of its images, without registry and tag: its last one or two elements. */
  readonly image?: RegExp;
  /** A ConfigMap that only this part writes. */
  readonly configMap?: RegExp;
}

/** The strong signals (dataplane A.1): each alone shows that the part is, or was meant to be, there. */
export const signals: readonly Signal[] = [
  {
    part: 'flannel',
    daemonSet: /^kube-flannel-ds(-(amd64|arm|arm64|ppc64le|s390x))?$/,
    container: /^kube-flannel$/,
    image: /(^|\/)(flannel|mirrored-flannelcni-flannel|hardened-flannel)$/,
    configMap: /^kube-flannel-cfg$/,
  },
  {
    part: 'calico',
    daemonSet: /^calico-node$/,
    container: /^calico-node$/,
    image: /(^|\/)(calico\/node|mirrored-calico-node|hardened-calico)$/,
    configMap: /^calico-config$/,
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
    image: /(^|\/)cilium\/cilium$/,
    configMap: /^cilium-config$/,
  },
  {
    part: 'antrea',
    daemonSet: /^antrea-agent$/,
    container: /^antrea-agent$/,
    image: /(^|\/)antrea-agent/,
    configMap: /^antrea-config/,
  },
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
  { part: 'ovn-kubernetes', daemonSet: /^ovnkube-node$/ },
  {
    part: 'kube-network-policies',
    daemonSet: /^kube-network-policies$/,
    container: /^kube-network-policies$/,
    image: /(^|\/)kube-network-policies$/,
  },
  { part: 'kube-proxy', daemonSet: /^kube-proxy(-windows)?$/, image: /(^|\/)kube-proxy$/ },
];

/** The parts that a DaemonSet runs. */
export function partsOfDaemonSet({ ref, containers }: Component): readonly NetworkPart[] {
  return signals
    .filter(
      ({ daemonSet, container, image }) =>
        daemonSet?.test(ref.name) === true ||
        containers.some(
          (one) => !one.init && (container?.test(one.name) === true || image?.test(repositoryOf(one.image)) === true),
        ),
    )
    .map(({ part }) => part);
}

/** The parts that a ConfigMap is written by. */
export function partsOfConfigMap({ ref }: Component): readonly NetworkPart[] {
  return signals.filter(({ configMap }) => configMap?.test(ref.name) === true).map(({ part }) => part);
}

/** An image without tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}
