import { digest } from './digest.js';

/** Calico's name for the host's end of a pod's link: the prefix and 11 digits of a SHA-1 (dataplane C.0). */
export function caliDevice(prefix: string, namespace: string, pod: string): string {
  return prefix + digest.sha1(`${namespace}.${pod}`).slice(0, 11);
}

/** kube-router's name for its tunnel to a node: 11 digits of a SHA-256 of the address without its marks. */
export function kubeRouterTunnel(peer: string): string {
  return `tun-${digest.sha256(peer.replace(/[.:]/g, '')).slice(0, 11)}`;
}
