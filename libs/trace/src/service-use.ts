import type { Node, Service } from '#model';

/** How a client speaks to a backend it does not address itself. */
export interface ServiceUse {
  /** Null for a host port, which belongs to no Service. */
  readonly service: Service | null;
  readonly by: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalIP' | 'HostPort';
  /** The address and port that the client speaks to. */
  readonly address: string | null;
  readonly port: number;
  /** The node that receives what comes to a node's or a balancer's address; null: the client's own translates. */
  readonly entry: Node | null;
  /** Only backends on the entry node, whose client's address is kept. */
  readonly keepsClient: boolean;
}
