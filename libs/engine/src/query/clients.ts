import type { Service } from '#model';
import { isOpenToOutside } from '../entries/is-open-to-outside.js';
import type { Cluster } from './cluster.js';
import { joinJudgements, type PairJudgement } from './judge-pair.js';
import type { Judgement } from './judgement.js';
import { type Party, partyOfNode } from './party.js';
import { type Backend, backendsFrom, backendsFromOutside } from './resolve-service.js';
import type { Mode } from './verdict.js';

/** A client as the backend's policies may see it. */
export interface Client {
  readonly of: Party;
  readonly as: Party;
}

/**
 * Who each backend sees that a client may be sent to. A client from outside that enters through a node may be seen as
 * that node, unless the Service keeps the client's address (policy semantics 5.1, point 8). Cost: clients × backends, and
 * × nodes where the address may be lost.
 */
export function clientsOf(
  cluster: Cluster,
  service: Service,
  sources: readonly Party[],
  backends: readonly Backend[],
): ReadonlyMap<Backend, readonly Client[]> {
  const clients = new Map<Backend, Client[]>();
  const add = (backend: Backend, seen: readonly Client[]): void => {
    clients.set(backend, [...(clients.get(backend) ?? []), ...seen]);
  };
  const entersThroughNode = isOpenToOutside(service);
  const isLocal = entersThroughNode && service.externalTrafficPolicy === 'Local';
  const fromOutside = backendsFromOutside(backends, isLocal);
  const fromNode = new Map<string | null, readonly Backend[]>();
  for (const source of sources) {
    if (source.kind === 'Address') {
      const nodes = entersThroughNode && !isLocal ? cluster.model.nodes.map((_, n) => partyOfNode(cluster, n)) : [];
      const seen = [source, ...nodes].map((as) => ({ of: source, as }));
      for (const backend of fromOutside) add(backend, seen);
    } else {
      let inReach = fromNode.get(source.node);
      if (inReach === undefined)
        fromNode.set(source.node, (inReach = backendsFrom(cluster, service, backends, source.node)));
      for (const backend of inReach) add(backend, [{ of: source, as: source }]);
    }
  }
  return clients;
}

/** As `clientsOf`, of one backend that is known to be used. */
export function clientsFor(
  cluster: Cluster,
  service: Service,
  sources: readonly Party[],
  party: Party,
): readonly Client[] {
  const backend: Backend = { party, port: 0, terminating: false, zones: [] };
  return clientsOf(cluster, service, sources, [backend]).get(backend) ?? [];
}

/** One client seen in several ways is unknown where these differ; several clients that differ are mixed. */
export function joinClients(parts: readonly { client: Party; pair: PairJudgement }[]): Judgement {
  const clients = [...new Set(parts.map(({ client }) => client))];
  const judgements = clients.map((client): Judgement => {
    const seen = parts.filter((part) => part.client === client).map(({ pair }) => pair);
    const joined = joinJudgements(seen, 'SOURCE_MAY_BE_TRANSLATED', 'NO_BACKEND');
    const settle = (mode: Mode): Judgement[Mode] =>
      joined[mode].verdict === 'mixed' && seen.length > 1
        ? { verdict: 'unknown', reason: 'SOURCE_MAY_BE_TRANSLATED' }
        : joined[mode];
    return { intended: settle('intended'), effective: settle('effective') };
  });
  return joinJudgements(judgements, 'MEMBERS_DIFFER', 'NO_BACKEND');
}
