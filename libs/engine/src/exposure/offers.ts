import type { PortProtocol } from '#model';
import { compareText } from '#model';
import type { Cluster } from '../query/cluster.js';
import { viewOfConnections } from '../query/connections-view.js';
import type { JudgedWord } from '../query/judgement.js';
import type { Reason } from '../query/reason.js';
import type { ExposureItem, ExposureWay } from './exposure.js';

interface Offer {
  readonly end: number;
  readonly way: ExposureWay;
  readonly ports: Map<string, OfferedPort>;
}

interface OfferedPort {
  readonly protocol: PortProtocol;
  readonly port: number;
  isAllowed: boolean;
  isUnknown: boolean;
  isDenied: Reason | null;
}

/** What ways lead to, gathered by workload and way. */
export class Offers {
  readonly #offers = new Map<string, Offer>();

  constructor(readonly cluster: Cluster) {}

  /** One port of one pod of an end, with what is said of it for clients outside. */
  add(end: number, way: ExposureWay, protocol: PortProtocol, port: number, words: readonly JudgedWord[]): void {
    const key = `${end} ${wayKey(way)}`;
    let offer = this.#offers.get(key);
    if (offer === undefined) this.#offers.set(key, (offer = { end, way, ports: new Map() }));
    const portKey = `${String(port).padStart(5, '0')} ${protocol}`;
    let offered = offer.ports.get(portKey);
    if (offered === undefined) {
      offered = { protocol, port, isAllowed: false, isUnknown: false, isDenied: null };
      offer.ports.set(portKey, offered);
    }
    for (const { verdict, reason } of words) {
      if (verdict === 'allowed') offered.isAllowed = true;
      else if (verdict === 'unknown') offered.isUnknown = true;
      else if (verdict === 'denied') offered.isDenied ??= reason;
    }
  }

  /** By end and way, without the workloads. */
  *all(): Iterable<{ readonly end: number; readonly item: Omit<ExposureItem, 'workload'> }> {
    for (const { end, way, ports } of this.#offers.values()) {
      const item = this.#itemOf(
        way,
        [...ports].sort(([a], [b]) => compareText(a, b)).map(([, port]) => port),
      );
      if (item !== null) yield { end, item };
    }
  }

  /** Null where nothing at all is said, since the pods have no family in common with the outside. */
  #itemOf(via: ExposureWay, ports: readonly OfferedPort[]): Omit<ExposureItem, 'workload'> | null {
    const { sets } = this.cluster.index;
    const viewOf = (chosen: readonly OfferedPort[]): ExposureItem['connections'] =>
      viewOfConnections(
        sets,
        chosen.reduce(
          (set, { protocol, port }) => sets.union(set, sets.ofDimension(protocol, [port, port])),
          sets.none,
        ),
      );
    const allowed = ports.filter(({ isAllowed }) => isAllowed);
    const unknown = ports.filter(({ isAllowed, isUnknown }) => !isAllowed && isUnknown);
    const denied = ports.filter(({ isAllowed, isUnknown, isDenied }) => !isAllowed && !isUnknown && isDenied !== null);
    if (allowed.length + unknown.length + denied.length === 0) return null;
    const isPartial = allowed.some(({ isUnknown, isDenied }) => isUnknown || isDenied !== null);
    return {
      via,
      connections: viewOf(allowed),
      ...(isPartial ? { some: true } : {}),
      ...(unknown.length === 0 ? {} : { unknown: viewOf(unknown) }),
      ...(denied.length === 0
        ? {}
        : { blocked: { connections: viewOf(denied), reason: denied[0].isDenied as Reason } }),
    };
  }
}

const ranks: Readonly<Record<string, number>> = { Address: 0, HostNetwork: 1, HostPort: 2, Service: 3 };

/** Ways in their order: the pods' own addresses, those of nodes, Services, then entries by kind, namespace and name. */
export function wayKey(way: ExposureWay): string {
  const rank = ranks[way.kind] ?? 4;
  if ('port' in way) return `${rank} ${String(way.port).padStart(5, '0')}`;
  if (!('name' in way)) return String(rank);
  const gateway = 'gateway' in way ? (way.gateway ?? '') : '';
  return [`${rank} ${way.kind}`, way.namespace, way.name, gateway].join('\0');
}
