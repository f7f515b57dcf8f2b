import type { Service } from '#model';
import type { Cluster } from './cluster.js';
import { joinJudgements, type PairJudgement } from './judge-pair.js';
import type { Judgement } from './judgement.js';
import { type Party, partyOfNode } from './party.js';
import type { Mode } from './verdict.js';

/** A client as the backend's policies may see it. */
export interface Client {
  readonly of: Party;
  readonly as: Party;
}

/**
 * Who a backend sees for each client. A client from outside that enters through a node may be seen as that node,
 * unless the Service keeps the client's address (policy semantics 5.1, point 8). `internalTrafficPolicy: Local` keeps
 * backends on other nodes from clients inside the cluster.
 */
export function clientsFor(cluster: Cluster, service: Service, sources: readonly Party[], backend: Party): Client[] {
  return sources.flatMap((source): Client[] => {
    if (source.kind !== 'Address') {
      const isLocal =
        service.internalTrafficPolicy === 'Cluster' || source.node === null || source.node === backend.node;
      return isLocal ? [{ of: source, as: source }] : [];
    }
    const entersThroughNode = service.type !== 'ClusterIP' || service.externalIps.length > 0;
    if (!entersThroughNode || service.externalTrafficPolicy === 'Local') return [{ of: source, as: source }];
    const nodes = cluster.model.nodes.map((_, number) => partyOfNode(cluster, number));
    return [source, ...nodes].map((as) => ({ of: source, as }));
  });
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
