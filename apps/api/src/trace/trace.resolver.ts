import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Trace } from '#trace';
import { TraceService } from './trace.service.js';

/** Values of the enums as the rest of the program spells them. */
export const traceEnums = {
  Delivery: {
    DELIVERED: 'delivered',
    BLOCKED_BY_POLICY: 'blockedByPolicy',
    UNREACHABLE: 'unreachable',
    CONDITIONAL: 'conditional',
    UNKNOWN: 'unknown',
  },
  HopKind: {
    SOCKET: 'socket',
    LOOPBACK: 'loopback',
    POD_INTERFACE: 'podInterface',
    HOST_VETH: 'hostVeth',
    BRIDGE: 'bridge',
    ROUTING: 'routing',
    POLICY: 'policy',
    NAT: 'nat',
    TUNNEL_DEVICE: 'tunnelDevice',
    NIC: 'nic',
    FABRIC: 'fabric',
    VF: 'vf',
    EMBEDDED_SWITCH: 'embeddedSwitch',
    LB: 'lb',
    PROXY: 'proxy',
  },
} as const;

@Resolver('Snapshot')
export class TraceResolver {
  constructor(private readonly traces: TraceService) {}

  @ResolveField()
  trace(@Parent() { id }: { id: string }, @Args() question: Record<string, unknown>): Promise<Trace> {
    return this.traces.trace(id, question);
  }
}
