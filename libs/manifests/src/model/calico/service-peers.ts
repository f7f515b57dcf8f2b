import { type BackendSlice, canonicalText, type RulePeer, type RulePort, type Service } from '#model';

/** Backends of a Service that have the same ports, as the peers of a rule. Neither list is empty. */
export interface ServicePeers {
  readonly peers: readonly RulePeer[];
  /** Where the Service leads there, after translation. */
  readonly ports: readonly RulePort[];
}

/** What stands behind a Service: pod addresses and target ports (policy semantics 3.5). One that is not there has nothing. */
export function servicePeers(service: Service | undefined): ServicePeers[] {
  if (service === undefined) return [];
  return service.slices === null ? ofSelector(service) : ofSlices(service.slices);
}

function ofSlices(slices: readonly BackendSlice[]): ServicePeers[] {
  const groups = new Map<string, { ports: BackendSlice['ports']; addresses: Set<string> }>();
  for (const { ports, backends } of slices) {
    if (ports.length === 0 || backends.length === 0) continue;
    const key = canonicalText(ports.map(({ protocol, port }) => `${protocol} ${port}`).sort());
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { ports, addresses: new Set() }));
    for (const { address } of backends) group.addresses.add(`${address}/${address.includes(':') ? 128 : 32}`);
  }
  return [...groups.values()].map(({ ports, addresses }) => ({
    peers: [{ kind: 'Addresses', cidrs: [...addresses].sort(), except: [] }],
    // A port without a number is every port.
    ports: ports.map(({ protocol, port }) => ({ kind: 'Range', protocol, first: port ?? 1, last: port ?? 65535 })),
  }));
}

function ofSelector({ namespace, selector, ports }: Service): ServicePeers[] {
  if (selector === null || ports.length === 0) return [];
  const targets = ports.map(({ protocol, port, targetPort }): RulePort => {
    const target = targetPort ?? port;
    return typeof target === 'string'
      ? { kind: 'Named', protocol, name: target }
      : { kind: 'Range', protocol, first: target, last: target };
  });
  return [
    { peers: [{ kind: 'Pods', namespaces: { kind: 'Named', name: namespace }, pods: selector }], ports: targets },
  ];
}
