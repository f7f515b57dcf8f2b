import type { Service } from '#model';

/** Whether a Service takes connections at nodes, at a load balancer, or at addresses from outside. */
export function isOpenToOutside({ type, headless, externalIps }: Service): boolean {
  return !headless && (type === 'LoadBalancer' || type === 'NodePort' || externalIps.length > 0);
}
