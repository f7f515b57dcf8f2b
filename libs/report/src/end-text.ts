import type { ConnectivityEnd } from '#engine';

/** One end of a row: `shop/frontend[Deployment]`, `shop[Namespace]`, `10.0.0.0-10.255.255.255`, `{ingress-controller}`. */
export function endText(end: ConnectivityEnd): string {
  if (end.kind === 'IngressController') return '{ingress-controller}';
  if ('ranges' in end) return end.ranges.join(', ');
  return 'namespace' in end ? `${end.namespace}/${end.name}[${end.kind}]` : `${end.name}[${end.kind}]`;
}
