import { type BackendSlice, canonicalText, type RulePeer, type RulePort, type Service } from '#model';

/** The backends of a Service as the peers of a rule; no peers where it has none. */
export interface ServicePeers {
  readonly peers: readonly RulePeer[];
  /** Where the Service leads, after translation; null: every port. Never empty. */
  readonly ports: readonly RulePort[] | null;
  /** Whether each of the peers has each of the ports; else some have some of them. */
  readonly isExact: boolean;
}

/** What stands behind a Service: pod addresses and target ports (policy semantics 3.5). One that is not there has nothing. */
export function servicePeers(service: Service | undefined): ServicePeers {
  const behind =
    service === undefined ? nothing : service.slices === null ? ofSelector(service) : ofSlices(service.slices);
  return behind.peers.length === 0 || behind.ports?.length === 0 ? nothing : behind;
}

const nothing: ServicePeers = { peers: [], ports: null, isExact: true };

function ofSlices(slices: readonly BackendSlice[]): ServicePeers {
  const backends = slices.filter(({ backends: list }) => list.length > 0);
  const cidrs = backends.flatMap(({ backends: list }) =>
    list.map(({ address }) => `${address}/${address.includes(':') ? 128 : 32}`),
  );
  const ports = backends.map((slice) => slice.ports);
  const isOpen = ports.flat().some(({ port }) => port === null);
  return {
    peers: cidrs.length === 0 ? [] : [{ kind: 'Addresses', cidrs: [...new Set(cidrs)].sort(), except: [] }],
    ports: isOpen
      ? null
      : ports.flat().map(({ protocol, port }) => ({
          kind: 'Range',
          protocol,
          first: port as number,
          last: port as number,
        })),
    isExact: new Set(ports.map((list) => canonicalText(list))).size <= 1,
  };
}

function ofSelector({ namespace, selector, ports }: Service): ServicePeers {
  if (selector === null) return nothing;
  return {
    peers: [{ kind: 'Pods', namespaces: { kind: 'Named', name: namespace }, pods: selector }],
    ports: ports.map(({ protocol, port, targetPort }): RulePort => {
      const target = targetPort ?? port;
      return typeof target === 'string'
        ? { kind: 'Named', protocol, name: target }
        : { kind: 'Range', protocol, first: target, last: target };
    }),
    isExact: true,
  };
}
